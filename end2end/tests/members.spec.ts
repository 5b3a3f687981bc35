// The members of an organization: who they are, what they become, and how they leave.

import { says, sessionKey } from "./console.ts";
import { expect, test } from "./people.ts";

test("a role saves at once, and can be undone", async ({ page, people }) => {
  await people.create("bruno", "member");
  await people.open("members");
  await expect(page.locator(".list-count")).toHaveText("2 members of my-org · 1 owner. Owners can change everything in my-org, members can read it.");
  await people.role("bruno").selectOption("owner");
  await says(page, "The role was changed");
  await expect(page.locator(".list-count")).toContainText("2 owners.");
  expect(await people.names("owner")).toEqual(["alice", "bruno"]);
  await people.member("bruno").getByTestId("member-role--undo").click();
  await expect(page.locator(".list-count")).toContainText("1 owner.");
  await expect(people.role("bruno")).toHaveValue("member");
  expect(await people.names("owner")).toEqual(["alice"]);
});

test("the last owner keeps the role, and is told why", async ({ people }) => {
  await people.create("bruno", "member");
  await people.open("members");
  await expect(people.role("alice")).toBeDisabled();
  await expect(people.role("alice")).toHaveAccessibleDescription("The only owner. Make someone else an owner first.");
  await expect(people.role("bruno")).toBeEnabled();
  await expect((await people.menu("alice")).getByTestId("context-remove-member")).toHaveCount(0);
});

test("a refused role goes back, and says what was refused", async ({ page, people, api, expectRefusal }) => {
  expectRefusal(404);
  const bruno = await people.create("bruno", "member");
  await people.open("members");
  expect((await api.send("DELETE", `/api/v2/orgs/${people.org}/members/${bruno}`)).status).toBe(204);
  await people.role("bruno").selectOption("owner");
  await says(page, "The role was not changed", "error");
  await expect(people.role("bruno")).toHaveValue("member");
});

test("members are filtered by name, role and status", async ({ page, people, api }) => {
  await people.create("bruno", "member");
  const carla = await people.create("carla", "owner");
  expect((await api.send("PATCH", `/api/v2/users/${carla}`, { status: "inactive" })).status).toBe(200);
  await people.open("members");
  await page.getByTestId("input-field--filter").fill("BRU");
  await expect(page.getByTestId(/^member-card /)).toHaveCount(1);
  await expect(page.locator(".list-count")).toContainText("1 of 3 members of my-org");
  await page.getByTestId("input-field--filter").fill("");
  await expect(page.getByTestId(/^member-card /)).toHaveCount(3);
  await page.getByTestId("role-filter").locator("summary").click();
  await page.getByTestId("role-filter--owner").click();
  await expect(page.getByTestId(/^member-card /)).toHaveCount(2);
  await page.getByTestId("status-filter").locator("summary").click();
  await page.getByTestId("status-filter--inactive").click();
  await expect(people.member("carla")).toBeVisible();
  await expect(page.getByTestId(/^member-card /)).toHaveCount(1);
  await expect(page).toHaveURL(people.address("members", "?role=owner&status=inactive"));
  await page.goBack();
  await expect(page.getByTestId(/^member-card /)).toHaveCount(2);
});

test("an existing user is added by name", async ({ page, people }) => {
  await people.create("bruno");
  await people.open("members");
  await page.getByTestId("add-member--button").click();
  await expect(page.getByLabel("User", { exact: true })).toBeFocused();
  await expect(page.locator("datalist option")).toHaveAttribute("value", "bruno");
  await page.getByLabel("User", { exact: true }).fill("bruno");
  await page.getByLabel("Role", { exact: true }).selectOption("owner");
  await page.getByTestId("add-member--save").click();
  await says(page, "The member was added");
  await expect(people.role("bruno")).toHaveValue("owner");
  await expect(page).toHaveURL(people.address("members"));
});

test("a name that nobody has is said at its field", async ({ page, people, expectRefusal }) => {
  expectRefusal(422);
  await people.open("members", "/add");
  await page.getByLabel("User", { exact: true }).fill("nobody");
  await page.getByTestId("add-member--save").click();
  await expect(page.locator("#user-hint").getByText("There is no such user. Check the spelling.")).toBeVisible();
  await expect(page.getByLabel("User", { exact: true })).toHaveValue("nobody");
});

test("a user is invited by creating them, and signs in", async ({ page, people, server }) => {
  await people.open("members", "/add");
  await page.getByRole("link", { name: "Create a new user instead" }).click();
  await page.getByLabel("Username").fill("dora");
  await page.getByLabel("Password (optional)", { exact: true }).fill("password2");
  await page.getByTestId("add-member--save").click();
  await says(page, "The member was added");
  await expect(people.role("dora")).toHaveValue("member");
  await sessionKey(server, { username: "dora", password: "password2" });
});

test("removing a member says what stays", async ({ page, people, api }) => {
  const bruno = await people.create("bruno", "member");
  const { token } = await api.authorization(people.org, "Grafana", { userID: bruno });
  await people.open("members");
  await (await people.menu("bruno")).getByTestId("context-remove-member").click();
  await expect(page.getByTestId("overlay--header")).toHaveText("Remove bruno from my-org?");
  await expect(page.getByTestId("overlay--container")).toContainText("1 live token in my-org keeps working");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.getByTestId("remove-member--confirm-button").click();
  await says(page, "The member was removed");
  await expect(people.member("bruno")).toHaveCount(0);
  expect((await api.get(`/api/v2/users/${bruno}`)).status).toBe(200);
  expect(await api.with(token).status()).toBe(200);
});

test("whoever leaves an organization is led to another", async ({ page, people, api }) => {
  const bruno = await people.create("bruno", "owner");
  const plant = await api.create("/api/v2/orgs", { name: "plant-b" });
  await api.create(`/api/v2/orgs/${plant.id}/owners`, { id: bruno });
  await people.signInAs("bruno");
  await people.open("members");
  await (await people.menu("bruno")).getByTestId("context-remove-member").click();
  await expect(page.getByTestId("overlay--header")).toHaveText("Leave my-org?");
  await page.getByTestId("remove-member--confirm-button").click();
  await expect(page).toHaveURL((url) => url.pathname === `/orgs/${plant.id}/load-data/tokens`);
});

test("a member sees who belongs to the organization, and is offered nothing else", async ({ page, people }) => {
  await people.create("bruno", "member");
  await people.signInAs("bruno");
  await people.open("members");
  await expect(people.member("alice").locator(".cell-role")).toHaveText("Owner");
  await expect(page.getByRole("combobox")).toHaveCount(0);
  await expect(page.getByTestId("add-member--button")).toHaveCount(0);
  await expect(page.getByTestId("nav-subitem-users")).toHaveCount(0);
  await expect((await people.menu("alice")).getByRole("link")).toHaveCount(0);
});

test("an owner who may not see all users adds one by their ID", async ({ page, people }) => {
  await people.create("carla", "owner");
  const dora = await people.create("dora");
  await people.signInAs("carla");
  await people.open("members", "/add");
  await expect(page.getByRole("link", { name: "Create a new user instead" })).toHaveCount(0);
  await page.getByLabel("User ID").fill(dora);
  await page.getByTestId("add-member--save").click();
  await says(page, "The member was added");
  await expect(people.member("dora")).toBeVisible();
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("roles are saved by a button", async ({ page, people }) => {
    await people.create("bruno", "member");
    await people.open("members", "?perPage=10");
    await people.role("bruno").selectOption("owner");
    await people.member("bruno").getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("The role was changed")).toBeVisible();
    await expect(people.role("bruno")).toHaveValue("owner");
    expect(new URL(page.url()).searchParams.get("perPage")).toBe("10");
  });

  test("users are added, invited, switched off and on, removed and deleted", async ({ page, people, expectRefusal }) => {
    expectRefusal(422);
    await people.create("bruno");
    await people.open("members");
    await page.getByTestId("add-member--button").click();
    await page.getByLabel("User", { exact: true }).fill("bruno");
    await page.getByTestId("add-member--save").click();
    await expect(page.getByText("The member was added")).toBeVisible();

    await page.getByTestId("add-member--button").click();
    await page.getByRole("link", { name: "Create a new user instead" }).click();
    await page.getByLabel("Username").fill("bruno");
    await page.getByTestId("add-member--save").click();
    await expect(page.getByText("A user with this name already exists.")).toBeVisible();
    await expect(page.getByLabel("Username")).toHaveValue("bruno");
    await page.getByLabel("Username").fill("dora");
    await page.getByTestId("add-member--save").click();
    await expect(people.member("dora")).toBeVisible();

    await (await people.menu("dora")).getByTestId("context-status-user").click();
    await expect(people.member("dora")).toContainText("Inactive");
    await (await people.menu("dora")).getByTestId("context-status-user").click();
    await expect(people.member("dora")).toContainText("Active");
    await (await people.menu("dora")).getByTestId("context-remove-member").click();
    await page.getByTestId("remove-member--confirm-button").click();
    await expect(people.member("dora")).toHaveCount(0);
    await (await people.menu("bruno")).getByTestId("context-delete-user").click();
    await expect(page.getByTestId("overlay--header")).toHaveText("Delete bruno?");
    await page.getByTestId("delete-user--confirm-button").click();
    await expect(page.getByText("The user was deleted")).toBeVisible();
    await expect(people.member("bruno")).toHaveCount(0);
  });
});
