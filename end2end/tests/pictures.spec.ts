// One picture of every screen, kept among the artefacts: for the README, and to be looked at beside the design.

import { type Api, alice, expect, hydrated, picture, signIn, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

test.use({ contextOptions: { reducedMotion: "reduce" }, viewport: { width: 1280, height: 832 } });

const phone = { width: 390, height: 844 };

/** An organization that looks lived in. */
async function scene(api: Api, first: FirstRun): Promise<{ id: string }> {
  const org = first.org.id;
  const bucket = async (name: string) => (await api.bucket(org, name)).id;
  const buckets = { telemetry: first.bucket.id, archive: await bucket("archive"), billing: await bucket("billing"), inventory: await bucket("inventory") };
  const one = (action: "read" | "write", name: keyof typeof buckets) => ({ action, resource: { type: "buckets", id: buckets[name], orgID: org } });
  const all = (action: "read" | "write", type: string) => ({ action, resource: { type, orgID: org } });
  const users: Record<string, string> = {};
  for (const name of ["marta", "svc-telegraf"]) {
    users[name] = (await api.create("/api/v2/users", { name })).id;
    await api.create(`/api/v2/orgs/${org}/owners`, { id: users[name] });
  }
  await api.authorization(org, "Grafana, read only", { permissions: [all("read", "buckets"), all("read", "dashboards")], userID: users.marta! });
  const telegraf = await api.authorization(org, "Telegraf on the edge gateways", { permissions: [one("write", "telemetry"), all("read", "telegrafs")], userID: users["svc-telegraf"]! });
  await api.authorization(org, "Nightly backup", { permissions: [one("read", "telemetry"), one("read", "archive"), one("write", "archive")] });
  await api.authorization(org, "Billing export", { permissions: [one("read", "billing"), one("read", "inventory"), one("read", "telemetry"), one("read", "archive")], userID: users.marta! });
  await api.authorization(org, "Old importer", { permissions: [one("write", "inventory")], status: "inactive" });
  await api.authorization(org, "CI: integration tests", { permissions: [all("read", "tasks"), all("write", "tasks")] });
  return telegraf;
}

async function custom(tokens: TokensPage): Promise<void> {
  await tokens.open("/generate/custom-api");
  await tokens.box("Read bucket telemetry").check();
  await tokens.box("Write bucket telemetry").check();
  await tokens.box("Read bucket archive").check();
  await expect(tokens.page.getByTestId("generate-token-overlay--buton")).toContainText("3 permissions");
}

test("set-up", async ({ page }) => {
  await page.goto("/setup");
  await hydrated(page);
  await page.getByLabel("Username").fill("ada");
  await page.getByLabel("Organization name").fill("analytical");
  await picture(page, "setup");
});

test("sign-in", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  expect(first.user.name).toBe(alice.username);
  await page.goto("/sign-in");
  await hydrated(page);
  await picture(page, "sign-in");
  await signIn(page, "wrong-password");
  await expect(page.getByRole("alert")).toBeVisible();
  await picture(page, "sign-in-error");
});

test("an empty list", async ({ page, tokens, api }) => {
  const { id } = await api.create("/api/v2/orgs", { name: "greenhouse" });
  expect(tokens.address()).not.toContain(id);
  await page.goto(`/orgs/${id}/load-data/tokens`);
  await hydrated(page);
  await expect(page.getByTestId("empty-state")).toBeVisible();
  await picture(page, "empty");
});

test("the list in light, dark and on a phone", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await tokens.open();
  await expect(tokens.rows()).toHaveCount(7);
  await picture(page, "tokens-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "tokens-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(phone);
  await picture(page, "tokens-390");
  await page.getByRole("button", { name: "Open navigation" }).click();
  await picture(page, "navigation-390");
});

test("menus", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await tokens.open();
  await page.getByTestId("dropdown-button--gen-token").click();
  await picture(page, "menu-generate");
  await page.keyboard.press("Escape");
  await page.getByTestId("resource-sorter--button").click();
  await picture(page, "menu-sort");
  await page.keyboard.press("Escape");
  await tokens.menu("Nightly backup");
  await picture(page, "menu-row");
  await page.keyboard.press("Escape");
  await page.getByTestId("user-nav").click();
  await picture(page, "menu-user");
});

test("all access", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await tokens.open("/generate/all-access");
  await picture(page, "all-access");
});

test("custom, wide and narrow", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await custom(tokens);
  await picture(page, "custom");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "custom-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(phone);
  await picture(page, "custom-390");
});

test("the created dialog", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await custom(tokens);
  await page.getByTestId("custom-api-token-input").fill("Dashboard on the wall");
  await page.getByTestId("generate-token-overlay--buton").click();
  await tokens.newToken();
  await page.getByTestId("notification-success--dismiss").click();
  await picture(page, "created");
  await page.getByRole("link", { name: "I have saved it" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await expect(tokens.row("Dashboard on the wall")).toBeVisible();
  await picture(page, "tokens-new");
});

test("the drawer and the delete dialog", async ({ page, tokens, api, first }) => {
  const { id } = await scene(api, first);
  await tokens.open(`/${id}`);
  await expect(tokens.header).toContainText("Telegraf");
  await picture(page, "drawer");
  await tokens.open(`/${id}/delete`);
  await expect(tokens.header).toContainText("Delete");
  await picture(page, "delete");
});

/** What else there is, by the name of its picture. */
async function places(api: Api, first: FirstRun, token: string): Promise<[string, string][]> {
  const org = first.org.id;
  const config = "[agent]\n  interval = \"10s\"\n\n[[outputs.influxdb_v2]]\n  urls = [\"http://127.0.0.1:8086\"]\n  token = \"$INFLUX_TOKEN\"\n  bucket = \"telemetry\"\n";
  const telegraf = await api.create("/api/v2/telegrafs", { orgID: org, name: "Edge gateways", description: "Halls 1 to 4", config });
  await api.create("/api/v2/telegrafs", { orgID: org, name: "Weather station", description: "", config: "[agent]\n" });
  const plant = await api.create("/api/v2/orgs", { name: "plant-b", description: "Halls 4 to 9" });
  const bruno = await api.create("/api/v2/users", { name: "bruno" });
  await api.create(`/api/v2/orgs/${org}/members`, { id: bruno.id });
  await api.create(`/api/v2/orgs/${plant.id}/members`, { id: bruno.id });
  return [
    ["rotate", `load-data/tokens/${token}/rotate`],
    ["buckets", "load-data/buckets"],
    ["bucket-create", "load-data/buckets/new"],
    ["bucket-delete", `load-data/buckets/${first.bucket.id}/delete`],
    ["telegrafs", "load-data/telegrafs"],
    ["telegraf", `load-data/telegrafs/${telegraf.id}`],
    ["members", "settings/members"],
    ["member-add", "settings/members/add"],
    ["users", "settings/users"],
    ["user-delete", `settings/users/${bruno.id}/delete`],
    ["organizations", "settings/organizations"],
    ["organization", `settings/organizations/${org}`],
    ["organization-delete", `settings/organizations/${plant.id}/delete`],
    ["databases", "settings/databases"],
    ["audit-log", "settings/audit-log"],
    ["account", "account"],
    ["about", "about"],
  ];
}

for (const look of ["light", "dark", "phone"] as const) {
  test(`the other pages, ${look}`, async ({ page, tokens, api, first }) => {
    test.slow();
    const { id } = await scene(api, first);
    const all = await places(api, first, id);
    await page.emulateMedia({ colorScheme: look === "dark" ? "dark" : "light" });
    if (look === "phone") await page.setViewportSize(phone);
    await tokens.open();
    for (const [name, path] of all) {
      await page.goto(`/orgs/${first.org.id}/${path}`);
      await hydrated(page);
      await expect(page.getByRole("alert")).toHaveCount(0);
      await picture(page, { light: name, dark: `${name}-dark`, phone: `${name}-390` }[look]);
    }
  });
}

test("no match", async ({ page, tokens, api, first }) => {
  await scene(api, first);
  await tokens.open("?searchTerm=greenhouse");
  await expect(page.getByTestId("empty-state")).toBeVisible();
  await picture(page, "no-match");
});
