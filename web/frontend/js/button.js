// The button for other websites. It makes each link to us that has a data-idbellen look like a button, in the language
// of its page, and does nothing else: no cookie, no request, nothing remembered. Without this script the link is a link.
//
//   <a href="https://bellen.example.nl/paspoort" data-idbellen>Bel ons over uw paspoort</a>
//   <script type="module" src="https://bellen.example.nl/button.js"></script>
//
// A site may set --idbellen-background, --idbellen-color and --idbellen-radius. The styles are made by script (CSSOM), so
// that a strict Content-Security-Policy needs to allow this script and no style.

const LANGUAGES = ["nl", "en"];
const FIRST = {
  nl: "U logt eerst in, daarna belt u ons.",
  en: "You log in first, then you call us.",
};
const STYLE = `
a[data-idbellen=ready] {
  align-items: center;
  background: var(--idbellen-background, #14507b);
  border: 2px solid transparent;
  border-radius: var(--idbellen-radius, 0.25rem);
  box-sizing: border-box;
  color: var(--idbellen-color, #fff);
  display: inline-flex;
  font-weight: 700;
  gap: 0.75rem;
  line-height: 1.35;
  max-inline-size: 100%;
  min-block-size: 3.5rem;
  padding: 0.5rem 1.25rem;
  text-decoration: none;
}
a[data-idbellen=ready]:hover { text-decoration: underline; }
a[data-idbellen=ready]:focus-visible { outline: 3px solid; outline-color: Highlight; outline-offset: 3px; }
a[data-idbellen=ready] small { display: block; font-size: 0.875em; font-weight: 400; }
a[data-idbellen=ready] svg { block-size: 1.5rem; flex: none; inline-size: 1.5rem; }
@media print { a[data-idbellen=ready]::after { content: " " attr(href); } }`;
const SVG = "http://www.w3.org/2000/svg";
const PHONE = "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.2 11 11 0 0 0 3.6.6 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1"
  + "A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.3.2 2.5.6 3.6a1 1 0 0 1-.3 1z";

const home = new URL(import.meta.url).origin;

function icon() {
  const picture = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PHONE);
  path.setAttribute("fill", "currentColor");
  picture.append(path);
  return picture;
}

function languageOf(link) {
  const said = (link.closest("[lang]")?.lang || "nl").toLowerCase().split("-")[0];
  return LANGUAGES.includes(said) ? said : "en";
}

function dress(link) {
  const target = new URL(link.href, location.href);
  if (target.origin !== home) return; // not ours to touch
  const language = languageOf(link);
  if (!LANGUAGES.includes(target.pathname.split("/")[1])) link.href = `${home}/${language}${target.pathname}`;
  link.referrerPolicy = "no-referrer"; // we need not know from which page somebody comes
  const words = document.createElement("span");
  const first = document.createElement("small");
  first.lang = language;
  first.textContent = FIRST[language];
  words.append(...link.childNodes, first);
  link.append(icon(), words);
  link.dataset.idbellen = "ready";
}

if ("adoptedStyleSheets" in document && "replaceSync" in CSSStyleSheet.prototype) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.querySelectorAll("a[data-idbellen]:not([data-idbellen=ready])").forEach(dress);
}
