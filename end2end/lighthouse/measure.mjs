// What Lighthouse says of the API Tokens page, and what the page loads. Ends with 1 where performance, accessibility or
// best practices are below 100.
//
//     JETON_BIN="$(scripts/build release)" npm run lighthouse --prefix end2end

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const alice = { username: "alice", password: "password1", org: "my-org", bucket: "telemetry" };
/** Those that must be 100; the rest is told. */
const demanded = ["performance", "accessibility", "best-practices"];
const told = ["seo"];
const debians = "/usr/bin/chromium";

const binary = process.env.JETON_BIN;
if (!binary) fail("JETON_BIN must be the path of a release of the server");
const data = await mkdtemp(join(tmpdir(), "jeton-"));
// Nothing of the caller's own settings.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(JETON|LEPTOS)_/.test(name)));
const server = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--data", data], { env, stdio: ["ignore", "pipe", "inherit"] });
try {
  const url = await address(server);
  const { org, auth } = await setUp(url);
  await fill(url, org.id, auth.token);
  const cookie = `jeton=${await signIn(url)}`;
  const page = `${url}/orgs/${org.id}/load-data/tokens`;
  let good = true;
  for (const [name, config] of [["phone", undefined], ["desktop", desktopConfig]]) good = (await measure(name, page, cookie, config)) && good;
  process.exitCode = good ? 0 : 1;
} finally {
  if (server.exitCode === null && server.pid) {
    const closed = once(server, "close");
    server.kill("SIGTERM");
    await closed;
  }
  await rm(data, { recursive: true, force: true });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** Where it answers, once it does. */
function address(child) {
  return new Promise((found, failed) => {
    createInterface(child.stdout).on("line", (line) => {
      const url = line.match(/https?:\/\/[^\s/]+/);
      if (url) found(url[0]);
    });
    child.on("error", failed);
    child.on("close", (code) => failed(new Error(`the server ended (${code}) before it answered`)));
  });
}

async function setUp(url) {
  const response = await post(`${url}/api/v2/setup`, alice);
  return response.json();
}

/** A page of tokens as an organization has them. */
async function fill(url, orgID, token) {
  for (let number = 1; number <= 30; number++) {
    const permissions = ["read", "write"].map((action) => ({ action, resource: { type: "tasks", orgID } }));
    await post(`${url}/api/v2/authorizations`, { orgID, description: `Collector in hall ${number}`, permissions }, token);
  }
}

async function post(url, body, token) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Token ${token}` }) };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The key of a session. */
async function signIn(url) {
  const body = new URLSearchParams({ username: alice.username, password: alice.password });
  const response = await fetch(`${url}/sign-in`, { method: "POST", redirect: "manual", body });
  const key = response.headers.get("set-cookie")?.match(/^jeton=([^;]+)/)?.[1];
  if (!key) throw new Error(`sign-in answered ${response.status}`);
  return key;
}

/** Prints scores, findings and weights; tells whether all that is demanded is 100. */
async function measure(name, page, cookie, config) {
  // Chromium refuses to run as root inside its sandbox.
  const chromeFlags = ["--headless=new", "--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const chrome = await launch({ chromeFlags, ...(existsSync(debians) && { chromePath: debians }) });
  try {
    const flags = { port: chrome.port, logLevel: "error", onlyCategories: [...demanded, ...told], extraHeaders: { Cookie: cookie } };
    const { lhr } = await lighthouse(page, flags, config);
    if (lhr.finalDisplayedUrl !== page) throw new Error(`the page led to ${lhr.finalDisplayedUrl}`);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    console.log(`\n${name}`);
    for (const id of [...demanded, ...told]) tell(lhr, id);
    weigh(lhr);
    return demanded.every((id) => lhr.categories[id].score === 1);
  } finally {
    chrome.kill();
  }
}

/** A category's score, and whatever took away from it. */
function tell({ categories, audits }, id) {
  const { title, score, auditRefs } = categories[id];
  console.log(`${title.padEnd(44)} ${String(Math.round(score * 100)).padStart(8)}${told.includes(id) ? "  for information" : ""}`);
  for (const { id: audit, weight } of auditRefs) {
    const found = audits[audit];
    if (weight > 0 && found.score !== null && found.score < 1) console.log(`    ${Math.round(found.score * 100)} ${found.title}${found.displayValue ? `: ${found.displayValue}` : ""}`);
  }
}

/** How many bytes came over the network, by kind. */
function weigh({ audits }) {
  const requests = audits["network-requests"].details?.items ?? [];
  const kinds = { document: /^text\/html/, wasm: /^application\/wasm/, js: /javascript/, css: /^text\/css/ };
  for (const [kind, type] of Object.entries(kinds)) {
    const bytes = requests.filter(({ mimeType }) => type.test(mimeType ?? "")).reduce((sum, { transferSize }) => sum + (transferSize ?? 0), 0);
    console.log(`${`${kind}, KB`.padEnd(44)} ${(bytes / 1000).toFixed(1).padStart(8)}`);
  }
}
