// Keeps the number-and-code page up to date. The server draws the status; here its changed parts are put in place,
// said once to who listens, and nothing that the reader was busy with is disturbed.

import { follow } from "./live.js";

const live = document.getElementById("live");
const said = document.getElementById("said");
const lost = document.getElementById("lost");
const LOST_MS = 2000; // a connection that is back by then was never gone for the reader

const status = () => document.getElementById("status");
const title = (root) => root.querySelector("h1").textContent;
const drawn = new Map(); // each part as the server drew it: opening a details changes the part itself

function remember(root) {
  drawn.clear();
  for (const part of root.children) drawn.set(part.id, part.outerHTML);
}

function show({ version, html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const next = template.content.getElementById("status");
  const now = status();
  if (version < Number(now.dataset.version)) return;
  const changed = title(next) !== title(now);
  const news = next.dataset.news !== now.dataset.news && next.dataset.news;
  const focused = now.contains(document.activeElement) ? document.activeElement : null;
  place(now, next);
  if (focused && !focused.isConnected) refocus(focused);
  if (changed) said.textContent = title(status());
  else if (news) said.textContent = news;
}

// Same parts: replace only those that the server drew differently. Other parts: replace all.
function place(now, next) {
  for (const part of next.querySelectorAll("[data-same]")) part.outerHTML = drawn.get(part.id);
  const fresh = [...next.children].map((part) => [part.id, part.outerHTML]);
  const same = fresh.length === drawn.size && fresh.every(([id]) => drawn.has(id));
  if (same) {
    for (const part of [...next.children]) {
      if (drawn.get(part.id) !== part.outerHTML) document.getElementById(part.id).replaceWith(part);
    }
    for (const { name, value } of next.attributes) now.setAttribute(name, value);
  } else {
    now.replaceWith(next);
  }
  drawn.clear();
  for (const [id, text] of fresh) drawn.set(id, text);
}

// The reader was in a part that is not there any more: to the same thing in its new form, or to the heading.
function refocus(gone) {
  const again = gone.id && document.getElementById(gone.id);
  (again || status().querySelector("h1")).focus({ preventScroll: Boolean(again) });
}

let timer = 0;
let met = false;

function tell(state) {
  if (state === "lost") {
    timer ||= setTimeout(() => announce(false), LOST_MS); // from the first failure on: each next try says so too
    return;
  }
  clearTimeout(timer);
  timer = 0;
  if (state === "open") {
    met = true;
    if (!lost.hidden) announce(true);
  } else if (!met) {
    announce(false); // refused from the start: another page would be as well
  } else if (status().dataset.over === undefined) {
    location.reload(); // the server knows us no more, and its page says so
  }
}

function announce(connected) {
  lost.hidden = connected;
  said.textContent = connected ? live.dataset.found : live.dataset.lost;
}

remember(status());
follow({
  ticket: live.dataset.ticket,
  socket: live.dataset.socket,
  csrf: live.dataset.csrf,
  seen: show,
  state: tell,
});
addEventListener("pageshow", (event) => event.persisted && location.reload()); // back: never an old picture
