// Members of an organization, and all users: with script, and without.

import type { Page } from "@playwright/test";
import { type Api, expect, hydrated, says, sessionKey, test as base } from "./console.ts";
import type { Server } from "./server.ts";

interface Fixtures {
  people: People;
}

const test = base.extend<Fixtures>({
  people: async ({ tokens, page, first, api, server, javaScriptEnabled }, use) => {
    // Signs Alice in.
    expect(tokens).toBeDefined();
    await use(new People(page, first.org.id, api, server, javaScriptEnabled ?? true));
  },
});

/** The pages of members and of users. */
class People {
  constructor(
    private readonly page: Page,
    readonly org: string,
    private readonly api: Api,
    private readonly server: Server,
    private readonly scripted: boolean,
  ) {}

  address(section: "members" | "users", rest = ""): string {
    return `/orgs/${this.org}/settings/${section}${rest}`;
  }

  async open(section: "members" | "users", rest = ""): Promise<void> {
    await this.page.goto(this.address(section, rest));
    if (this.scripted) await hydrated(this.page);
  }

  member(name: string) {
    return this.page.getByTestId(`member-card ${name}`);
  }

  user(name: string) {
    return this.page.getByTestId(`user-card ${name}`);
  }

  role(name: string) {
    return this.page.getByRole("combobox", { name: `Role of ${name}`, exact: true });
  }

  async menu(name: string) {
    await this.page.locator(`summary[aria-label="More actions for ${name}"]`).click();
    return this.page.locator("details.menu[open] .menu-panel");
  }

  /** A user with a password, and a role in the organization. */
  async create(name: string, role?: "owner" | "member"): Promise<string> {
    const { id } = await this.api.create("/api/v2/users", { name });
    expect((await this.api.send("POST", `/api/v2/users/${id}/password`, { password: "password2" })).status).toBe(204);
    if (role) await this.api.create(`/api/v2/orgs/${this.org}/${role}s`, { id });
    return id;
  }

  /** Signs someone else in, in Alice's place. */
  async signInAs(username: string): Promise<void> {
    const value = await sessionKey(this.server, { username, password: "password2" });
    await this.page.context().addCookies([{ name: "jeton", value, url: this.server.url, httpOnly: true, sameSite: "Lax" }]);
  }

  /** The names of an organization's owners or members. */
  async names(role: "owner" | "member"): Promise<string[]> {
    const users: { name: string }[] = (await this.api.get(`/api/v2/orgs/${this.org}/${role}s`)).body.users;
    return users.map((user) => user.name);
  }
}

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
  await expect(page.getByText("There is no such user. Check the spelling.")).toBeVisible();
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
  await expect(page.getByText("There is a user of this name already.")).toBeVisible();
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
    await expect(page.getByText("There is a user of this name already.")).toBeVisible();
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
