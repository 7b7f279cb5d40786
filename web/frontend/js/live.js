// Follows what the server tells over a websocket, and comes back by itself after a lost connection.
// The server sends whole snapshots, so nothing need be asked again after a gap. It ends the story by closing with
// code 1000; every other end is a lost connection.

const PROTOCOL = "idbellen.v1";
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const NOT_YOURS = [401, 403, 404, 410]; // answers to the ticket request that another try would not change
const ANSWER_MS = 8000;
const FIRST_MS = 20_000; // from connecting to the first snapshot
const SILENCE_MS = 60_000; // between two words of the server, which says something every 25 s
const DONE = 1000;
const CROWDED = 1008; // another page of the same reader took the place: not to be taken back at once

// ticket: where to ask a ticket (POST, answers {"ticket": …}); socket: the websocket's path; csrf: the page's token;
// asks(): the form to ask it with, if any.
// seen(snapshot) gets each snapshot; state("open" | "lost" | "ended") tells how the connection is.
// Answers a function that stops it.
export function follow({ ticket, socket, csrf, asks, seen, state }) {
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  let line = null;
  let silence = 0;
  let heard = 0;
  let stopped = false;

  async function open() {
    timer = 0;
    let answer;
    const late = new AbortController(); // AbortSignal.timeout is missing on phones of before 2022
    const clock = setTimeout(() => late.abort(), ANSWER_MS);
    try {
      answer = await fetch(ticket, {
        method: "POST",
        headers: { "X-CSRF-Token": csrf },
        body: asks?.(),
        cache: "no-store",
        signal: late.signal,
      });
    } catch {
      return again();
    } finally {
      clearTimeout(clock);
    }
    if (stopped) return;
    if (NOT_YOURS.includes(answer.status)) return end();
    if (!answer.ok) return again();
    connect((await answer.json()).ticket);
  }

  function connect(pass) {
    if (stopped) return;
    const address = new URL(socket, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(address, [PROTOCOL, `ticket.${pass}`]);
    line = mine;
    patient(FIRST_MS);
    mine.addEventListener("open", () => line === mine && state("open"));
    mine.addEventListener("message", (event) => {
      if (line !== mine) return;
      patient(SILENCE_MS);
      wait = FIRST_WAIT_MS; // only now: a server that takes us in and drops us is not to be hammered
      if (event.data) seen(JSON.parse(event.data)); // nothing: a beat
    });
    mine.addEventListener("close", (event) => {
      if (line !== mine) return; // by us: nothing has ended
      if (event.code === DONE) return end();
      if (event.code === CROWDED) wait = LONGEST_WAIT_MS;
      again();
    });
  }

  function patient(milliseconds) {
    heard = Date.now();
    clearTimeout(silence);
    silence = setTimeout(again, milliseconds);
  }

  // After a sleep, in which no timer runs.
  function awake() {
    if (document.visibilityState === "visible" && line && Date.now() - heard > SILENCE_MS) again();
  }

  // The connection is gone, or nothing comes through it: then it does not close by itself for minutes.
  function drop() {
    clearTimeout(silence);
    const old = line;
    line = null;
    if (old) old.close();
  }

  function again() {
    if (stopped || timer) return;
    drop();
    state("lost");
    timer = setTimeout(open, wait * (0.5 + Math.random())); // not all pages at once after a restart
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function now() {
    if (!timer) return;
    clearTimeout(timer);
    wait = FIRST_WAIT_MS;
    open();
  }

  function end() {
    stop();
    state("ended");
  }

  function stop() {
    stopped = true;
    clearTimeout(timer);
    removeEventListener("online", now);
    removeEventListener("submit", leaving);
    document.removeEventListener("visibilitychange", awake);
    drop();
  }

  // A form takes the reader elsewhere. What the server still ends here must not take them somewhere else meanwhile.
  function leaving(event) {
    if (!event.defaultPrevented) stop();
  }

  addEventListener("online", now);
  addEventListener("submit", leaving);
  document.addEventListener("visibilitychange", awake);
  open();
  return stop;
}
