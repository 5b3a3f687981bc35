// Makes the console's site of the compiled WebAssembly: site.mjs MODULE.wasm FOLDER
// Splits it into chunks, optimizes, bundles and minifies the style, names files by their content, and compresses them.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import browserslist from "browserslist";
import { transform } from "esbuild";
import { browserslistToTargets, bundle } from "lightningcss";

const NAME = "jeton";
const BROWSERS = "chrome >= 123, firefox >= 128, safari >= 17.5";
// The loader of chunks is named inside them: its name is replaced by one of the same length.
const PLACEHOLDER = "______________________";
const run = promisify(execFile);
const [module, site] = process.argv.slice(2);
const pkg = join(site, "pkg");

await rm(site, { recursive: true, force: true });
await cp("public", site, { recursive: true });
await mkdir(pkg, { recursive: true });
await run("jeton-bindgen", [module, NAME, pkg]);
await sortNames();
await eachOf((await readdir(pkg)).filter((file) => file.endsWith(".wasm")), optimize);
await minify(`${NAME}.js`);
await style();
await nameByContent();
await eachOf(await filesIn(site), compress);

// jeton-bindgen writes the parts of the manifest and the names that chunks share in another order at each run.
async function sortNames() {
    const manifest = join(pkg, "__wasm_split_manifest.json");
    const parts = Object.entries(JSON.parse(await readFile(manifest, "utf8")));
    parts.sort(([one], [other]) => (one < other ? -1 : 1));
    await writeFile(manifest, JSON.stringify(Object.fromEntries(parts)));
    const loader = join(pkg, `__wasm_split.${PLACEHOLDER}.js`);
    const script = await readFile(loader, "utf8");
    const shared = script.match(/const \{ ((?:[\w$]+, )+) \} = initSync\(/)?.[1];
    if (!shared) throw new Error("the loader of chunks names no shared exports: sortNames in site.mjs has to follow its new form");
    await writeFile(loader, script.replaceAll(`{ ${shared} }`, `{ ${shared.split(", ").filter(Boolean).sort().join(", ")} }`));
}

async function optimize(file) {
    const path = join(pkg, file);
    await run("wasm-opt", ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", path, "-o", path]);
}

async function minify(file) {
    const { code } = await transform(await readFile(join(pkg, file), "utf8"), { minify: true, format: "esm", target: "es2022" });
    await writeFile(join(pkg, file), code);
}

async function style() {
    const targets = browserslistToTargets(browserslist(BROWSERS));
    const { code } = bundle({ filename: "style/main.css", minify: true, targets });
    await writeFile(join(pkg, `${NAME}.css`), code);
}

// The script, the loader and the chunks name each other, in a circle: they share one hash, over all of them.
async function nameByContent() {
    const program = (await readdir(pkg)).filter((file) => !file.endsWith(".css")).sort();
    const all = createHash("sha256");
    for (const file of program) all.update(await readFile(join(pkg, file)));
    const hash = short(all);
    const css = short(createHash("sha256").update(await readFile(join(pkg, `${NAME}.css`))));
    const renamed = new Map(program.map((file) => [file, hashed(file, hash)]));
    for (const file of program) {
        const path = join(pkg, file);
        await writeFile(path, file.endsWith(".wasm") ? inBytes(await readFile(path), hash) : inText(await readFile(path, "utf8"), renamed));
        await rename(path, join(pkg, renamed.get(file)));
    }
    await rename(join(pkg, `${NAME}.css`), join(pkg, hashed(`${NAME}.css`, css)));
    await writeFile(join(site, "hash.txt"), `js: ${hash}\nwasm: ${hash}\ncss: ${css}\nmanifest: ${hash}\nsplit: ${hash}\n`);
}

function short(hash) {
    return hash.digest("base64url").slice(0, PLACEHOLDER.length);
}

function hashed(file, hash) {
    return file.includes(PLACEHOLDER) ? file.replace(PLACEHOLDER, hash) : file.replace(/\.(\w+)$/, `.${hash}.$1`);
}

function inBytes(bytes, hash) {
    for (let at = bytes.indexOf(PLACEHOLDER); at >= 0; at = bytes.indexOf(PLACEHOLDER, at)) bytes.write(hash, at, "latin1");
    return bytes;
}

// The manifest names chunks without their ending.
function inText(text, renamed) {
    const stem = (file) => file.replace(/\.wasm$/, "");
    for (const [old, now] of renamed) {
        text = text.replaceAll(old, now);
        if (old.endsWith(".wasm")) text = text.replaceAll(`"${stem(old)}"`, `"${stem(now)}"`);
    }
    return text;
}

async function compress(path) {
    const content = await readFile(path);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, quality));
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

async function filesIn(folder) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && entry.name !== "hash.txt").map((entry) => join(entry.parentPath, entry.name));
}

// Runs a task for each item, on all cores.
async function eachOf(items, task) {
    const waiting = [...items];
    const worker = async () => { for (let item; (item = waiting.pop()) !== undefined; ) await task(item); };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
