// Many tokens at once: selected one by one, by the page, or all that match.

import type { Page } from "@playwright/test";
import { type Api, expect, says, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const numbered = (count: number) => Array.from({ length: count }, (_, number) => `agent ${String(number + 1).padStart(2, "0")}`);

async function fill(api: Api, first: FirstRun, count: number): Promise<void> {
  for (const name of numbered(count)) await api.authorization(first.org.id, name);
}

const box = (tokens: TokensPage, name: string) => tokens.row(name).getByRole("checkbox");
const count = (page: Page) => page.getByTestId("selected--count");

/** How many tokens have a status. */
async function having(api: Api, first: FirstRun, status: string): Promise<number> {
  return (await api.get(`/api/v2/authorizations?orgID=${first.org.id}&status=${status}`)).body.authorizations.length;
}

test("a box appears under the pointer; once one is ticked all stay, and the bar says how many", async ({ page, tokens, api, first }) => {
  await fill(api, first, 3);
  await tokens.open();
  const bar = page.getByTestId("selected--delete");
  await expect(bar).toBeHidden();
  await tokens.row("agent 01").hover();
  await box(tokens, "agent 01").check();
  await expect(count(page)).toHaveText("1 selected");
  await expect(bar).toBeVisible();
  await box(tokens, "agent 02").check();
  await expect(count(page)).toHaveText("2 selected");
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await expect(bar).toBeHidden();
  await expect(box(tokens, "agent 01")).not.toBeChecked();
});

test("the box at the head selects the page, and is mixed when some are", async ({ page, tokens, api, first }) => {
  await fill(api, first, 3);
  await tokens.open();
  await tokens.row("agent 02").hover();
  await box(tokens, "agent 02").check();
  const head = page.getByTestId("select-page");
  await expect(head).toHaveJSProperty("indeterminate", true);
  await head.click();
  await expect(head).toBeChecked();
  await expect(count(page)).toHaveText("4 selected");
  await head.click();
  await expect(count(page)).toBeHidden();
  await expect(box(tokens, "agent 02")).not.toBeChecked();
});

test("what is selected is deactivated and activated", async ({ page, tokens, api, first }) => {
  await fill(api, first, 3);
  await tokens.open("?searchTerm=agent+0");
  await page.getByTestId("select-page").check();
  await page.getByTestId("selected--deactivate").click();
  await says(page, "3 API tokens were updated");
  await expect(tokens.row("agent 02").getByRole("switch")).not.toBeChecked();
  await expect(page.getByTestId("selected--delete")).toBeHidden();
  expect(await having(api, first, "inactive")).toBe(3);
  await tokens.row("agent 01").hover();
  await box(tokens, "agent 01").check();
  await page.getByTestId("selected--activate").click();
  await says(page, "1 API token was updated");
  await expect(tokens.row("agent 01").getByRole("switch")).toBeChecked();
  await expect(page).toHaveURL(tokens.address("?searchTerm=agent+0"));
});

test("deleting asks first, with the number and the harmless answer in focus", async ({ page, tokens, api, first }) => {
  await fill(api, first, 3);
  await tokens.open();
  for (const name of ["agent 01", "agent 03"]) {
    await tokens.row(name).hover();
    await box(tokens, name).check();
  }
  await page.getByTestId("selected--delete").click();
  await expect(tokens.header).toHaveText("Delete 2 API tokens?");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(count(page)).toHaveText("2 selected");
  await page.getByTestId("selected--delete").click();
  await page.getByTestId("selected--confirm-delete").click();
  await says(page, "2 API tokens were deleted");
  await expect(tokens.dialog).toHaveCount(0);
  await expect(tokens.names()).toHaveText(["agent 02", "alice's Token"]);
});

test("the question offers to deactivate instead", async ({ page, tokens, api, first }) => {
  await fill(api, first, 2);
  await tokens.open("?searchTerm=agent+0");
  await page.getByTestId("select-page").check();
  await page.getByTestId("selected--delete").click();
  await page.getByRole("button", { name: "Deactivate instead" }).click();
  await says(page, "2 API tokens were updated");
  expect(await having(api, first, "inactive")).toBe(2);
});

test("a selection outlives a turned page, but not another filter", async ({ page, tokens, api, first }) => {
  await fill(api, first, 12);
  await tokens.open("?perPage=10");
  await tokens.row("agent 01").hover();
  await box(tokens, "agent 01").check();
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(tokens.row("agent 12")).toBeVisible();
  await expect(count(page)).toHaveText("1 selected");
  await box(tokens, "agent 12").check();
  await page.getByTestId("selected--deactivate").click();
  await says(page, "2 API tokens were updated");
  expect(await having(api, first, "inactive")).toBe(2);
  await box(tokens, "agent 11").check();
  await tokens.filter.fill("agent");
  await expect(page.locator(".list-count")).toHaveText("12 of 13 tokens");
  await expect(count(page)).toBeHidden();
});

test("all that match are meant, on every page", async ({ page, tokens, api, first }) => {
  await fill(api, first, 12);
  await tokens.open("?perPage=10&searchTerm=agent+");
  await page.getByTestId("select-page").check();
  await expect(count(page)).toHaveText("10 selected");
  await page.getByRole("checkbox", { name: "All 12 that match" }).check();
  await expect(count(page)).toHaveText("12 selected");
  await page.getByTestId("selected--delete").click();
  await expect(tokens.header).toHaveText("Delete 12 API tokens?");
  await page.getByTestId("selected--confirm-delete").click();
  await says(page, "12 API tokens were deleted");
  await expect(page.getByTestId("empty-state")).toBeVisible();
  expect(await having(api, first, "active")).toBe(1);
});

test("more tokens than the question named are left alone", async ({ page, tokens, api, first, expectRefusal }) => {
  expectRefusal(422);
  await fill(api, first, 12);
  await tokens.open("?perPage=10&searchTerm=agent+");
  await page.getByTestId("select-page").check();
  await page.getByTestId("select-all").check();
  await page.getByTestId("selected--delete").click();
  await expect(tokens.header).toHaveText("Delete 12 API tokens?");
  await api.authorization(first.org.id, "agent of someone else");
  await page.getByTestId("selected--confirm-delete").click();
  await expect(tokens.dialog.getByText("13 tokens now match").first()).toBeVisible();
  expect(await having(api, first, "active")).toBe(14);
});

test("the address of the question, with nothing selected, says so", async ({ tokens }) => {
  await tokens.open("/selected");
  await expect(tokens.dialog).toContainText("No token is selected");
  await tokens.dialog.getByRole("link", { name: "Back to the list" }).click();
  await expect(tokens.dialog).toHaveCount(0);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the boxes and the bar are there, and do what they say", async ({ page, tokens, api, first }) => {
    await fill(api, first, 3);
    await tokens.open();
    await expect(page.getByTestId("select-page")).toBeHidden();
    await box(tokens, "agent 01").check();
    await box(tokens, "agent 02").check();
    await page.getByTestId("selected--deactivate").click();
    await expect(page.getByText("The API tokens were updated")).toBeVisible();
    expect(await having(api, first, "inactive")).toBe(2);

    await box(tokens, "agent 02").check();
    await box(tokens, "agent 03").check();
    await page.getByTestId("selected--delete").click();
    await expect(tokens.header).toHaveText("Delete 2 API tokens?");
    await page.getByTestId("selected--confirm-delete").click();
    await expect(page.getByText("The API tokens were deleted")).toBeVisible();
    await expect(tokens.names()).toHaveText(["agent 01", "alice's Token"]);
  });

  test("all that match are deleted after the question", async ({ page, tokens, api, first }) => {
    await fill(api, first, 12);
    await tokens.open("?perPage=10&searchTerm=agent+");
    await page.getByTestId("select-all").check();
    await page.getByTestId("selected--delete").click();
    await expect(tokens.header).toHaveText("Delete 12 API tokens?");
    expect(await having(api, first, "active")).toBe(13);
    await page.getByTestId("selected--confirm-delete").click();
    await expect(page.getByText("The API tokens were deleted")).toBeVisible();
    expect(await having(api, first, "active")).toBe(1);
  });

  test("with nothing ticked, the page says so", async ({ page, tokens, expectRefusal }) => {
    expectRefusal(422);
    await tokens.open();
    await page.getByTestId("selected--deactivate").click();
    await expect(tokens.dialog).toContainText("No token is selected");
    await tokens.dialog.getByRole("link", { name: "Back to the list" }).click();
    await expect(tokens.row("alice's Token")).toBeVisible();
  });
});
