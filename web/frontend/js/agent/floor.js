// The floor on an agent's page: whether calls come, and who waits in the agent's queues. Nothing in it says who a caller
// is. Moments are by the server's clock: a message says what time it is there, and this page counts on from that. Times are
// told in whole minutes, and what has not changed is not drawn again.
const own = document.getElementById("own");
const said = document.getElementById("own-said");
const wrong = document.getElementById("own-wrong");
const queues = document.getElementById("queues");
const all = queues.querySelector("[data-all]");
const language = document.documentElement.lang;
const minutes = new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const COUNT_MS = 5_000;
const PATIENCE_MS = 10_000;
const UNKNOWN = { mode: "unknown", reason: "", may: false, since: 0, until: 0 };

let stands = "";
let ahead = 0; // of performance.now(), in seconds

const shape = (id) => document.getElementById(id).content.cloneNode(true);
const slot = (place, name) => place.querySelector(`[data-slot=${name}]`);
const now = () => ahead + performance.now() / 1000;

function put(element, text) {
  if (element && element.textContent !== String(text)) element.textContent = text;
}

function lasting(seconds) {
  return seconds < 60 ? queues.dataset.moment : minutes.format(Math.floor(seconds / 60));
}

export function floor(news) {
  ahead = news.now - performance.now() / 1000;
  stand(news.own);
  show(news.queues);
  count();
}

// Nothing is heard any more: nothing is known any more.
export function lose() {
  stand(UNKNOWN);
  show([...all.children].map((queue) => ({ name: slot(queue, "name").textContent, known: false })));
}

export function clear() {
  stands = "";
  own.replaceChildren();
  show([]);
}

function stand({ mode, reason, may, since, until }) {
  const key = JSON.stringify([mode, reason, may]);
  const place = own.firstElementChild;
  if (key !== stands) draw(mode, reason, may);
  if (place && key !== stands && mode !== "unknown") said.textContent = own.querySelector(".idb-own__title").textContent;
  stands = key;
  if (since) put(slot(own, "since"), clock.format(new Date(since * 1000)));
  own.dataset.until = until;
}

function draw(mode, reason, may) {
  const busy = own.contains(document.activeElement);
  own.replaceChildren(shape(`own-${mode}`));
  if (reason) slot(own, "reason").textContent = `: ${reason}`;
  const form = own.querySelector("form");
  if (form && !may) form.replaceWith(shape("own-cannot"));
  wrong.textContent = "";
  if (busy) own.querySelector(".idb-own__title").focus(); // the button that was pressed is gone
}

function show(news) {
  queues.hidden = news.length === 0;
  while (all.children.length > news.length) all.lastElementChild.remove();
  news.forEach((queue, index) => {
    const there = all.children[index];
    if (there && slot(there, "name").textContent === queue.name && Boolean(slot(there, "line")) === queue.known) {
      fill(there, queue);
      return;
    }
    const made = shape(queue.known ? "queue" : "queue-unknown").firstElementChild;
    fill(made, queue);
    if (there) there.replaceWith(made);
    else all.append(made);
  });
}

function fill(place, { name, known, waiting, more, callers, colleagues }) {
  put(slot(place, "name"), name);
  if (!known) return;
  put(slot(place, "waiting"), waiting);
  for (const [kind, many] of Object.entries(colleagues)) put(slot(place, kind), many);
  put(slot(place, "behind"), more);
  slot(place, "more").hidden = more === 0;
  const line = slot(place, "line");
  if (callers.length > 4) line.tabIndex = 0; // it may scroll, and then by keyboard too
  else line.removeAttribute("tabindex");
  while (line.children.length > callers.length) line.lastElementChild.remove();
  callers.forEach(([since, subject, proof], index) => {
    let waiter = line.children[index];
    if (waiter?.dataset.proof !== proof) {
      const made = shape(`waiter-${proof}`).firstElementChild;
      made.dataset.proof = proof;
      if (waiter) waiter.replaceWith(made);
      else line.append(made);
      waiter = made;
    }
    put(slot(waiter, "subject"), subject);
    waiter.dataset.since = since;
  });
}

function count() {
  for (const waiter of all.querySelectorAll("[data-since]")) {
    put(slot(waiter, "time"), lasting(now() - waiter.dataset.since));
  }
  put(slot(own, "left"), lasting(Math.max(0, own.dataset.until - now()) + 59)); // that long at most
}

async function send(form, button) {
  const late = new AbortController();
  const alarm = setTimeout(() => late.abort(), PATIENCE_MS);
  try {
    const data = new FormData(form);
    data.set(button.name, button.value);
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(data),
      cache: "no-store",
      signal: late.signal,
    });
    return answer.ok ? (await answer.json()).said : own.dataset.failed;
  } catch {
    return own.dataset.failed;
  } finally {
    clearTimeout(alarm);
  }
}

own.addEventListener("submit", async (event) => {
  event.preventDefault();
  wrong.textContent = "";
  const before = stands;
  const told = await send(event.target, event.submitter || document.activeElement); // older Safari does not say
  if (stands === before) wrong.textContent = told;
});
setInterval(count, COUNT_MS);
