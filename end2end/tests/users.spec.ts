// All users: how they come and go.

import { says, sessionKey } from "./console.ts";
import { expect, test } from "./people.ts";

test("deleting a user names the tokens that stop", async ({ page, people, api }) => {
  const bruno = await people.create("bruno", "member");
  const { token } = await api.authorization(people.org, "Grafana, line 4", { userID: bruno });
  for (let number = 1; number <= 6; number++) await api.authorization(people.org, `Press ${number}`, { userID: bruno });
  await people.open("members");
  await expect(people.member("bruno").getByRole("link", { name: "7 live tokens of bruno" })).toHaveAttribute("href", new RegExp(`owner=${bruno}&status=live$`));
  await (await people.menu("bruno")).getByTestId("context-delete-user").click();
  await expect(page.getByTestId("overlay--header")).toHaveText("Delete bruno? 7 tokens stop working at once.");
  const lost = page.getByRole("list", { name: "Tokens that stop working" }).getByRole("listitem");
  await expect(lost).toHaveCount(6);
  await expect(lost.first()).toContainText("Grafana, line 4");
  await expect(lost.last()).toHaveText("and 2 more");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.getByTestId("delete-user--confirm-button").click();
  await says(page, "The user was deleted");
  await expect(people.member("bruno")).toHaveCount(0);
  expect(await api.with(token).status()).toBe(403);
});

test("a user is deactivated instead of deleted, and activated again", async ({ page, people, api }) => {
  const bruno = await people.create("bruno", "member");
  const { token } = await api.authorization(people.org, "Grafana", { userID: bruno });
  await people.open("members", `/${bruno}/delete`);
  await page.getByTestId("deactivate-instead--button").click();
  await says(page, "The user was deactivated");
  await expect(people.member("bruno")).toContainText("Inactive");
  await expect(people.member("bruno").locator(".cell-tokens")).toHaveText("0");
  expect(await api.with(token).status()).toBe(403);
  await (await people.menu("bruno")).getByTestId("context-status-user").click();
  await says(page, "The user was activated");
  await expect(people.member("bruno")).toContainText("Active");
  expect(await api.with(token).status()).toBe(200);
});

test("whoever deactivates themselves is told, and signed out", async ({ page, people, expectRefusal }) => {
  expectRefusal(401);
  await people.create("bruno", "owner");
  await people.open("users");
  await (await people.menu("alice")).getByTestId("context-status-user").click();
  await expect(page.getByTestId("overlay--header")).toHaveText("Deactivate yourself?");
  await expect(page.getByTestId("overlay--container")).toContainText("You are signed out at once");
  await expect(page.getByTestId("overlay--container")).toContainText("You are the only operator of this server.");
  await page.getByTestId("deactivate-user--confirm-button").click();
  await expect(page).toHaveURL("/sign-in");
});

test("a user is created, renamed and given a password", async ({ page, people, server, expectRefusal }) => {
  expectRefusal(422);
  await people.open("users");
  await page.getByTestId("create-user--button").click();
  await page.getByLabel("Username").fill("alice");
  await page.getByTestId("user--save").click();
  await expect(page.getByText("A user with this name already exists.")).toBeVisible();
  await page.getByLabel("Username").fill("dora");
  await page.getByTestId("user--save").click();
  await says(page, "The user was created");
  await expect(people.user("dora").locator(".cell-orgs")).toHaveText("none");
  await (await people.menu("dora")).getByTestId("context-rename-user").click();
  await expect(page.getByLabel("Username")).toHaveValue("dora");
  await page.getByLabel("Username").fill("theodora");
  await page.getByTestId("user--save").click();
  await says(page, "The user was changed");
  await (await people.menu("theodora")).getByTestId("context-password-user").click();
  await page.getByLabel("New password", { exact: true }).fill("password2");
  await page.getByTestId("user--save").click();
  await says(page, "The password was changed");
  await sessionKey(server, { username: "theodora", password: "password2" });
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("users are created, renamed and given passwords", async ({ page, people, server }) => {
    await people.open("users", "/new");
    await page.getByLabel("Username").fill("dora");
    await page.getByTestId("user--save").click();
    await (await people.menu("dora")).getByTestId("context-rename-user").click();
    await page.getByLabel("Username").fill("theodora");
    await page.getByTestId("user--save").click();
    await (await people.menu("theodora")).getByTestId("context-password-user").click();
    await page.getByLabel("New password", { exact: true }).fill("password2");
    await page.getByTestId("user--save").click();
    await expect(page.getByText("The password was changed")).toBeVisible();
    await sessionKey(server, { username: "theodora", password: "password2" });
  });

  test("deleting oneself leads to sign-in", async ({ page, people }) => {
    const carla = await people.create("carla", "owner");
    await people.signInAs("carla");
    await people.open("members", `/${carla}/delete`);
    await expect(page.getByTestId("overlay--header")).toHaveText("Delete yourself?");
    await expect(page.getByTestId("overlay--container")).toContainText("You are signed out at once");
    await page.getByTestId("delete-user--confirm-button").click();
    await expect(page).toHaveURL("/sign-in");
  });
});
