// The telephone on the desk: what the agent presses and what the line tells, by the tables of states.js.
//
// Nothing of the caller is here. Who is calling comes at pickup, from our server, to the screen below.
import { like, liked } from "../prefs.js";
import { close, lists, microphone, permitted, route } from "./devices.js";
import { line } from "./line.js";
import { watch } from "./quality.js";
import { chirp, hush, ring, wake } from "./ring.js";
import { forget, saved } from "./saved.js";
import { ACTIONS, next, ON_A_CALL } from "./states.js";
import { destinations } from "./transfer.js";
import { view } from "./view.js";

const ELSEWHERE = 409;
const AUTO_MS = 1500; // from the tone to a call that is taken by itself
const SILENT = ["off", "refused", "away", "ready", "retired"]; // no microphone in these

export function telephone(root) {
  const { proofAt, placesAt, echo, csrf, ...server } = root.dataset;
  const shown = view(root);
  const voice = new Audio();
  voice.autoplay = true;
  const places = destinations(root.querySelector("[data-panel=choosing]"), { placesAt, tell: (name) => shown.note("number", name) });
  const keypad = root.querySelector("[data-keypad]");
  let state = "off";
  let muted = false;
  let unwatch = () => {};
  let auto = 0;
  let retiring = false;

  const sip = line(server, { proof, hear, tell });
  const devices = lists([...root.querySelectorAll("[data-device]")], (use) => {
    if (use === "speaker") route(voice, use);
  });

  // One step of the table, and what goes with it. Answers whether there was one.
  function move(event, detail) {
    const before = state;
    state = next(state, event);
    if (state === before) return false;
    entered(before);
    shown.state(state, detail);
    if (retiring) retire(); // its last call is over
    return true;
  }

  function entered(before) {
    const talking = ON_A_CALL.includes(state) || state === "testing";
    if (before === "ringing") hush();
    clearTimeout(auto);
    if (state === "ringing") rings();
    if (SILENT.includes(state)) quiet();
    if (talking && before !== "testing" && !ON_A_CALL.includes(before)) listen();
    if (state === "choosing") places.open();
    root.dataset.busy = ON_A_CALL.includes(state) ? "yes" : "no";
    if (ON_A_CALL.includes(before) && !ON_A_CALL.includes(state)) root.dispatchEvent(new Event("free"));
    if (state === "talking" && ["asking", "consulting", "sending"].includes(before)) sip.unhold();
    if (state === "asking") mute(false);
    if (before === "talking") pad(false);
  }

  function rings() {
    microphone().catch(refused); // ready at once when the agent answers
    if (!liked().auto) return ring();
    chirp();
    auto = setTimeout(() => press("answer"), AUTO_MS);
  }

  function listen() {
    unwatch();
    unwatch = watch(sip.stats, (word) => shown.note("quality", `quality-${word}`, word === "silent"));
  }

  function quiet() {
    unwatch();
    close();
    mute(false);
    voice.srcObject = null;
    shown.note("quality", "");
    shown.note("number", "");
    shown.note("leaving", "");
  }

  // What the line tells.
  function tell(event, detail) {
    if (event === "line") {
      shown.note("line", detail || !ON_A_CALL.includes(state) ? "" : "line-lost", true);
      if (detail && saved()) rejoin();
    } else if (event === "troubled") shown.note("line", "line-lost", true);
    else if (event === "sound") shown.note("line", "");
    else if (event === "healed") healed();
    else if (event === "taken") retire();
    else if (event === "rings") move(event, shown.queue(detail));
    else if (move(event) && event === "fails") shown.note("number", "transfer-failed", true);
  }

  // The call was taken up anew: as it was, silent until then.
  function healed() {
    shown.note("line", "");
    sip.mute(muted);
    if (["held", "choosing", "asking", "consulting", "sending"].includes(state)) sip.hold();
  }

  async function proof() {
    const answer = await fetch(proofAt, {
      method: "POST",
      headers: { "X-CSRF-Token": csrf },
      body: new URLSearchParams({ screen: root.dataset.screen }),
      cache: "no-store",
      signal: AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined,
    });
    if (answer.status === ELSEWHERE) throw Object.assign(new Error("another window has the telephone"), { taken: true });
    if (!answer.ok) throw new Error("no proof");
    return (await answer.json()).password;
  }

  async function hear(stream) {
    voice.srcObject = stream;
    await route(voice, "speaker");
    voice.play().catch(() => {});
  }

  async function rejoin() {
    const call = saved();
    if (!move("found")) return;
    const stream = await microphone().catch(refused);
    if (stream) sip.rejoin(call, stream);
    else forget();
  }

  function refused(error) {
    const absent = ["NotFoundError", "OverconstrainedError"].includes(error.name);
    shown.note("microphone", absent ? "microphone-absent" : error.name === "NotAllowedError" ? "microphone-refused" : "microphone-failed", true);
    if (state === "ringing") sip.decline();
    if (state === "joining") sip.hangup();
    move("microphone");
    return null;
  }

  async function begin() {
    shown.note("microphone", "");
    if (!move("begin")) return;
    const stream = await microphone().catch(refused);
    if (!stream) return;
    close();
    devices();
    wake(bell);
    sip.start();
  }

  function bell(may) {
    shown.note("bell", may ? "" : "bell-asleep");
  }

  function mute(on) {
    muted = on;
    sip.mute(on);
    shown.press("mute", on);
  }

  async function withMicrophone(step) {
    const stream = await microphone().catch(refused);
    if (stream) step(stream);
  }

  // Logging out would leave the caller alone: not before the call is over.
  function stays(event) {
    if (root.contains(event.target) || !ON_A_CALL.includes(state) || event.target.getAttribute("action") !== root.dataset.logout) return;
    event.preventDefault();
    shown.note("leaving", "leaving", true);
  }

  // The agent works in this window, so the telephone is here.
  async function here() {
    retiring = false;
    if (state === "retired") return begin();
    if (state === "off" && ((await permitted()) || saved())) begin();
  }

  // Another window has the telephone. A call that is here stays until it is over.
  function retire() {
    retiring = ON_A_CALL.includes(state) || state === "testing";
    if (retiring) return;
    move("retire");
    sip.retire();
  }

  // What the agent presses.
  const DO = {
    start: begin,
    answer: () => move("answers") && withMicrophone(sip.answer),
    decline: () => sip.decline(),
    hangup: () => sip.hangup(),
    mute: () => mute(!muted),
    hold: () => move("holds") && sip.hold(),
    unhold: () => move("takes") && sip.unhold(),
    stay: () => move("takes") && sip.unhold(),
    keypad: () => pad(),
    transfer: () => state !== "held" && sip.hold(),
    send: () => chosen((number) => move("sends") && sip.send(number)),
    ask: () => chosen((number) => move("asks") && withMicrophone((stream) => sip.ask(number, stream))),
    back: () => sip.back(),
    connect: () => move("sends") && sip.connect(),
    test: () => move("tests") && withMicrophone((stream) => sip.test(echo, stream)),
  };

  function chosen(step) {
    const number = places.number();
    if (!number) return shown.note("number", "number-missing", true);
    shown.note("number", "");
    step(number);
  }

  function press(name) {
    if (!ACTIONS[state].includes(name)) return;
    if (name === "transfer") {
      DO.transfer();
      move("chooses");
    } else DO[name]();
  }

  function pad(open = keypad.hidden) {
    keypad.hidden = !open;
    shown.press("keypad", open);
    if (open) keypad.querySelector("button").focus();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-tone]");
    if (!button) return;
    if (button.dataset.do) press(button.dataset.do);
    else sip.key(button.dataset.tone);
  });
  keypad.addEventListener("keydown", (event) => {
    if (/^[0-9*#]$/.test(event.key)) sip.key(event.key);
  });
  root.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    press("ask");
  });
  const taking = root.querySelector("[data-auto]");
  taking.checked = Boolean(liked().auto);
  taking.addEventListener("change", () => like({ auto: taking.checked }));

  for (const sign of ["pointerdown", "keydown"]) {
    addEventListener(sign, () => state !== "off" && wake(bell), { passive: true });
  }
  addEventListener("beforeunload", (event) => {
    if (!ON_A_CALL.includes(state)) return;
    event.preventDefault();
    event.returnValue = ""; // for browsers of before 2024
  });
  // So that the queue tries the next one now; and a colleague who is asked is not left with nobody.
  addEventListener("pagehide", () => (state === "ringing" ? sip.decline() : sip.back()));
  document.addEventListener("submit", stays);
  addEventListener("online", sip.again);
  root.addEventListener("retire", retire); // the agent works in another window now
  root.addEventListener("begin", here);

  shown.state(state);
}
