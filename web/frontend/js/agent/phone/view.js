// What of the telephone is on the page: the state's words and buttons, from texts that are in the page. A button that is
// not for this state is not there; who pressed one finds the next one in its place.
import { ACTIONS } from "./states.js";

export function view(root) {
  const said = root.querySelector("[data-said]");
  const words = root.querySelector("[data-words]");
  const extra = root.querySelector("[data-extra]");
  const buttons = [...root.querySelectorAll("[data-do]")];
  const texts = new Map([...root.querySelector("[data-texts]").content.children].map((one) => [one.dataset.text, one.textContent]));
  const notes = new Map(); // what is said beside the state, by its subject

  const text = (name) => texts.get(name) || "";

  function state(name, detail = "") {
    const before = document.activeElement;
    const lost = root.contains(before) && before.matches("[data-do]");
    root.dataset.state = name;
    words.textContent = text(name) + detail;
    said.textContent = text(`said-${name}`) ? text(`said-${name}`) + detail : "";
    for (const button of buttons) button.hidden = !ACTIONS[name].includes(button.dataset.do);
    for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = !panel.dataset.panel.split(" ").includes(name);
    if (lost && before.hidden) (buttons.find((one) => !one.hidden) || words).focus();
  }

  // Beside the state; an empty name takes it away. A lost line says more than bad sound.
  function note(subject, name, alert = false) {
    if (name) notes.set(subject, text(name));
    else notes.delete(subject);
    extra.textContent = [...notes].filter(([one]) => one !== "quality" || !notes.has("line")).map(([, words]) => words).join(" ");
    if (name && alert) said.textContent = text(name);
  }

  function press(name, on) {
    const button = buttons.find((one) => one.dataset.do === name);
    button.setAttribute("aria-pressed", String(on));
  }

  // What people call a queue, as words to add; nothing for none.
  function queue(name) {
    const titles = root.querySelector("[data-queues]").content;
    const known = [...titles.children].find((one) => one.dataset.queue === name);
    return name && `: ${known ? known.textContent : name}`;
  }

  return { state, note, press, queue };
}
