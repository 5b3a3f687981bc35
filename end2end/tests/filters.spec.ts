// Which tokens are listed, and how the list looks.

import type { Page } from "@playwright/test";
import { type Api, expect, hydrated, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

/** One token that reads the bucket, one that writes it, one of Bob, one that is asleep. */
async function fill(api: Api, first: FirstRun): Promise<{ bob: string }> {
  const bob = await api.create("/api/v2/users", { name: "bob" });
  await api.create(`/api/v2/orgs/${first.org.id}/members`, { id: bob.id });
  const resource = { type: "buckets", id: first.bucket.id, orgID: first.org.id };
  await api.authorization(first.org.id, "Reader", { permissions: [{ action: "read", resource }] });
  await api.authorization(first.org.id, "Writer", { permissions: [{ action: "write", resource }] });
  await api.authorization(first.org.id, "Bob's", { userID: bob.id });
  await api.authorization(first.org.id, "Asleep", { status: "inactive" });
  return { bob: bob.id };
}

const chips = (page: Page) => page.getByTestId("filter-chip");

async function apply(page: Page, tokens: TokensPage, fill: (page: Page) => Promise<void>): Promise<void> {
  await page.getByTestId("filter--button").click();
  await expect(tokens.header).toHaveText("Filter API Tokens");
  await fill(page);
  await page.getByTestId("filter--apply").click();
  await expect(tokens.dialog).toHaveCount(0);
}

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled: scripted });

    test("the dialog narrows the list, the chips say to what, and take it away", async ({ page, tokens, api, first }) => {
      await fill(api, first);
      await tokens.open();
      await apply(page, tokens, async () => {
        await page.getByLabel("Owner", { exact: true }).fill("alice");
        await page.getByLabel("Permission type", { exact: true }).selectOption("Custom");
      });
      await expect(tokens.names()).toHaveText(["Asleep", "Reader", "Writer"]);
      await expect(chips(page)).toHaveText(["Permission type Custom", "Owner alice"]);
      await apply(page, tokens, async () => {
        await expect(page.getByLabel("Owner", { exact: true })).toHaveValue("alice");
        await page.getByLabel("Status", { exact: true }).selectOption("Live");
      });
      await expect(tokens.names()).toHaveText(["Reader", "Writer"]);
      await page.getByRole("link", { name: "Remove the filter Permission type: Custom" }).click();
      await expect(tokens.names()).toHaveText(["alice's Token", "Reader", "Writer"]);
      await page.getByTestId("clear-filters").click();
      await expect(chips(page)).toHaveCount(0);
      await expect(tokens.rows()).toHaveCount(5);
    });

    test("which tokens reach a bucket, and what they may do there", async ({ page, tokens, api, first }) => {
      await fill(api, first);
      await tokens.open("?kind=custom");
      await apply(page, tokens, async () => {
        await page.getByLabel("Access to bucket").fill("telemetry");
        await page.getByLabel("Kind of access").selectOption("Write");
      });
      await expect(tokens.names()).toHaveText(["Writer"]);
      await expect(chips(page)).toHaveText(["Permission type Custom", "Writes bucket telemetry"]);
    });
  });
}

test("an address filters by ids, and the chips have the names", async ({ page, tokens, api, first }) => {
  const { bob } = await fill(api, first);
  await tokens.open(`?owner=${bob}&createdBy=${first.user.id}`);
  await expect(tokens.names()).toHaveText(["Bob's"]);
  await expect(chips(page)).toHaveText(["Owner bob", "Created by alice"]);
  await tokens.open(`?bucket=${first.bucket.id}&action=read&kind=custom`);
  await expect(tokens.names()).toHaveText(["Reader"]);
  await expect(chips(page)).toHaveText(["Permission type Custom", "Reads bucket telemetry"]);
});

test("what is not there is said to be unknown", async ({ page, tokens }) => {
  await tokens.open("?owner=00000000000000ff&bucket=nothing");
  await expect(chips(page)).toHaveText(["Owner 00000000000000ff (unknown user)", "Access to bucket nothing (unknown bucket)"]);
  const empty = page.getByTestId("empty-state");
  await expect(empty).toContainText("No tokens match the filters");
  await empty.getByRole("link", { name: "Clear all filters" }).click();
  await expect(tokens.names()).toHaveText(["alice's Token"]);
  await expect(page).toHaveURL(tokens.address());
});

test("a filter, a text and an order stay together, back and after a reload", async ({ page, tokens, api, first }) => {
  await fill(api, first);
  await tokens.open("?status=active&sortKey=description&sortDirection=desc");
  await tokens.filter.fill("telemetry");
  await expect(tokens.names()).toHaveText(["Writer", "Reader"]);
  await page.reload();
  await hydrated(page);
  await expect(chips(page)).toHaveText(["Status Active"]);
  await expect(tokens.filter).toHaveValue("telemetry");
  await page.getByTestId("token-name Reader").click();
  await expect(tokens.header).toContainText("Reader");
  await page.goBack();
  await expect(chips(page)).toHaveText(["Status Active"]);
});

test("columns are hidden at once, and stay so", async ({ page, tokens }) => {
  await tokens.open();
  const owner = page.getByRole("columnheader", { name: "Owner" });
  await expect(owner).toBeVisible();
  await page.getByTestId("look--button").click();
  await page.getByLabel("Owner", { exact: true }).uncheck();
  await page.getByRole("link", { name: "Done" }).click();
  await expect(owner).toBeHidden();
  await page.reload();
  await expect(owner).toBeHidden();
  await tokens.open("/look");
  await expect(page.getByLabel("Owner", { exact: true })).not.toBeChecked();
  await page.getByLabel("Owner", { exact: true }).check();
  await page.keyboard.press("Escape");
  await expect(owner).toBeVisible();
});

test("the rows are dense, if wanted", async ({ page, tokens }) => {
  await tokens.open();
  const height = async () => (await tokens.row("alice's Token").boundingBox())?.height ?? 0;
  expect(await height()).toBeGreaterThanOrEqual(52);
  await page.getByTestId("look--button").click();
  await page.getByLabel("Compact").check();
  await expect.poll(height).toBeLessThan(45);
  await tokens.open();
  await expect.poll(height).toBeLessThan(45);
});

test("the head of the table stays in sight", async ({ page, tokens, api, first }) => {
  for (let number = 1; number <= 20; number++) await api.authorization(first.org.id, `token ${number}`);
  await tokens.open();
  await page.getByTestId("token-name token 20").scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 2000);
  await expect(page.getByRole("columnheader", { name: "Description" })).toBeInViewport();
});

test.describe("the look, without script", () => {
  test.use({ javaScriptEnabled: false });

  test("is chosen by a form", async ({ page, tokens }) => {
    await tokens.open("?sortKey=createdAt&sortDirection=desc");
    await page.getByTestId("look--button").click();
    await page.getByLabel("Created", { exact: true }).uncheck();
    await page.getByLabel("Compact").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL(tokens.address("?sortKey=createdAt&sortDirection=desc"));
    await expect(page.getByRole("columnheader", { name: "Created" })).toBeHidden();
    await expect(page.getByRole("columnheader", { name: "Owner" })).toBeVisible();
  });
});
