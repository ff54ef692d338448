/* Builds static/dist/: one style sheet, one script, one icon sprite. Run by `npm run build`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const icons = JSON.parse(await readFile(at("static/img/icons.json"), "utf8"));

/* Class names that a template completes from a value, or that a script or a library adds. */
const safelist = {
  standard: ["active", "disabled", "show", "collapsed", "is-open"],
  greedy: [/^state-/, /^tone-/, /^htmx-/, /^is-/, /aria-/, /data-bs-theme/],
};

/* Tabler without the rules that no template uses, in a layer below our own, which are kept whole. */
async function styles() {
  const tabler = await bundled({
    stdin: { contents: '@import "@tabler/core/dist/css/tabler.css" layer(tabler);', loader: "css", resolveDir: at(".") },
  });
  const [used] = await new PurgeCSS().purge({
    css: [{ raw: tabler }],
    content: ["templates/**/*.html", "tests/look/**/*.html", "docs/look.md", "static/js/*.js", "*/{forms,admin}.py", "*/forms/*.py", "orders/lists/row_markup.py"].map(at),
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist,
    variables: true,
    keyframes: true,
  });
  const own = await bundled({ entryPoints: [at("static/css/shipby.css")] });
  const { code } = await esbuild.transform(used.css + own, { loader: "css", minify: true, legalComments: "inline" });
  await writeFile(at("static/dist/shipby.css"), code);
}

async function bundled(entry) {
  const { outputFiles } = await esbuild.build({ ...entry, bundle: true, write: false, legalComments: "inline" });
  return outputFiles[0].text;
}

async function script() {
  await esbuild.build({
    entryPoints: [at("static/js/shipby.js")],
    outfile: at("static/dist/shipby.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "inline",
  });
}

async function sprite() {
  const symbols = await Promise.all(icons.map(symbol));
  const { version } = JSON.parse(await readFile(at("node_modules/@tabler/icons/package.json"), "utf8"));
  const licence = `<!-- Tabler Icons ${version}, MIT licence, Copyright (c) 2020-2026 Paweł Kuna -->`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("")}</svg>\n`;
  await writeFile(at("static/dist/icons.svg"), text);
}

async function symbol(name) {
  const [, kind, base] = name.match(/^(filled\/)?(.+)$/);
  const source = await readFile(at(`node_modules/@tabler/icons/icons/${kind ?? "outline/"}${base}.svg`), "utf8");
  const body = source.slice(source.indexOf(">") + 1, source.lastIndexOf("</svg>"));
  const shapes = body.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${base}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

await mkdir(at("static/dist"), { recursive: true });
await Promise.all([styles(), script(), sprite()]);
console.log(`static/dist: shipby.css, shipby.js, icons.svg (${icons.length} icons)`);
