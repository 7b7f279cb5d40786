// The team leader's page: puts newer parts in their places, as the server made them. Each frame is {version, seconds,
// parts?}: those that changed, or none while nothing is known. What nobody says again in time is not shown any more.
import { follow } from "./live.js";

const PATIENCE_MS = 10_000; // for a first word on a new connection; then another one is made

const team = document.getElementById("team");
const silent = document.getElementById("team-silent");
const words = document.getElementById("team-words").innerHTML;
const { ticket, socket, csrf, login } = team.dataset;

let stop = () => {};
let alarm = 0;
let version = 0;

const place = (name) => team.querySelector(`[data-part=${name}]`);

// What was unfolded or moved aside stays so, and whoever was at it stays there.
function put(name, html) {
  const there = place(name);
  const kept = [...there.querySelectorAll("[data-key]")].map((was) => [was.dataset.key, { was, left: was.scrollLeft }]);
  const before = new Map(kept);
  const focused = document.activeElement;
  there.innerHTML = html; // of our own server, which escapes
  for (const now of there.querySelectorAll("[data-key]")) {
    const { was, left } = before.get(now.dataset.key) || {};
    if (!was) continue;
    if (was.open) now.open = true;
    now.scrollLeft = left;
    if (focused === was) now.focus();
    else if (focused && focused.parentElement === was) now.firstElementChild.focus(); // a summary
  }
}

function lose() {
  if (silent.textContent) return;
  silent.textContent = words;
  for (const name of ["now", "today"]) place(name).replaceChildren();
}

function seen(frame) {
  if (frame.version <= version) return;
  version = frame.version;
  clearTimeout(alarm);
  alarm = setTimeout(again, frame.seconds * 1000);
  if (!frame.parts) return lose();
  silent.textContent = "";
  for (const [name, html] of Object.entries(frame.parts)) put(name, html);
}

function state(now) {
  version = 0;
  if (now === "ended") location.replace(login);
}

function again() {
  stop();
  lose();
  begin();
}

function begin() {
  clearTimeout(alarm);
  alarm = setTimeout(again, PATIENCE_MS);
  stop = follow({ ticket, socket, csrf, seen, state });
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("resume", again);
begin();
