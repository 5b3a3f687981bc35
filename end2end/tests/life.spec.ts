// The life of a token: it expires when it was told to, works where it should, and follows its organization's rules.

import type { Page } from "@playwright/test";
import { expect, hydrated, says, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const DAY = 86_400_000;
const choose = (page: Page, life: string) => page.getByTestId("expiry").getByRole("radio", { name: life, exact: true }).check();
const rules = (first: FirstRun) => `/api/v2/orgs/${first.org.id}/rules`;
const organization = (first: FirstRun) => `/orgs/${first.org.id}/settings/organizations/${first.org.id}`;

async function made(api: { get(path: string): Promise<{ body: any }> }, description: string) {
  const all = (await api.get("/api/v2/authorizations")).body.authorizations;
  return all.find((one: { description: string }) => one.description === description);
}

test("an All Access token expires after 90 days and works in its networks alone", async ({ page, tokens, api }) => {
  await tokens.open("/generate/all-access");
  await page.getByTestId("all-access-token-input").fill("Backup job");
  await choose(page, "90 days");
  await expect(page.getByTestId("expiry")).toContainText(/Expires on \d+ \w+ \d{4}, \d\d:\d\d UTC\./);
  await page.getByTestId("networks-input").fill("203.0.113.0/24");
  await page.getByTestId("button--save").click();
  await says(page, "API token was created successfully");
  const token = await tokens.newToken();
  expect(await api.with(token).status(), "this machine is elsewhere").toBe(401);
  const one = await made(api, "Backup job");
  expect(one.allowedNetworks).toEqual(["203.0.113.0/24"]);
  const life = Date.parse(one.expiresAt) - Date.parse(one.createdAt);
  expect(Math.abs(life - 90 * DAY)).toBeLessThan(60_000);
});

test("the custom dialog says its limits in one line, and what stands beside it carries them", async ({ page, tokens, api }) => {
  await tokens.open("/generate/custom-api");
  const limits = page.getByTestId("limits");
  await expect(limits.locator("summary")).toContainText("never expires, from any network");
  await limits.locator("summary").click();
  await choose(page, "30 days");
  await page.getByTestId("networks-input").fill("127.0.0.0/8, ::1");
  await expect(limits.locator("summary")).toContainText("expires in 30 days, from 2 networks");
  await tokens.box("Read bucket telemetry").check();
  const panel = page.locator(".summary .tab-panel:visible");
  await expect(panel).toContainText(/--expires \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \\\s+--network 127\.0\.0\.0\/8 \\\s+--network ::1 \\/);
  await page.locator("label.tab").filter({ hasText: "influx" }).click();
  await expect(panel).toContainText("influx cannot set an expiry or networks: use jeton, curl or JSON.");
  await page.locator("label.tab").filter({ hasText: "JSON" }).click();
  await expect(tokens.dialog).toContainText('"expiresAt"');
  await expect(tokens.dialog).toContainText('"allowedNetworks": ["127.0.0.0/8","::1"]');
  await page.getByTestId("custom-api-token-input").fill("Near");
  await page.getByTestId("generate-token-overlay--buton").click();
  await tokens.newToken();
  expect((await made(api, "Near")).allowedNetworks).toEqual(["127.0.0.0/8", "::1/128"]);
});

test("what is no network is said at its field", async ({ page, tokens, expectRefusal }) => {
  expectRefusal(422);
  await tokens.open("/generate/all-access");
  await page.getByTestId("networks-input").fill("office");
  await page.getByTestId("button--save").click();
  await expect(page.locator("#networks-hint")).toContainText("is no network");
});

test("expiry and networks are seen in the list and the drawer, and changed there", async ({ page, tokens, api, first }) => {
  const expiresAt = new Date(Date.now() + 12.5 * DAY).toISOString();
  const body = { orgID: first.org.id, description: "Collector", expiresAt, permissions: [{ action: "read", resource: { type: "tasks", orgID: first.org.id } }] };
  const { id } = await api.create("/api/v2/authorizations", body);
  await tokens.open();
  await expect(tokens.row("Collector").locator(".cell-expires")).toContainText("in 12 days");
  await tokens.open(`/${id}`);
  await expect(page.getByTestId("fact-expires")).toContainText("in 12 days");
  await expect(page.getByTestId("fact-networks")).toContainText("any");
  await page.getByRole("link", { name: "Change the expiry" }).click();
  await expect(page).toHaveURL(tokens.address(`/${id}/limits`));
  await choose(page, "1 year");
  await page.getByTestId("networks-input").fill("10.0.0.0/8");
  await page.getByTestId("limits--save").click();
  await says(page, "API token was updated successfully");
  await expect(page).toHaveURL(tokens.address(`/${id}`));
  await expect(page.getByTestId("fact-networks")).toContainText("10.0.0.0/8");
  await expect(page.getByTestId("fact-expires")).toContainText("in 365 days");
  await page.getByRole("link", { name: "Change the networks" }).click();
  await page.getByTestId("networks-input").fill("");
  await page.getByTestId("limits--save").click();
  await expect(page.getByTestId("fact-networks")).toContainText("any");
  expect((await api.get(`/api/v2/authorizations/${id}`)).body.expiresAt, "what was not touched stays").toBeDefined();
});

test("an owner sets the rules, and the dialogs follow them", async ({ page, tokens, api, first }) => {
  await page.goto(organization(first));
  await hydrated(page);
  await page.locator("#longest-life").fill("60");
  await page.locator("#default-life").fill("30");
  await page.getByLabel("Expiry required").check();
  await expect(page.getByText("3 changes are not saved")).toBeVisible();
  const broken = page.getByTestId("rules-broken");
  await expect(broken, "told before it is saved").toContainText("1 token does not follow these rules.");
  await expect(broken.getByRole("link"), "the list knows only what is saved").toHaveCount(0);
  await page.getByTestId("save-changes--button").click();
  await says(page, "The organization was changed");
  await expect(broken.getByRole("link", { name: "Show it" })).toHaveAttribute("href", tokens.address("?attention=out-of-line"));
  const day = DAY / 1000;
  expect((await api.get(rules(first))).body).toMatchObject({ longestLifeSeconds: 60 * day, defaultLifeSeconds: 30 * day, expiryRequired: true });

  await tokens.open("/generate/all-access");
  const choice = (name: string) => page.getByTestId("expiry").getByRole("radio", { name, exact: true });
  await expect(choice("30 days")).toBeChecked();
  for (const forbidden of ["90 days", "1 year", "Never"]) await expect(choice(forbidden)).toBeDisabled();
  await expect(choice("60 days")).toBeEnabled();
  await tokens.open(`/${first.auth.id}`);
  await expect(page.getByTestId("out-of-line")).toContainText("it never expires");
});

test("rules that contradict themselves are refused at their field", async ({ page, tokens, first, expectRefusal }) => {
  expectRefusal(422);
  await tokens.open();
  await page.goto(organization(first));
  await hydrated(page);
  await page.locator("#longest-life").fill("30");
  await page.locator("#default-life").fill("90");
  await page.getByTestId("save-changes--button").click();
  await expect(page.locator("#default-life-hint")).toContainText("must not exceed the maximum lifetime");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.locator("#longest-life")).toHaveValue("");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("an expiry is chosen, shown and changed", async ({ page, tokens, api }) => {
    await tokens.open("/generate/all-access");
    await page.getByTestId("all-access-token-input").fill("Plain");
    await choose(page, "Custom");
    await page.getByLabel("Expiry date").fill("2099-01-01");
    await page.getByTestId("button--save").click();
    await tokens.newToken();
    const one = await made(api, "Plain");
    expect(one.expiresAt).toBe("2099-01-01T00:00:00Z");
    await tokens.open(`/${one.id}/limits`);
    await choose(page, "Never");
    await page.getByTestId("limits--save").click();
    await expect(tokens.row("Plain").locator(".cell-expires")).toBeEmpty();
    expect((await made(api, "Plain")).expiresAt).toBeUndefined();
  });

  test("an owner sets the rules", async ({ page, tokens, api, first }) => {
    await tokens.open();
    await page.goto(organization(first));
    await page.locator("#default-life").fill("7");
    await page.getByLabel("Description required").check();
    await page.getByLabel("Who may create operator tokens").selectOption("operators");
    await page.getByTestId("save-changes--button").click();
    await expect(page.locator("#default-life")).toHaveValue("7");
    expect((await api.get(rules(first))).body).toMatchObject({ defaultLifeSeconds: 604_800, descriptionRequired: true, operatorTokens: "operators" });
  });
});
