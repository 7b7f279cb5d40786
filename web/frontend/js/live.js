// Follows what the server tells over a websocket, and comes back by itself after a lost connection.
// The server sends whole snapshots, so nothing need be asked again after a gap. It ends the story by closing with
// code 1000; every other end is a lost connection.

const PROTOCOL = "idbellen.v1";
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const NOT_YOURS = [401, 403, 404, 410]; // answers to the ticket request that another try would not change
const ANSWER_MS = 8000;
const DONE = 1000;

// ticket: where to ask a ticket (POST, answers {"ticket": …}); socket: the websocket's path; csrf: the page's token.
// seen(snapshot) gets each snapshot; state("open" | "lost" | "ended") tells how the connection is.
// Answers a function that stops it.
export function follow({ ticket, socket, csrf, seen, state }) {
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  let line = null;
  let stopped = false;

  async function open() {
    timer = 0;
    let answer;
    try {
      answer = await fetch(ticket, {
        method: "POST",
        headers: { "X-CSRF-Token": csrf },
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch {
      return again();
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
    line = new WebSocket(address, [PROTOCOL, `ticket.${pass}`]);
    line.addEventListener("open", () => state("open"));
    line.addEventListener("message", (event) => {
      wait = FIRST_WAIT_MS; // only now: a server that takes us in and drops us is not to be hammered
      seen(JSON.parse(event.data));
    });
    line.addEventListener("close", (event) => {
      if (stopped) return; // by us: nothing has ended
      if (event.code === DONE) end();
      else again();
    });
  }

  function again() {
    if (stopped || timer) return;
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
    if (line) line.close();
  }

  // A form takes the reader elsewhere. What the server still ends here must not take them somewhere else meanwhile.
  function leaving(event) {
    if (!event.defaultPrevented) stop();
  }

  addEventListener("online", now);
  addEventListener("submit", leaving);
  open();
  return stop;
}
