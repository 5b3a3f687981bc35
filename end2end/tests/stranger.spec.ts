// What a stranger would try: requests from another site, other names for this server, addresses that lead elsewhere.

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { alice, expect, hydrated, sessionKey, signIn, test } from "./console.ts";
import type { Server } from "./server.ts";

interface Sent {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with exactly these headers: `fetch` would not let us choose all of them. */
function send(server: Server, method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const asForm = { "content-type": "application/x-www-form-urlencoded" };
const asJson = { "content-type": "application/json" };
const setUpForm = form({ ...alice, confirm: alice.password });

/** The headers with which browsers say that another site's page sends this. */
const foreign: Record<string, string>[] = [
  { origin: "http://evil.example" },
  { origin: "null" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
];

const allowed = async (server: Server) => (await (await server.api("/api/v2/setup")).json()) as { allowed: boolean };

test("no other site sets up a fresh server", async ({ server }) => {
  for (const headers of foreign) {
    expect((await send(server, "POST", "/setup", { ...asForm, ...headers }, setUpForm)).status, JSON.stringify(headers)).toBe(403);
    expect((await send(server, "POST", "/api/v2/setup", { ...asJson, ...headers }, JSON.stringify(alice))).status).toBe(403);
    const args = JSON.stringify({ address: "/setup", fields: Object.entries({ ...alice, confirm: alice.password }) });
    expect((await send(server, "POST", "/fn/submit", { ...asJson, ...headers }, args)).status).toBe(403);
  }
  expect(await allowed(server)).toEqual({ allowed: true });
  const own = await send(server, "POST", "/setup", { ...asForm, origin: server.url }, setUpForm);
  expect(own.status).toBe(200);
  expect(own.headers["cache-control"]).toBe("no-store");
});

test("a name that a stranger points here sets nothing up", async ({ server }) => {
  const port = new URL(server.url).port;
  for (const name of ["evil.example", "localhost.evil.example"]) {
    const host = { host: `${name}:${port}` };
    const page = await send(server, "POST", "/setup", { ...asForm, ...host, origin: `http://${name}:${port}` }, setUpForm);
    expect(page.status).toBe(403);
    expect(page.body).not.toContain("jtn_");
    expect((await send(server, "POST", "/api/v2/setup", { ...asJson, ...host }, JSON.stringify(alice))).status).toBe(403);
    const args = JSON.stringify({ address: "/setup", fields: Object.entries({ ...alice, confirm: alice.password }) });
    expect((await send(server, "POST", "/fn/submit", { ...asJson, ...host }, args)).status).toBe(403);
  }
  expect(await allowed(server)).toEqual({ allowed: true });
  const localhost = { host: `localhost:${port}` };
  expect((await send(server, "POST", "/setup", { ...asForm, ...localhost }, setUpForm)).status).toBe(200);
});

test("no other site signs anyone in", async ({ server, first }) => {
  expect(first.user.name).toBe("alice");
  const fields = form({ username: alice.username, password: alice.password });
  for (const headers of foreign) {
    const answer = await send(server, "POST", "/sign-in", { ...asForm, ...headers }, fields);
    expect(answer.status, JSON.stringify(headers)).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const basic = Buffer.from(`${alice.username}:${alice.password}`).toString("base64");
    expect((await send(server, "POST", "/api/v2/signin", { ...headers, authorization: `Basic ${basic}` })).status).toBe(403);
  }
});

test("no other site acts for whoever is signed in: not by a page's form, not by a server function", async ({ server, first, tokens, api }) => {
  const { id } = await api.authorization(first.org.id, "Kept");
  const cookie = `jeton=${await sessionKey(server)}`;
  const tries: [string, Record<string, string>, string][] = [
    [tokens.address("/generate/all-access"), asForm, form({ description: "Stolen" })],
    [tokens.address(`/${id}/delete`), asForm, ""],
    [tokens.address(`/${id}`), asForm, form({ status: "inactive" })],
    ["/sign-out", asForm, ""],
    ["/theme", asForm, form({ theme: "dark" })],
    ["/fn/submit", asJson, JSON.stringify({ address: tokens.address("/generate/all-access"), fields: [["description", "Stolen"]] })],
    ["/fn/load_tokens", asJson, JSON.stringify({ org: first.org.id, query: {} })],
  ];
  for (const headers of foreign) {
    for (const [path, kind, body] of tries) {
      expect((await send(server, "POST", path, { ...kind, ...headers, cookie }, body)).status, `${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
  const list = (await api.get("/api/v2/authorizations")).body.authorizations;
  expect(list.map((one: { description: string; status: string }) => `${one.description}: ${one.status}`).sort()).toEqual(["Kept: active", "alice's Token: active"]);
});

test("a form on another site's page, sent by a real browser, does nothing", async ({ page, server, tokens, api, expectRefusal }) => {
  expectRefusal(403);
  const evil = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<form method="post" action="${server.url}${tokens.address("/generate/all-access")}"><input name="description" value="Stolen"><button>Win a prize</button></form>`);
  });
  await new Promise<void>((ready) => evil.listen(0, "127.0.0.1", ready));
  try {
    await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
    const answer = page.waitForResponse((response) => response.url().startsWith(server.url));
    await page.getByRole("button", { name: "Win a prize" }).click();
    // The cookie does not come along (`SameSite=Lax`): it is a form of nobody, which leads to sign-in; or it is refused.
    expect([303, 403]).toContain((await answer).status());
  } finally {
    evil.close();
    evil.closeAllConnections();
  }
  expect((await api.get("/api/v2/authorizations")).body.authorizations).toHaveLength(1);
});

test("a link from elsewhere arrives signed in", async ({ page, tokens }) => {
  const elsewhere = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<a href="${new URL(page.url() === "about:blank" ? "http://x" : page.url()).origin}">x</a><a id="link">Tokens</a>`);
  });
  await new Promise<void>((ready) => elsewhere.listen(0, "127.0.0.1", ready));
  try {
    await tokens.open();
    const target = page.url();
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
    await page.locator("#link").evaluate((link, href) => link.setAttribute("href", href), target);
    await page.getByText("Tokens").click();
    await expect(tokens.row("alice's Token")).toBeVisible();
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
});

for (const to of ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)"]) {
  test(`the return address ${JSON.stringify(to)} leads to the start`, async ({ page, server, first }) => {
    const address = `/sign-in?to=${encodeURIComponent(to)}`;
    const fields = form({ username: alice.username, password: alice.password });
    const answer = await send(server, "POST", address, asForm, fields);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/");
    await page.goto(address);
    await hydrated(page);
    await signIn(page);
    await expect(page).toHaveURL(`${server.url}/orgs/${first.org.id}/load-data/tokens`);
    const signedIn = await send(server, "GET", address, { cookie: `jeton=${await sessionKey(server)}` });
    expect(signedIn.headers.location).toBe("/");
  });
}

test("a foreign Referer is never gone to", async ({ server, first }) => {
  expect(first.user.name).toBe("alice");
  for (const [referer, to] of [["https://evil.example/path", "/path"], ["https://evil.example//evil.example/", "/"], ["https://evil.example/%5Cevil", "/%5Cevil"], ["javascript:alert(1)", "/"], ["nonsense", "/"]]) {
    const answer = await send(server, "POST", "/theme", { ...asForm, referer: referer! }, form({ theme: "dark" }));
    expect(answer.status).toBe(303);
    expect(answer.headers.location, referer).toBe(to);
  }
});

test("whoever guesses passwords is slowed down, on every door at once", async ({ server, first }) => {
  expect(first.user.name).toBe("alice");
  const wrong = form({ username: alice.username, password: "guess" });
  for (let guess = 0; guess < 5; guess++) expect((await send(server, "POST", "/sign-in", asForm, wrong)).status).toBe(401);
  const right = form({ username: alice.username, password: alice.password });
  expect((await send(server, "POST", "/sign-in", asForm, right)).status, "the page").toBe(429);
  const basic = Buffer.from(`${alice.username}:${alice.password}`).toString("base64");
  expect((await send(server, "POST", "/api/v2/signin", { authorization: `Basic ${basic}` })).status, "the API").toBe(429);
  const args = JSON.stringify({ address: "/sign-in", fields: [["username", alice.username], ["password", alice.password]] });
  expect((await send(server, "POST", "/fn/submit", asJson, args)).status, "the server function").toBe(429);
});

const isPage = (headers: Sent["headers"]) => String(headers["content-type"]).startsWith("text/html");

test("every page carries the headers that keep it to itself", async ({ server, tokens }) => {
  const cookie = `jeton=${await sessionKey(server)}`;
  const answers = [
    await send(server, "GET", "/sign-in"),
    await send(server, "GET", "/", { cookie }),
    await send(server, "GET", tokens.address(), { cookie }),
    await send(server, "GET", "/orgs/0000000000000001/load-data/tokens", { cookie }),
    await send(server, "POST", tokens.address("/generate/all-access"), { ...asForm, cookie }, form({ description: "Mine" })),
    await send(server, "POST", "/fn/submit", { ...asJson, cookie }, "{"),
    await send(server, "GET", "/nowhere"),
  ];
  for (const { headers, status } of answers) {
    const policy = String(headers["content-security-policy"]);
    for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) expect(policy, String(status)).toContain(part);
    // What is no page, such as a redirect, has no forms and runs nothing.
    expect(policy, String(status)).toContain(isPage(headers) ? "form-action 'self'" : "form-action 'none'");
    expect(policy).not.toContain("'unsafe-inline'");
    expect(policy).not.toContain("'unsafe-eval'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toBe("no-store");
  }
  expect(answers[4]!.body).toContain("jtn_");
  const pages = answers.filter(({ headers }) => isPage(headers));
  expect(pages.length).toBeGreaterThan(3);
  const nonces = new Set(pages.map(({ headers }) => String(headers["content-security-policy"]).match(/'nonce-([^']+)'/)![1]));
  expect(nonces.size, "a nonce is used once").toBe(pages.length);
});

test("the page of an unknown organization, or of a malformed one, is not found", async ({ server, tokens }) => {
  const cookie = `jeton=${await sessionKey(server)}`;
  expect(tokens.address()).toContain("/load-data/tokens");
  for (const path of ["/orgs/0000000000000001/load-data/tokens", "/orgs/nonsense/load-data/tokens", "/orgs/0000000000000001/nowhere"]) {
    const answer = await send(server, "GET", path, { cookie });
    expect(answer.status, path).toBe(404);
    expect(answer.body).toContain("This page does not exist");
  }
});

test("whatever is sent to a server function, the fault is the sender's", async ({ server, tokens, first }) => {
  const cookie = `jeton=${await sessionKey(server)}`;
  expect(tokens.address()).toContain(first.org.id);
  const bodies = ["", "{", "null", "[]", "{}", '{"address":1,"fields":2}', '{"address":"/nowhere","fields":[]}', '{"org":"x"}', "\u0000", `{"address":"/sign-in","fields":[["username","${"x".repeat(600_000)}"]]}`];
  for (const name of ["submit", "load_frame", "load_tokens", "load_details", "load_picker", "nothing"]) {
    for (const body of bodies) {
      for (const kind of [asJson, asForm]) {
        const answer = await send(server, "POST", `/fn/${name}`, { ...kind, cookie }, body);
        expect(answer.status, `${name} ${body.slice(0, 40)}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${name} ${body.slice(0, 40)}`).toBeLessThan(500);
      }
    }
  }
  for (const [path, body] of [[tokens.address("/generate/custom-api"), form({ permission: "nonsense" })], [tokens.address("/nonsense/delete"), ""], ["/setup", "%ff%00"], ["/sign-in", `username=${"x".repeat(600_000)}`]] as const) {
    const answer = await send(server, "POST", path, { ...asForm, cookie }, body);
    expect(answer.status, path).toBeGreaterThanOrEqual(400);
    expect(answer.status, path).toBeLessThan(500);
  }
});

test("without a session nothing is told and nothing done", async ({ server, tokens, first }) => {
  for (const [name, args] of [["load_frame", { org: first.org.id }], ["load_picker", { org: first.org.id, search: "", ticked: [] }], ["submit", { address: tokens.address("/generate/all-access"), fields: [] }]] as const) {
    const answer = await send(server, "POST", `/fn/${name}`, asJson, JSON.stringify(args));
    expect(answer.status, name).toBe(401);
    expect(answer.body).not.toContain("my-org");
  }
  const page = await send(server, "GET", tokens.address());
  expect(page.status).toBe(303);
  const posted = await send(server, "POST", tokens.address("/generate/all-access"), asForm, form({ description: "x" }));
  expect(posted.status).toBe(303);
  expect(posted.headers.location).toMatch(/^\/sign-in/);
});

test("a member of another organization sees and changes nothing of this one", async ({ server, tokens, api, first, page, context, expectRefusal }) => {
  expectRefusal(404);
  const { id } = await api.authorization(first.org.id, "Secret name");
  const other = await api.create("/api/v2/orgs", { name: "elsewhere" });
  const mallory = await api.create("/api/v2/users", { name: "mallory" });
  await api.send("POST", `/api/v2/users/${mallory.id}/password`, { password: "password3" });
  await api.create(`/api/v2/orgs/${other.id}/owners`, { id: mallory.id });
  const key = await sessionKey(server, { username: "mallory", password: "password3" });
  const cookie = `jeton=${key}`;
  for (const rest of ["", "/generate/all-access", `/${id}`]) {
    const answer = await send(server, "GET", tokens.address(rest), { cookie });
    expect(answer.status, rest).toBe(404);
    expect(answer.body).not.toContain("Secret name");
  }
  const own = `/orgs/${other.id}/load-data/tokens/${id}`;
  expect((await send(server, "GET", own, { cookie })).body).not.toContain("Secret name");
  for (const [rest, body] of [[`/${id}/delete`, ""], [`/${id}`, "status=inactive"], [`/${id}/rename`, "description=Mine"], [`/${id}/clone`, ""]] as const) {
    for (const base of [tokens.address(), `/orgs/${other.id}/load-data/tokens`]) {
      expect((await send(server, "POST", base + rest, { ...asForm, cookie }, body)).status, rest).toBeGreaterThanOrEqual(400);
    }
  }
  expect((await api.get(`/api/v2/authorizations/${id}`)).body).toMatchObject({ description: "Secret name", status: "active" });
  await context.addCookies([{ name: "jeton", value: key, url: server.url }]);
  await page.goto(tokens.address());
  await expect(page.getByText("This page does not exist")).toBeVisible();
});

test("a name with markup is shown as it is", async ({ page, tokens, api, first }) => {
  const name = `<img src=x onerror="document.title='owned'"></script><script>document.title='owned'</script>`;
  const { id } = await api.authorization(first.org.id, name);
  await tokens.open(`/${id}`);
  await expect(tokens.header).toContainText(name);
  await expect(page).toHaveTitle("API Tokens | Load Data | my-org | Jeton");
});

test("the cookie of the console is for this server and no script", async ({ server, first }) => {
  expect(first.user.name).toBe("alice");
  const answer = await send(server, "POST", "/sign-in", asForm, form({ username: alice.username, password: alice.password }));
  const cookie = String(answer.headers["set-cookie"]);
  expect(cookie).toMatch(/^jeton=[^;]{40,}; Path=\/; HttpOnly; SameSite=Lax$/);
});

test.describe("behind https", () => {
  test.use({ serverArgs: ["--public-url", "https://tokens.example.com"] });

  test("the cookie never goes in the clear, and only the public name counts as this site", async ({ server, first }) => {
    expect(first.user.name).toBe("alice");
    const fields = form({ username: alice.username, password: alice.password });
    const answer = await send(server, "POST", "/sign-in", { ...asForm, origin: "https://tokens.example.com" }, fields);
    expect(String(answer.headers["set-cookie"])).toMatch(/^__Host-jeton=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await send(server, "POST", "/sign-in", { ...asForm, origin: server.url }, fields)).status).toBe(403);
  });
});
