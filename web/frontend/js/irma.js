// Logging in with the Yivi app. yivi-core and yivi-client follow the session at the IRMA server, by events or else by
// asking, and see to the pairing; here is what the reader sees of it. However it ends, this page is asked for again:
// the server looks for itself, and sends the reader on.

import { YiviClient } from "@privacybydesign/yivi-client";
import { YiviCore } from "@privacybydesign/yivi-core";

const root = document.getElementById("irma");
const said = document.getElementById("said");
const form = document.getElementById("irma-digits");
const digits = document.getElementById("pairing");
const wrong = document.getElementById("pairing-error");

const PARTS = {
  ShowingYiviButton: "open",
  ShowingQRCode: "scan",
  EnterPairingCode: "pair",
  ContinueOn2ndDevice: "confirm",
  ContinueInYiviApp: "confirm",
  PreparingResult: "done",
  Error: "lost",
};
const ELSEWHERE = "#scan"; // chosen by who has the app on another phone: a reload does not take it back
const POLL_MS = 2000;
const EVENTS_MS = 5000; // for the stream of events to open; then it is asked
const LOST_MS = 5000; // before this page is loaded again after a lost connection
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const ANSWER_MS = 8000;

const begun = root.dataset.begun !== undefined; // the app is busy already: this page was loaded again

let shown = begun ? "confirm" : null;

function show(name) {
  if (name === shown) return;
  const first = shown === null;
  shown = name;
  for (const part of root.children) part.hidden = part.id !== `irma-${name}`;
  if (first) return; // the reader has just come, and reads from the top
  const heading = document.getElementById(`irma-${name}-title`);
  said.textContent = heading.textContent;
  if (name === "pair") digits.focus();
  else if (document.activeElement === document.body || !document.activeElement.offsetParent) heading.focus();
}

// A module of yivi-core: told of each state, and gives it what the reader does.
class Reader {
  constructor({ stateMachine }) {
    this.machine = stateMachine;
    document.getElementById("irma-elsewhere").addEventListener("click", () => {
      history.replaceState(null, "", ELSEWHERE);
      this.go("chooseQR");
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go("codeEntered", { enteredPairingCode: digits.value.trim() });
    });
  }

  go(transition, payload) {
    this.machine.selectTransition(({ validTransitions }) =>
      validTransitions.includes(transition) ? { transition, payload } : false,
    );
  }

  stateChange({ newState, transition, payload }) {
    if (begun && newState.startsWith("Showing")) return;
    if (newState === "ShowingYiviButton") {
      document.getElementById("irma-link").href = payload.mobile;
      document.getElementById("irma-elsewhere").hidden = false;
      if (location.hash === ELSEWHERE) setTimeout(() => this.go("chooseQR"));
    }
    if (transition === "pairingRejected") reject();
    if (PARTS[newState]) show(PARTS[newState]);
  }
}

function reject() {
  wrong.hidden = false;
  said.textContent = wrong.textContent;
  digits.setAttribute("aria-invalid", "true");
  digits.parentElement.classList.add("utrecht-form-field--invalid");
  digits.select();
}

// To what the server says of it now; not before it answers, so that a restart of it shows nobody a browser's error.
async function on(wait = FIRST_WAIT_MS) {
  try {
    await fetch(root.dataset.alive, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    location.replace(root.dataset.here);
  } catch {
    setTimeout(on, wait, Math.min(wait * 2, LONGEST_WAIT_MS));
  }
}

const session = JSON.parse(root.dataset.session);
const core = new YiviCore({
  session: {
    start: false,
    result: false,
    mapping: { sessionPtr: () => session.sessionPtr, frontendRequest: () => session.frontendRequest },
  },
  state: {
    cancel: false, // not by a lost connection: stopping is a button, and the server's work
    // A browser's own EventSource sends no authorization, so it listens to the stream that needs none.
    url: ({ sessionPtr }, what) => (what === "statusevents" ? `${sessionPtr.u}/${what}` : `${sessionPtr.u}/frontend/${what}`),
    serverSentEvents: begun ? false : { endpoint: "statusevents", timeout: EVENTS_MS }, // they tell changes only
    polling: { endpoint: "status", interval: POLL_MS, startState: "INITIALIZED" },
    pairing: { onlyEnableIf: () => root.dataset.pairing !== undefined },
  },
});
core.use(Reader);
core.use(YiviClient);
core.start().then(
  () => on(),
  (ended) => (ended === "Cancelled" || ended === "TimedOut" ? on() : setTimeout(on, LOST_MS)),
);
addEventListener("pageshow", (event) => event.persisted && location.reload()); // back: never an old picture
