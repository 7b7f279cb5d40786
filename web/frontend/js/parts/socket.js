// One websocket to our own server that comes back by itself: a fresh single-use ticket for each connection, and a
// wait between attempts that grows and is never the same for all. Knows nothing of what is said on it.

const PROTOCOL = "idbellen.v1"; // as in web/socket.py
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 15_000;
const SILENCE = 45_000; // the server says something more often than this; else the line is dead
const OVER = 1000; // close code: all has been said
const REFUSED = [401, 403, 404];

/**
 * Keep a websocket open until the server says that all is over.
 * @param {object} options
 * @param {string} options.ticketUrl - POST here gives {"ticket": "…"}
 * @param {string} options.socketUrl - path of the websocket
 * @param {string} options.csrf - the page's token
 * @param {(message: object) => void} options.onMessage
 * @param {(connected: boolean) => void} options.onState - true on connecting, false as soon as it is lost
 * @param {() => void} options.onRefused - the server knows us no more: there is no use in going on
 */
export function keepOpen(options) {
  new Link(options).connect();
}

class Link {
  #options;
  #attempts = 0;
  #waiting = 0;
  #watchdog = 0;
  #socket = null;

  constructor(options) {
    this.#options = options;
    globalThis.addEventListener("online", () => this.#hurry());
    globalThis.addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
  }

  async connect() {
    this.#waiting = 0;
    try {
      const ticket = await this.#ticket();
      if (ticket) this.#open(ticket);
    } catch {
      this.#lost();
    }
  }

  async #ticket() {
    const answer = await fetch(this.#options.ticketUrl, {
      method: "POST",
      headers: { "X-CSRF-Token": this.#options.csrf },
      signal: timeout(LONGEST_WAIT),
    });
    if (REFUSED.includes(answer.status)) return this.#options.onRefused();
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    return (await answer.json()).ticket;
  }

  #open(ticket) {
    const url = new URL(this.#options.socketUrl, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, [PROTOCOL, `ticket.${ticket}`]);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#listen();
      this.#options.onState(true);
    });
    socket.addEventListener("message", (event) => {
      this.#attempts = 0; // only now: a server that accepts and drops is not well
      this.#listen();
      this.#options.onMessage(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(this.#watchdog);
      if (socket === this.#socket && event.code !== OVER) this.#lost();
    });
  }

  #listen() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#drop(), SILENCE);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null; // its close event may take a minute on a dead line
    socket.close();
    this.#lost();
  }

  #lost() {
    this.#options.onState(false);
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempts++);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }

  #hurry() {
    if (!this.#waiting) return;
    clearTimeout(this.#waiting);
    this.connect();
  }
}

function timeout(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}
