// The console without a mouse.

import { expect, test } from "./console.ts";

test.beforeEach(async ({ tokens, api, first }) => {
  await api.authorization(first.org.id, "Collector");
  await tokens.open();
});

test("a menu opens by arrow, goes round, and jumps to the ends", async ({ page, tokens }) => {
  const button = tokens.row("Collector").getByTestId("context-menu-token");
  const items = tokens.row("Collector").locator(".menu-item");
  await button.focus();
  await page.keyboard.press("ArrowDown");
  await expect(items.nth(0)).toBeFocused();
  await expect(items.nth(0)).toHaveText("Clone");
  await page.keyboard.press("ArrowDown");
  await expect(items.nth(1)).toBeFocused();
  await page.keyboard.press("End");
  await expect(items.last()).toBeFocused();
  await expect(items.last()).toHaveText("Delete");
  await page.keyboard.press("ArrowDown");
  await expect(items.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(items.last()).toBeFocused();
  await page.keyboard.press("Home");
  await expect(items.nth(0)).toBeFocused();
});

test("Enter opens a menu, a letter jumps to what begins with it", async ({ page, tokens }) => {
  const row = tokens.row("Collector");
  await row.getByTestId("context-menu-token").focus();
  await page.keyboard.press("Enter");
  await expect(row.getByTestId("context-clone-token")).toBeVisible();
  await page.keyboard.press("d");
  await expect(row.getByTestId("context-status-token")).toBeFocused();
  await page.keyboard.press("d");
  await expect(row.getByTestId("context-delete-menu--button")).toBeFocused();
  await page.keyboard.press("c");
  await expect(row.getByTestId("context-clone-token")).toBeFocused();
});

test("Esc closes a menu and the focus returns to its button", async ({ page, tokens }) => {
  const button = tokens.row("Collector").getByTestId("context-menu-token");
  await button.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await expect(tokens.row("Collector").getByTestId("context-clone-token")).toBeHidden();
  await expect(button).toBeFocused();
});

test("one menu is open at a time, and a press outside closes it", async ({ page, tokens }) => {
  await tokens.menu("Collector");
  await expect(tokens.row("Collector").getByTestId("context-clone-token")).toBeVisible();
  await page.mouse.click(640, 700);
  await expect(tokens.row("Collector").getByTestId("context-clone-token")).toBeHidden();
  await page.getByTestId("resource-sorter--button").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("resource-sorter--description-asc")).toBeVisible();
  await expect(page.locator("details.menu[open]")).toHaveCount(1);
});

test("a dialog takes the focus, keeps it, and gives it back", async ({ page, tokens }) => {
  const name = page.getByTestId("token-name Collector");
  await name.focus();
  await page.keyboard.press("Enter");
  await expect(tokens.dialog).toBeVisible();
  const inside = () => page.evaluate(() => document.activeElement?.closest("dialog") !== null);
  await expect.poll(inside).toBe(true);
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null)).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(tokens.dialog).toHaveCount(0);
  await expect(name).toBeFocused();
});

test("a dialog that was opened from a menu gives the focus back to the page", async ({ page, tokens }) => {
  await page.getByTestId("dropdown-button--gen-token").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("all-access-token-input")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(tokens.dialog).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test("deleting asks with the harmless answer in focus; afterwards the focus is on the page", async ({ page, tokens }) => {
  await tokens.row("Collector").getByTestId("context-menu-token").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("context-delete-menu--confirm-button")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(tokens.row("Collector")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test("after renaming the focus is not lost", async ({ page, tokens }) => {
  await page.getByTestId("token-name Collector").focus();
  await tokens.row("Collector").getByTestId("resource-editable-name--button").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("resource-editable-name--input")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("resource-editable-name--input")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test("“/” leads to the filter, but not while something is typed or a dialog is open", async ({ page, tokens }) => {
  await page.keyboard.press("/");
  await expect(tokens.filter).toBeFocused();
  await expect(tokens.filter).toHaveValue("");
  await page.keyboard.press("/");
  await expect(tokens.filter).toHaveValue("/");
  await tokens.open("/generate/all-access");
  await page.getByTestId("all-access-token-input").fill("a");
  await page.keyboard.press("/");
  await expect(page.getByTestId("all-access-token-input")).toHaveValue("a/");
  await tokens.dialog.getByRole("link", { name: "Close" }).focus();
  await page.keyboard.press("/");
  await expect(tokens.filter).not.toBeFocused();
});

test("the first Tab leads past the navigation", async ({ page }) => {
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});

test("boxes are ticked by the space bar, and accordions opened by Enter", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  await tokens.box("Read bucket telemetry").focus();
  await page.keyboard.press("Space");
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  const others = page.getByTestId("accordion-header").filter({ hasText: "Other Resources" });
  await others.focus();
  await page.keyboard.press("Enter");
  await expect(tokens.box("Read Tasks")).toBeVisible();
});

test("“j”, “k” and the arrows move through the rows, Enter opens", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Watcher");
  await tokens.open();
  const names = ["alice's Token", "Collector", "Watcher"];
  const name = (index: number) => page.getByTestId(`token-name ${names[index]}`);
  await page.keyboard.press("j");
  await expect(name(0)).toBeFocused();
  await page.keyboard.press("j");
  await expect(name(1)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(name(2)).toBeFocused();
  await page.keyboard.press("j");
  await expect(name(2), "the last one").toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("k");
  await expect(name(0)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(tokens.header).toContainText("alice's Token");
  await page.keyboard.press("Escape");
  await expect(tokens.dialog).toHaveCount(0);
  await expect(name(0)).toBeFocused();
});

test("“x” selects, “e” renames, “g” generates", async ({ page, tokens }) => {
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(tokens.row("Collector").getByRole("checkbox")).toBeChecked();
  await expect(page.getByTestId("selected--count")).toHaveText("1 selected");
  await page.keyboard.press("x");
  await expect(tokens.row("Collector").getByRole("checkbox")).not.toBeChecked();
  await page.keyboard.press("e");
  await expect(page.getByTestId("resource-editable-name--input")).toBeFocused();
  await page.keyboard.type("g?jx");
  await expect(page.getByTestId("resource-editable-name--input")).toHaveValue("g?jx");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("resource-editable-name--input")).toHaveCount(0);
  await page.keyboard.press("g");
  await expect(page.getByTestId("dropdown-item generate-token--all-access")).toBeFocused();
});

test("“?” lists the keys, and the focus comes back", async ({ page }) => {
  const help = page.getByTestId("shortcuts");
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  await expect(help).toBeVisible();
  await expect(help.getByRole("button", { name: "Close" })).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await expect(page.getByTestId("token-name alice's Token")).toBeFocused();
});

test("single keys can be switched off; the arrows stay", async ({ page, tokens }) => {
  await page.keyboard.press("?");
  const keys = page.getByTestId("single-keys");
  await keys.click();
  await expect(keys).not.toBeChecked();
  await page.keyboard.press("Escape");
  await tokens.open();
  await page.keyboard.press("j");
  await page.keyboard.press("/");
  await expect(tokens.filter).not.toBeFocused();
  await page.getByTestId("token-name alice's Token").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("token-name Collector")).toBeFocused();
  await page.getByTestId("user-nav").click();
  await page.getByTestId("shortcuts--button").click();
  await keys.click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await expect(tokens.filter).toBeFocused();
});
