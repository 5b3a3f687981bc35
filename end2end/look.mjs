// usage: node look.mjs BIN OUT
import { chromium } from "playwright";
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createInterface } from "node:readline";
const [bin, out, only] = process.argv.slice(2);
const child = spawn(bin, ["serve", "--addr", "127.0.0.1:0", "--data", mkdtempSync("/tmp/look-")], { stdio: ["ignore", "pipe", "ignore"] });
const url = await new Promise((ok) => createInterface({ input: child.stdout }).on("line", (l) => { const m = l.match(/http:\/\/\S+/); if (m) ok(m[0]); }));
let token = "";
const api = async (method, path, body) => {
  const r = await fetch(url + path, { method, headers: { Authorization: `Token ${token}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const t = await r.text(); return t ? JSON.parse(t) : null;
};
const first = await api("POST", "/api/v2/setup", { username: "alice", password: "password1", org: "my-org", bucket: "telemetry" });
token = first.auth.token; const org = first.org.id;
const buckets = {telemetry: first.bucket.id};
for (const [n, d, s] of [["billing", "Invoices and meter readings", 400 * 86400], ["ci-scratch", "Filled and emptied by tests", 7 * 86400], ["inventory", "Machines, hosts and their owners", 0], ["telemetry_1d", "Daily means of telemetry", 5 * 365 * 86400]]) {
  buckets[n] = (await api("POST", "/api/v2/buckets", { orgID: org, name: n, description: d, retentionRules: s ? [{ type: "expire", everySeconds: s }] : [] })).id;
}
const users = {};
for (const n of ["bruno", "carla", "dana", "svc-backup", "svc-ci", "svc-plant", "svc-telegraf"]) {
  users[n] = (await api("POST", "/api/v2/users", { name: n })).id;
  await api("POST", `/api/v2/orgs/${org}/${n === "carla" ? "owners" : "members"}`, { id: users[n] });
}
await api("PATCH", `/api/v2/users/${users["svc-ci"]}`, { status: "inactive" });
await api("POST", "/api/v2/orgs", { name: "plant-8", description: "Hall 9" });
const perm = (a, b) => ({ action: a, resource: { type: "buckets", id: buckets[b], orgID: org } });
const auth = (description, permissions, user, status) => api("POST", "/api/v2/authorizations", { orgID: org, description, permissions, userID: users[user], status });
await auth("Alertmanager bridge", [perm("read", "telemetry"), { action: "read", resource: { type: "checks", orgID: org } }], "carla");
await auth("Billing export", [perm("read", "billing"), perm("read", "inventory")], "dana");
await auth("Boiler room gateway", [perm("write", "telemetry")], "svc-plant");
await auth("Capacity study notebook", [perm("read", "telemetry"), perm("read", "telemetry_1d")], "bruno", "inactive");
await auth("Grafana, line 4", [perm("read", "telemetry")], "bruno");
await auth("Notebook exports", [perm("read", "telemetry")], "bruno");
await auth("Collector fleet eu-west", [perm("read", "telemetry"), perm("write", "telemetry")], "svc-telegraf");
await auth("CI smoke tests", [perm("read", "ci-scratch"), perm("write", "ci-scratch"), { action: "write", resource: { type: "tasks", orgID: org } }], "svc-ci");
const cfg = (b) => `# Gateways eu-west\n[agent]\n  interval = "10s"\n  flush_interval = "10s"\n\n[[outputs.influxdb_v2]]\n  urls = ["https://influx.plant-7.example"]\n  token = "$INFLUX_TOKEN"\n  organization = "my-org"\n  bucket = "${b}"\n\n[[inputs.cpu]]\n  percpu = false\n`;
const tele = [];
for (const [n, b] of [["Gateways eu-west", "telemetry"], ["Kiln sensors", "telemetry"], ["Office network", "inventory"]]) tele.push(await api("POST", "/api/v2/telegrafs", { orgID: org, name: n, description: "", config: cfg(b) }));
await auth("Kiln", [{ action: "read", resource: { type: "telegrafs", id: tele[1].id, orgID: org } }], "svc-plant");
const list = await api("GET", `/api/v2/authorizations?org=my-org`);
const some = list.authorizations.find((a) => a.description.startsWith("Collector"));
const o = `/orgs/${org}`;
const pages = {
  tokens: `${o}/load-data/tokens`, custom: `${o}/load-data/tokens/generate/custom-api`, template: `${o}/load-data/tokens/generate/custom-api?template=telegraf-writer&write=buckets/telemetry`, details: `${o}/load-data/tokens/${some.id}`,
  filters: `${o}/load-data/tokens?bucket=${buckets.telemetry}&action=read&status=live`,
  buckets: `${o}/load-data/buckets`, "bucket-new": `${o}/load-data/buckets/new`, "bucket-delete": `${o}/load-data/buckets/${buckets.telemetry}/delete`,
  telegraf: `${o}/load-data/telegrafs/${tele[0].id}`, "telegraf-new": `${o}/load-data/telegrafs/new`,
  members: `${o}/settings/members`, "member-delete": `${o}/settings/members/${users.bruno}/delete`, "member-add": `${o}/settings/members/add`, users: `${o}/settings/users`,
  orgs: `${o}/settings/organizations`, org: `${o}/settings/organizations/${org}`, "org-delete": `${o}/settings/organizations/${org}/delete`, account: `${o}/account`, about: `${o}/about`,
};
const r = await fetch(url + "/sign-in", { method: "POST", redirect: "manual", body: new URLSearchParams({ username: "alice", password: "password1" }) });
const key = r.headers.get("set-cookie").match(/^jeton=([^;]+)/)[1];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [theme, width, height] of [["light", 1280, 800], ["dark", 390, 844], ["dark", 1280, 800], ["light", 390, 844]]) {
  if (only && only !== `${theme}-${width}` && only.includes("-1280") | only.includes("-390")) continue;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
  await context.addCookies([{ name: "jeton", value: key, url }]);
  const page = await context.newPage(); await page.addInitScript(() => { Error.stackTraceLimit = 120; });
  page.on("console", (m) => m.type() === "error" && console.log(theme, width, m.text().slice(0, 200)));
  let now = ""; page.on("pageerror", (e) => console.log(now, theme, width, (e.stack || String(e)).slice(0, 9000)));
  for (const [name, address] of Object.entries(pages)) {
    now = name; await page.goto(url + address); 
    await page.locator("html[data-hydrated]").waitFor({ state: "attached", timeout: 15000 }).catch(() => console.log("not hydrated", name));
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${out}/${name}-${theme}-${width}.png` });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) console.log("scrolls sideways", name, theme, width);
  }
  await context.close();
}
await browser.close(); child.kill();
