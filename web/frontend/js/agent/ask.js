// Asking an ordinary caller to log in: draws each step from a shape that is in the page, and sends its forms without
// leaving it. What the agent is typing stays as long as the step is the same.
import { opened } from "./opened.js";

const screen = document.getElementById("ask");
const said = document.getElementById("ask-said");
const PATIENCE_MS = 10_000;
let shown = "";

const groups = (number) => number.match(/.{3}/g)?.join(" ") ?? "";

export function ask(now) {
  const step = now ? `${now.call} ${now.step} ${now.number}` : "";
  if (step === shown) return;
  shown = step;
  const busy = screen.contains(document.activeElement);
  screen.replaceChildren();
  if (!now) return;
  screen.append(document.getElementById(`ask-${now.step}`).content.cloneNode(true));
  fill(now);
  const heading = screen.querySelector("h2");
  said.textContent = now.step === "none" ? "" : heading.textContent;
  if (busy) heading.focus(); // the button that was pressed is gone: not back to the top of the page
}

function fill({ call, number, purpose }) {
  for (const field of screen.querySelectorAll("[name=call]")) field.value = call;
  for (const field of screen.querySelectorAll("[name=screen]")) field.value = opened;
  for (const field of screen.querySelectorAll("[name=purpose]")) if (purpose) field.value = purpose;
  for (const slot of screen.querySelectorAll("[data-slot=groups]")) slot.textContent = groups(number);
  for (const slot of screen.querySelectorAll("[data-slot=link]")) slot.textContent = screen.dataset.address + number;
}

async function send(form) {
  const late = new AbortController();
  const clock = setTimeout(() => late.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
      cache: "no-store",
      signal: late.signal,
    });
    return answer.ok ? (await answer.json()).said : screen.dataset.failed;
  } catch {
    return screen.dataset.failed;
  } finally {
    clearTimeout(clock);
  }
}

screen.addEventListener("submit", async (event) => {
  event.preventDefault();
  const before = shown;
  const wrong = await send(event.target);
  if (shown !== before) return; // the next step is there already
  screen.querySelector("[data-wrong]").textContent = wrong;
  if (wrong) event.target.querySelector("[name=digits]")?.select();
});
