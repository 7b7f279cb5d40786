// A link into another system, from the shape that is in the page.
export function anchor({ title, url }) {
  const made = document.getElementById("link").content.cloneNode(true);
  const link = made.querySelector("a");
  link.prepend(title);
  link.href = url;
  return made;
}
