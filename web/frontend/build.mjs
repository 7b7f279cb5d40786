// Bundles css/*.css and js/*.js into ../static/dist under names that carry a hash of their content, with a
// manifest.json that maps each plain name to the hashed one (read by web/assets.py). Of the design tokens only
// those that some rule reaches are kept: the theme is 200 kB, what we use of it a tenth.
import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { basename, join } from "node:path";
import { build, transform } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../static/dist");
const TARGET = ["chrome87", "edge88", "firefox88", "safari14.1"]; // a five-year-old phone and a bit older
const THEME = "node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css";
const THEMED = "page.css"; // the stylesheet on every page, so the one that carries the tokens

const TEXT = { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };

const entries = (folder, suffix) =>
  readdirSync(join(here, folder)).filter((name) => name.endsWith(suffix)).map((name) => join(here, folder, name));

const bundled = await build({
  entryPoints: [...entries("css", ".css"), ...entries("js", ".js")],
  entryNames: "[name]",
  outdir: dist,
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: TARGET,
  legalComments: "none",
  logLevel: "warning",
});
const files = new Map(bundled.outputFiles.map((file) => [file.path.slice(dist.length + 1), file.text]));

function usedIn(text) {
  return [...text.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]);
}

function reachableTokens(theme, styles) {
  const tokens = new Map([...theme.matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].map((match) => [match[1], match[2]]));
  const kept = new Set();
  const open = styles.flatMap(usedIn);
  while (open.length > 0) {
    const name = open.pop();
    if (!tokens.has(name) || kept.has(name)) continue;
    kept.add(name);
    open.push(...usedIn(tokens.get(name)));
  }
  return [...tokens].filter(([name]) => kept.has(name)).map(([name, value]) => `${name}:${value};`).join("");
}

for (const path of entries("img", ".svg")) files.set(basename(path), readFileSync(path, "utf8"));

const styles = [...files].filter(([name]) => name.endsWith(".css")).map(([, text]) => text);
const theme = `.voorbeeld-theme{${reachableTokens(readFileSync(join(here, THEME), "utf8"), styles)}}`;
const tokens = await transform(theme, { loader: "css", minify: true, target: TARGET });
files.set(THEMED, tokens.code + files.get(THEMED));

mkdirSync(dist, { recursive: true });
const manifest = {};
for (const [name, text] of [...files].sort()) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  manifest[name] = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(dist, manifest[name]), text);
  writeFileSync(join(dist, `${manifest[name]}.br`), brotliCompressSync(text, TEXT));
  writeFileSync(join(dist, `${manifest[name]}.gz`), gzipSync(text, { level: 9 }));
}
// the manifest last and in one move, so that a server that starts meanwhile reads the old build or the new one
writeFileSync(join(dist, "manifest.new"), `${JSON.stringify(manifest, null, 2)}\n`);
renameSync(join(dist, "manifest.new"), join(dist, "manifest.json"));
const current = new Set(Object.values(manifest).flatMap((name) => [name, `${name}.br`, `${name}.gz`]));
current.add("manifest.json");
for (const name of readdirSync(dist)) if (!current.has(name)) rmSync(join(dist, name));
