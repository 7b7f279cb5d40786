// Masked values: each is asked for when the agent wants it, and taken off at the same key. The server answers for the
// call that is on the line now. An answer goes into the row that asked, if that row is still on the screen: a row belongs
// to one call, and is gone when that call is.
import { anchor } from "./link.js";
import { opened } from "./opened.js";

const ANSWER_MS = 8000;

export function reveals(screen) {
  const { revealAt, csrf } = screen.dataset;
  const asking = new WeakMap(); // from a row to what stops its question
  const usual = new WeakMap(); // from the list of links to those that are there without a masked value

  screen.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const row = button.closest("[data-masked]");
    if (asking.has(row) || row.dataset.masked === "shown") mask(row);
    else ask(row, button.value);
  });
  screen.addEventListener("drawn", () => {
    for (const button of [...screen.querySelectorAll("[data-reveal]")].slice(1)) {
      button.removeAttribute("aria-keyshortcuts"); // the key is for the first; the others are buttons
    }
  });

  async function ask(row, attribute) {
    const { call } = row.closest("[data-call]").dataset;
    const question = new AbortController();
    const late = setTimeout(() => question.abort(), ANSWER_MS);
    asking.set(row, question);
    let found = null;
    try {
      const answer = await fetch(revealAt, {
        method: "POST",
        headers: { "X-CSRF-Token": csrf },
        body: new URLSearchParams({ screen: opened, call, attribute }),
        cache: "no-store",
        signal: question.signal,
      });
      if (answer.ok) found = await answer.json();
    } catch {
      // no answer
    } finally {
      clearTimeout(late);
    }
    if (!row.isConnected || asking.get(row) !== question) return; // it is another call, or not wanted any more
    asking.delete(row);
    if (found && found.call === call) show(row, found);
    else put(row, "failed", "");
  }

  function show(row, { value, links }) {
    put(row, "shown", value);
    const slot = linked(row);
    if (!slot) return;
    if (!usual.has(slot)) usual.set(slot, [...slot.childNodes]);
    slot.replaceChildren(...links.map(anchor));
  }

  function mask(row) {
    const question = asking.get(row);
    asking.delete(row);
    if (question) question.abort();
    put(row, "hidden", "");
    const slot = linked(row);
    if (usual.has(slot)) slot.replaceChildren(...usual.get(slot));
  }

  // One of three is there to see and to hear: the mask, the value, or that it did not work.
  function put(row, state, value) {
    row.dataset.masked = state;
    for (const part of row.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    row.querySelector("[data-value]").textContent = value;
  }

  function linked(row) {
    return row.closest("[data-call]").querySelector("[data-slot=links]");
  }
}
