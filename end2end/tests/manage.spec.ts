// Everything that happens to a token after it was generated.

import { expect, says, sessionKey, test } from "./console.ts";

test("a clone is a new token with the same permissions", async ({ page, tokens, api, first }) => {
  const permissions = [{ action: "read" as const, resource: { type: "buckets", id: first.bucket.id, orgID: first.org.id } }];
  await api.authorization(first.org.id, "Telegraf", { permissions });
  await tokens.open();
  await (await tokens.menu("Telegraf")).getByTestId("context-clone-token").click();
  await expect(tokens.header).toHaveText(/Clone “Telegraf”\?/);
  await expect(tokens.dialog).toContainText("It belongs to alice");
  await page.getByTestId("clone-token--confirm-button").click();
  await says(page, "API token was created successfully");
  await expect(tokens.header).toContainText("You've successfully cloned an API Token");
  const clone = api.with(await tokens.newToken());
  expect((await clone.get(`/api/v2/buckets/${first.bucket.id}`)).status).toBe(200);
  const list = (await api.get("/api/v2/authorizations")).body.authorizations;
  const made = list.find((one: { description: string }) => /^Telegraf \(cloned at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/.test(one.description));
  expect(made).toMatchObject({ status: "active", user: "alice" });
  expect(made.permissions).toHaveLength(1);
  expect(made.permissions[0]).toMatchObject({ action: "read", resource: { type: "buckets", id: first.bucket.id } });
});

test("a description is edited in the list: Enter saves", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Old name");
  await tokens.open();
  await tokens.row("Old name").hover();
  await tokens.row("Old name").getByTestId("resource-editable-name--button").click();
  const input = page.getByTestId("resource-editable-name--input");
  await expect(input).toBeFocused();
  await expect(input).toHaveValue("Old name");
  await input.fill("New name");
  await input.press("Enter");
  await says(page, "API token was updated successfully");
  await expect(tokens.row("New name")).toBeVisible();
  await expect(tokens.row("Old name")).toHaveCount(0);
  await expect(page).toHaveURL(tokens.address());
  expect((await api.get(`/api/v2/authorizations/${id}`)).body.description).toBe("New name");
});

test("Esc restores the description", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Kept");
  await tokens.open();
  await tokens.row("Kept").hover();
  await tokens.row("Kept").getByTestId("resource-editable-name--button").click();
  await page.getByTestId("resource-editable-name--input").fill("Lost");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("resource-editable-name--input")).toHaveCount(0);
  await expect(tokens.row("Kept")).toBeVisible();
  expect((await api.get(`/api/v2/authorizations/${id}`)).body.description).toBe("Kept");
});

test("leaving the field saves", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Before");
  await tokens.open();
  await tokens.row("Before").hover();
  await tokens.row("Before").getByTestId("resource-editable-name--button").click();
  await page.getByTestId("resource-editable-name--input").fill("After");
  await page.getByTestId("load-data--header").click();
  await says(page, "API token was updated successfully");
  await expect(tokens.row("After")).toBeVisible();
});

test("the drawer shows everything about a token, and renames it", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Collector");
  await tokens.open();
  await page.getByTestId("token-name Collector").click();
  await expect(page).toHaveURL(tokens.address(`/${id}`));
  await expect(tokens.header).toContainText("Collector");
  await expect(tokens.dialog).toContainText(id);
  await expect(tokens.dialog).toContainText("alice");
  await expect(tokens.dialog.getByRole("row", { name: /All tasks/ })).toHaveText(/All tasks\s*yes\s*–?no/);
  await tokens.dialog.getByRole("link", { name: "Rename Collector" }).click();
  await expect(page).toHaveURL(tokens.address(`/${id}/edit`));
  const input = page.getByTestId("custom-api-token-input");
  await expect(input).toBeFocused();
  await input.fill("Gatherer");
  await page.getByTestId("token-save-btn").click();
  await says(page, "API token was updated successfully");
  await expect(page).toHaveURL(tokens.address(`/${id}`));
  await expect(tokens.header).toContainText("Gatherer");
  await tokens.header.getByRole("link", { name: "Close" }).click();
  await expect(tokens.row("Gatherer")).toBeVisible();
});

test("the drawer leads to the next token and back", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Beta");
  await api.authorization(first.org.id, "Gamma");
  await tokens.open();
  await page.getByTestId("token-name alice's Token").click();
  await expect(tokens.header).toContainText("alice's Token");
  await expect(tokens.header.getByRole("link", { name: "Previous token" })).toHaveCount(0);
  await tokens.header.getByRole("link", { name: "Next token" }).click();
  await expect(tokens.header).toContainText("Beta");
  await expect(page.locator("tr.current"), "the list shows which token it is").toContainText("Beta");
  await tokens.header.getByRole("link", { name: "Next token" }).click();
  await expect(tokens.header).toContainText("Gamma");
  await expect(page.locator("tr.current")).toContainText("Gamma");
  await expect(tokens.header.getByRole("link", { name: "Next token" })).toHaveCount(0);
  await tokens.header.getByRole("link", { name: "Previous token" }).click();
  await expect(tokens.header).toContainText("Beta");
});

test("a switched-off token stops working at once, and works again when it is switched on", async ({ page, tokens, api, first }) => {
  const { token } = await api.authorization(first.org.id, "Sleeper");
  const sleeper = api.with(token);
  expect(await sleeper.status()).toBe(200);
  await tokens.open();
  const active = tokens.row("Sleeper").getByRole("switch");
  await expect(active).toBeChecked();
  await active.click();
  await says(page, "API token was updated successfully");
  await expect(active).not.toBeChecked();
  await expect(tokens.row("Sleeper")).toHaveClass(/inactive/);
  expect(await sleeper.get(`/api/v2/orgs/${first.org.id}`)).toMatchObject({ status: 401, body: { message: "token is inactive" } });

  await active.click();
  await expect(active).toBeChecked();
  await expect.poll(() => sleeper.status()).toBe(200);
});

test("a notification stays what it is while others come and go", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Sleeper");
  await tokens.open();
  const active = tokens.row("Sleeper").getByRole("switch");
  const notices = page.getByTestId("notification-success");
  await active.press("Space");
  await expect(notices).toHaveCount(1);
  // Under the pointer none goes by itself.
  await notices.hover();
  await active.press("Space");
  await expect(notices).toHaveCount(2);
  await notices.last().evaluate((element) => element.setAttribute("data-marked", ""));
  await notices.first().getByRole("button", { name: "Dismiss" }).click();
  await expect(notices).toHaveCount(1);
  await notices.hover();
  await expect(notices, "the other one, not a new one in its place").toHaveAttribute("data-marked");
  await active.press("Space");
  await expect(notices).toHaveCount(2);
  await expect(notices.first()).toHaveAttribute("data-marked");
  await notices.first().getByRole("button", { name: "Dismiss" }).click();
  await notices.last().getByRole("button", { name: "Dismiss" }).click();
  await expect(notices).toHaveCount(0);
});

test("the menu and the drawer switch a token off and on too", async ({ page, tokens, api, first }) => {
  const { token } = await api.authorization(first.org.id, "Sleeper");
  await tokens.open();
  await (await tokens.menu("Sleeper")).getByRole("button", { name: "Deactivate" }).click();
  await says(page, "API token was updated successfully");
  await expect(tokens.row("Sleeper").getByRole("switch")).not.toBeChecked();
  expect(await api.with(token).status()).toBe(401);
  await page.getByTestId("token-name Sleeper").click();
  await expect(tokens.dialog).toContainText("Inactive");
  await page.getByTestId("custom-api-token-toggle").click();
  await expect(page.getByTestId("custom-api-token-toggle")).toHaveText("Deactivate");
  expect(await api.with(token).status()).toBe(200);
});

test("a token is deleted from its menu, and is refused afterwards", async ({ page, tokens, api, first }) => {
  const { token } = await api.authorization(first.org.id, "Doomed");
  await tokens.open();
  await (await tokens.menu("Doomed")).getByTestId("context-delete-menu--button").click();
  await expect(tokens.header).toHaveText("Delete “Doomed”?");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.getByTestId("context-delete-menu--confirm-button").click();
  await says(page, "API token was deleted successfully");
  await expect(tokens.row("Doomed")).toHaveCount(0);
  await expect(tokens.dialog).toHaveCount(0);
  expect(await api.with(token).status()).toBe(401);
});

test("a token is deleted from its drawer; Cancel keeps it", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Doomed");
  await tokens.open(`/${id}`);
  await tokens.dialog.getByTestId("context-delete-menu--button").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(tokens.row("Doomed")).toBeVisible();
  expect(await api.with(token).status()).toBe(200);
  await tokens.open(`/${id}`);
  await tokens.dialog.getByTestId("context-delete-menu--button").click();
  await page.getByTestId("context-delete-menu--confirm-button").click();
  await says(page, "API token was deleted successfully");
  await expect(tokens.row("Doomed")).toHaveCount(0);
  expect(await api.with(token).status()).toBe(401);
});

test("the delete dialog offers the way that can be gone back", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Doubtful");
  await tokens.open(`/${id}/delete`);
  await page.getByRole("button", { name: "Deactivate instead" }).click();
  await says(page, "API token was updated successfully");
  await expect(tokens.dialog).toHaveCount(0);
  await expect(tokens.row("Doubtful").getByRole("switch")).not.toBeChecked();
  expect(await api.with(token).status()).toBe(401);
  expect((await api.get(`/api/v2/authorizations/${id}`)).body.status).toBe("inactive");
});

test("deleting what was deleted meanwhile says so and keeps the dialog", async ({ page, tokens, api, first, expectRefusal }) => {
  expectRefusal(404);
  const { id } = await api.authorization(first.org.id, "Gone");
  await tokens.open(`/${id}/delete`);
  expect((await api.send("DELETE", `/api/v2/authorizations/${id}`)).status).toBe(204);
  await page.getByTestId("context-delete-menu--confirm-button").click();
  await says(page, 'Failed to delete API token: "Gone"', "error");
  await expect(tokens.dialog).toContainText("The token no longer exists. Reload the list.");
});

test("the id of a token is copied from its menu", async ({ page, tokens, api, first, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await api.authorization(first.org.id, "Named");
  await tokens.open();
  await (await tokens.menu("Named")).getByTestId("context-copy-id").click();
  await says(page, "The ID was copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
});

test("tokens of a deleted user stop working, and the list says that they ended", async ({ tokens, api, first, server }) => {
  const bob = await api.create("/api/v2/users", { name: "bob" });
  expect((await api.send("POST", `/api/v2/users/${bob.id}/password`, { password: "password2" })).status).toBe(204);
  await api.create(`/api/v2/orgs/${first.org.id}/members`, { id: bob.id });
  const { token } = await api.authorization(first.org.id, "Bob's script", { userID: bob.id });
  expect(await api.with(token).status()).toBe(200);
  const session = await sessionKey(server, { username: "bob", password: "password2" });
  const page = () => server.api(tokens.address(), { headers: { cookie: `jeton=${session}` }, redirect: "manual" });
  expect((await page()).status).toBe(200);

  expect((await api.send("DELETE", `/api/v2/users/${bob.id}`)).status).toBe(204);
  expect(await api.with(token).status()).toBe(403);
  expect((await page()).status, "and their sessions").toBe(303);
  await tokens.open();
  await expect(tokens.row("Bob's script")).toContainText("deleted user");
  await expect(tokens.row("Bob's script")).toContainText("Ended");
  await expect(tokens.row("Bob's script").getByRole("switch")).toHaveCount(0);
});
