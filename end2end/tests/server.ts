// A Jeton of its own for each test: empty, on a free port, gone afterwards. `page.goto("/…")` leads to it.
//
//     import { test, expect, setUp } from "./server.ts";
//     test("…", async ({ server, page }) => { const first = await setUp(server); … });

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test as base, expect, type Page } from "@playwright/test";

export { expect };

export interface Server {
  /** Where it answers, without a slash at the end. */
  url: string;
  /** A request to it, as `fetch` does it: `server.api("/api/v2/me", { headers: … })`. */
  api(path: string, init?: RequestInit): Promise<Response>;
  /** What it has written to standard error so far. */
  log(): string;
}

interface Options {
  /** More words for its command line: `test.use({ serverArgs: ["--public-url", "https://…"] })`. */
  serverArgs: string[];
}

export const test = base.extend<Options & { server: Server }>({
  serverArgs: [[], { option: true }],

  server: async ({ serverArgs }, use, testInfo) => {
    const binary = process.env.JETON_BIN;
    if (!binary) throw new Error("JETON_BIN must be the path of the server; `make test` builds one and sets it");
    const data = await mkdtemp(join(tmpdir(), "jeton-"));
    const running = start(binary, data, serverArgs);
    try {
      const url = await running.url;
      await use({ url, api: (path, init) => fetch(url + path, init), log: running.log });
    } finally {
      const stopped = await stop(running.process);
      await rm(data, { recursive: true, force: true });
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("server.log", { body: running.log(), contentType: "text/plain" });
      }
      expect(running.log(), "the server panicked").not.toContain("panicked");
      expect(stopped, "the server did not stop within 20 seconds of SIGTERM").toBe(true);
    }
  },

  baseURL: async ({ server }, use) => use(server.url),
});

function start(binary: string, data: string, args: string[]) {
  // Nothing of the caller's own settings.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(JETON|LEPTOS)_/.test(name)));
  const child = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--data", data, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });

  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));

  const url = new Promise<string>((found, failed) => {
    // It prints its address once it answers. Reading goes on after that, so that a full pipe never holds it up.
    createInterface(child.stdout).on("line", (line) => {
      const address = line.match(/https?:\/\/[^\s/]+/);
      if (address) found(address[0]);
    });
    child.on("error", failed);
    child.on("close", (code, signal) => failed(new Error(`the server ended (${signal ?? code}) before it answered:\n${log}`)));
  });

  return { process: child, url, log: () => log };
}

/** Asks it to stop, and tells whether it did. */
async function stop(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return true;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await closed;
  clearTimeout(patience);
  return child.signalCode !== "SIGKILL";
}

/** The first user, with which the tests begin. */
export const alice = { username: "alice", password: "password1", org: "my-org", bucket: "telemetry" };

/** What set-up answers, as far as the tests use it. */
export interface FirstRun {
  user: { id: string; name: string };
  org: { id: string; name: string };
  bucket: { id: string; name: string };
  auth: { id: string; token: string };
}

/** The first set-up by the API: user alice, organization my-org, bucket telemetry, and a token with every permission. */
export async function setUp(server: Server, more: { token?: string } = {}): Promise<FirstRun> {
  const response = await server.api("/api/v2/setup", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...alice, ...more }),
  });
  expect(response.status, "set-up").toBe(201);
  return (await response.json()) as FirstRun;
}

/** Keeps a picture of the whole page among the artefacts. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, "..", "artefacts", `${name}.png`), fullPage: true });
}
