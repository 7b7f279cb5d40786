// Tells an agent who looks elsewhere that there is a call: by the tab's title, a sound, a notification. It knows only
// what kind of call it is, in the words that a screen reader gets: who calls is nowhere outside #screen.
import { like, liked } from "./prefs.js";
import { prepare, sound } from "./sound.js";

const TAG = "idbellen-call"; // the next notification takes the place of the one before

export function signals(screen, panel) {
  const name = document.title;
  const choice = panel.querySelector("[data-sound]");
  const permit = panel.querySelector("[data-permit]");
  let wanted = liked();
  let call = "";
  let seen = false; // a call that was there when the page was loaded is not news
  let note = null;

  function drawn() {
    const { state, said } = screen.firstElementChild.dataset;
    const now = screen.firstElementChild.dataset.call || "";
    document.title = state === "waiting" ? name : `${screen.querySelector("h1").textContent} – ${name}`;
    if (now && now !== call && seen) tell(said);
    if (now || state === "empty") call = now; // the same call that comes back after a lost connection is no news
    if (state === "empty") hush();
    if (now || state === "empty") seen = true;
  }

  function tell(said) {
    sound(wanted.sound);
    if (!wanted.notify || !allowed() || document.hasFocus()) return;
    note = new Notification(said, { tag: TAG, silent: true, lang: document.documentElement.lang });
    note.addEventListener("click", () => window.focus());
  }

  function hush() {
    if (note) note.close();
    note = null;
  }

  function prefer(changes) {
    wanted = { ...wanted, ...changes };
    like(changes);
    show();
  }

  async function notify() {
    if (wanted.notify && allowed()) return prefer({ notify: false });
    await Notification.requestPermission();
    prefer({ notify: allowed() });
  }

  function show() {
    choice.value = wanted.sound || "none";
    const on = Boolean(wanted.notify) && allowed();
    permit.hidden = !("Notification" in window);
    permit.setAttribute("aria-pressed", String(on));
    panel.querySelector("[data-denied]").hidden = permit.hidden || Notification.permission !== "denied";
  }

  choice.addEventListener("change", () => prefer({ sound: choice.value }));
  panel.querySelector("[data-try]").addEventListener("click", () => sound(choice.value));
  permit.addEventListener("click", notify);
  screen.addEventListener("drawn", drawn);
  addEventListener("pagehide", hush);
  prepare();
  show();
}

function allowed() {
  return "Notification" in window && Notification.permission === "granted";
}
