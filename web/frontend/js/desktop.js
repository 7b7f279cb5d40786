// The agent's screen: shows what the server says is on the line, and nothing else, and not a moment longer.
//
// Each frame is {version, seconds, picture?}: the whole picture, or none when the last one still holds. It may be shown
// for so many seconds; without another word it is taken off. So a frozen server, a dead network or a sleeping computer
// leave nothing behind. Values come in as text only, and what was there is removed, not hidden.
//
// Of all windows that an agent has open, one shows calls: the newest, or where the agent says so. The others are told that
// they are not it, and ask nothing more.
// Between these come {floor}: how the agent stands and who waits, nobody's data. They say nothing of the picture.
import { ask } from "./agent/ask.js";
import { floor, lose as loseFloor, clear as clearFloor } from "./agent/floor.js";
import { keys } from "./agent/keys.js";
import { anchor } from "./agent/link.js";
import { opened } from "./agent/opened.js";
import { reveals } from "./agent/reveal.js";
import { signals } from "./agent/signals.js";
import { follow } from "./live.js";

const PATIENCE_MS = 10_000; // for a first word on a new connection; then another one is made
const LOST = { call: "", state: "lost" };
const WAITING = { call: "", state: "waiting" };
const ELSEWHERE = { call: "", state: "elsewhere" };

const screen = document.getElementById("screen");
const said = document.getElementById("said");
const phone = document.getElementById("phone");
if (phone) phone.dataset.screen = opened;
const language = document.documentElement.lang;
const { ticket, socket, csrf, login } = screen.dataset;
const clocks = { // to make one takes most of a millisecond: not while an agent waits for a call's details
  time: new Intl.DateTimeFormat(language, { timeStyle: "short" }),
  moment: new Intl.DateTimeFormat(language, { timeStyle: "short", dateStyle: "medium" }),
};

let stop = () => {};
let alarm = 0;
let version = 0;
let heard = "";
let take = true; // this window is to be the one that shows calls; not when it only comes back
let elsewhere = false; // it is not

function shape(id) {
  return document.getElementById(id).content.cloneNode(true);
}

function clock(seconds) {
  const moment = new Date(seconds * 1000);
  const today = moment.toDateString() === new Date().toDateString();
  const time = document.createElement("time");
  time.dateTime = moment.toISOString();
  time.textContent = (today ? clocks.time : clocks.moment).format(moment);
  return time;
}

function text(value) {
  const piece = document.createElement("bdi"); // a value cannot turn the writing around it
  piece.textContent = value;
  return piece;
}

function row({ label, value, moment, masked }) {
  const made = shape(masked ? "row-masked" : "row");
  made.querySelector("dt").textContent = label;
  if (masked) {
    made.querySelector("[data-label]").textContent = label;
    made.querySelector("[data-reveal]").value = masked;
    return made;
  }
  made.querySelector("dd").append(moment ? clock(moment) : text(value));
  return made;
}

function draw(picture) {
  const made = shape(`shape-${picture.state}`);
  for (const slot of made.querySelectorAll("[data-slot]")) {
    const content = picture[slot.dataset.slot];
    if (typeof content === "string") slot.textContent = content;
    else slot.replaceChildren(...content.map(slot.dataset.slot === "links" ? anchor : row));
  }
  made.firstElementChild.dataset.call = picture.call; // which it stays, as long as it is there
  const held = document.activeElement?.matches("#screen h1, #screen .idb-call__here *");
  screen.replaceChildren(made);
  if (held) screen.querySelector("h1").focus(); // not back to the top of the page
  screen.dispatchEvent(new Event("drawn"));
  ask(picture.ask);
  announce(`${picture.call} ${picture.state}`);
}

// Screen readers hear once what kind of call this is; what was proven they read when the agent wants to.
function announce(news) {
  if (news !== heard) said.textContent = screen.firstElementChild.dataset.said;
  heard = news;
}

function lose() {
  clearTimeout(alarm);
  alarm = setTimeout(again, PATIENCE_MS);
  if (!screen.querySelector("[data-state=lost]")) draw(LOST);
  loseFloor();
}

function seen(frame) {
  if (frame.floor) floor(frame.floor);
  if (!frame.version) return;
  if (frame.version <= version) return;
  version = frame.version;
  clearTimeout(alarm);
  alarm = setTimeout(again, frame.seconds * 1000);
  take = false;
  if (!frame.picture) return;
  if (frame.picture.state === "elsewhere") return yieldTo();
  tellPhone("begin");
  try {
    draw(frame.picture);
  } catch {
    lose(); // this page is older than its server and cannot show that; what it did show is over all the same
  }
}

function state(now) {
  version = 0;
  if (now === "lost") lose();
  if (now === "ended") leave();
}

// Another window is the one now. This one stays as it is then, until the agent wants it.
function yieldTo() {
  stop();
  clearTimeout(alarm);
  elsewhere = true;
  draw(ELSEWHERE);
  clearFloor();
  tellPhone("retire");
}

function here(event) {
  event.preventDefault();
  elsewhere = false;
  take = true;
  draw(WAITING);
  alarm = setTimeout(again, PATIENCE_MS);
  begin();
}

// The telephone in the page, if there is one: this window has it while it is the one in which the agent works.
function tellPhone(what) {
  if (phone) phone.dispatchEvent(new Event(what));
}

// With a telephone in the page a call is not left: its data go at once, the page when it is over.
function leave() {
  clear();
  if (!phone || phone.dataset.busy !== "yes") location.replace(login);
  else phone.addEventListener("free", () => location.replace(login), { once: true });
}

// A new connection. What the one before still says is not listened to: a closed websocket gives no messages.
function again() {
  if (elsewhere) return draw(ELSEWHERE);
  stop();
  lose();
  begin();
}

function asks() {
  return new URLSearchParams({ screen: opened, ...(take && { take: "yes" }) });
}

function begin() {
  stop = follow({ ticket, socket, csrf, asks, seen, state });
}

function clear() {
  stop();
  clearTimeout(alarm);
  screen.replaceChildren();
  ask(null);
  clearFloor();
}

addEventListener("pagehide", clear);
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("freeze", clear);
document.addEventListener("resume", again);
screen.addEventListener("submit", (event) => event.target.matches(".idb-call__here") && here(event));
keys();
reveals(screen);
signals(screen, document.getElementById("comfort"));
alarm = setTimeout(again, PATIENCE_MS);
begin();
