// Whom a call can go to: the list that the server gives, by what the agent types, or a number that is on no list.
const KINDS = ["colleague", "queue", "place"];
const SHOWN = 50;

export function destinations(root, { placesAt, tell }) {
  const field = root.querySelector("[data-number]");
  const list = root.querySelector("[data-places]");
  let places = [];

  async function open() {
    field.value = "";
    draw();
    field.focus();
    try {
      const answer = await fetch(placesAt, { cache: "no-store", headers: { Accept: "application/json" } });
      places = answer.ok ? await answer.json() : [];
    } catch {
      places = []; // a number can still be typed
    }
    draw();
  }

  const sought = () => field.value.trim().toLocaleLowerCase();
  const found = () => places.filter((one) => `${one.title} ${one.number}`.toLocaleLowerCase().includes(sought())).slice(0, SHOWN);

  function draw() {
    const chosen = list.value;
    const groups = KINDS.map((kind) => {
      const group = document.createElement("optgroup");
      group.label = list.dataset[kind];
      group.append(...found().filter((one) => one.kind === kind).map(({ title, number }) => new Option(title, number)));
      return group;
    });
    list.replaceChildren(...groups.filter((group) => group.children.length > 0));
    list.value = chosen;
    if (list.selectedIndex < 0 && sought() && list.options.length === 1) list.selectedIndex = 0;
    list.hidden = list.options.length === 0;
  }

  // What is chosen on the list, else what was typed, if it can be dialled at all.
  function number() {
    if (list.value) return list.value;
    const figures = /^[\s()+*#\d-]+$/.test(field.value); // of a name a dash is a part
    const typed = field.value.replace(figures ? /[\s()-]/g : /\s/g, "");
    return /^[A-Za-z0-9*#+._-]{1,40}$/.test(typed) ? typed : "";
  }

  field.addEventListener("input", () => {
    list.selectedIndex = -1;
    draw();
    tell("");
  });
  list.addEventListener("change", () => tell(""));
  return { open, number };
}
