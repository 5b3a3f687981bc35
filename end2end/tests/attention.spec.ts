// What needs attention: told above the list, each reason an address, each remedy a step away.

import type { Page } from "@playwright/test";
import { type Api, expect, hydrated, says, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const panel = (page: Page) => page.getByTestId("attention-panel");

/** Two tokens of Bob, who is deleted. */
async function orphan(api: Api, first: FirstRun): Promise<void> {
  const bob = await api.create("/api/v2/users", { name: "bob" });
  for (const name of ["Bob's lamp", "Bob's pump"]) await api.authorization(first.org.id, name, { userID: bob.id });
  expect((await api.send("DELETE", `/api/v2/users/${bob.id}`)).status).toBe(204);
}

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled: scripted });

    test("the line above the list leads to what needs attention", async ({ page, tokens, api, first }) => {
      await orphan(api, first);
      await tokens.open();
      const line = page.locator(".attention-line");
      await expect(line).toContainText("2 need attention");
      await line.getByRole("link", { name: "2 without an owner" }).click();
      await expect(page).toHaveURL(tokens.address("?attention=orphaned"));
      await expect(tokens.names()).toHaveText(["Bob's lamp", "Bob's pump"]);
      await expect(page.getByTestId("filter-chip")).toHaveText(["Attention Orphaned"]);
      await page.getByTestId("attention--any").click();
      await expect(page).toHaveURL(tokens.address("?attention=any"));
      await expect(panel(page)).toContainText("2 without an owner");
      await expect(panel(page)).toContainText("1 operator token");
      await expect(panel(page).getByTestId("remedy--orphaned")).toHaveText("Delete all");
      await page.getByRole("link", { name: "Remove the filter Attention: Needed" }).click();
      await expect(page).toHaveURL(tokens.address());
      await expect(tokens.rows()).toHaveCount(3);
    });

    test("all orphans are deleted at once, and the question names their number", async ({ page, tokens, api, first }) => {
      await orphan(api, first);
      await tokens.open("?attention=any");
      await panel(page).getByTestId("remedy--orphaned").click();
      await expect(page).toHaveURL(tokens.address("/remedy?attention=orphaned"));
      await expect(tokens.header).toHaveText("Delete 2 orphaned API tokens?");
      await page.getByRole("link", { name: "Cancel" }).click();
      await expect(tokens.dialog).toHaveCount(0);
      await expect(tokens.rows()).toHaveCount(2);
      await panel(page).getByTestId("remedy--orphaned").click();
      await page.getByTestId("remedy--confirm").click();
      await says(page, scripted ? "2 API tokens were deleted" : "The API tokens were deleted");
      await expect(page.getByTestId("empty-state")).toContainText("No tokens match the filters");
      const left = await api.get(`/api/v2/authorizations/attention?orgID=${first.org.id}`);
      expect(left.body.orphaned).toBe(0);
    });

    test("the filter dialog narrows to a reason, and the row has its remedy", async ({ page, tokens, first }) => {
      await tokens.open();
      await page.getByTestId("filter--button").click();
      await page.getByLabel("Attention", { exact: true }).selectOption("Operator token");
      await page.getByTestId("filter--apply").click();
      await expect(tokens.dialog).toHaveCount(0);
      await expect(page.getByTestId("filter-chip")).toHaveText(["Attention Operator token"]);
      await expect(tokens.names()).toHaveText([`${first.user.name}'s Token`]);
      await page.getByTestId("row-remedy").click();
      await expect(tokens.header).toHaveText("Generate a Custom API Token");
    });
  });
}

test("where nothing presses, what may be as it should is told quietly", async ({ page, tokens }) => {
  await tokens.open();
  await expect(page.locator(".attention-line")).toHaveText("1 operator token, 1 never expires");
  await expect(page.getByTestId("attention--any")).toHaveCount(0);
});

test("back, reload and sharing work", async ({ page, tokens, api, first }) => {
  await orphan(api, first);
  await tokens.open("?attention=orphaned");
  await panel(page).getByTestId("remedy--orphaned").click();
  await expect(tokens.header).toHaveText("Delete 2 orphaned API tokens?");
  await page.reload();
  await hydrated(page);
  await expect(tokens.header).toHaveText("Delete 2 orphaned API tokens?");
  await page.goBack();
  await expect(tokens.dialog).toHaveCount(0);
  await expect(tokens.names()).toHaveText(["Bob's lamp", "Bob's pump"]);
});
