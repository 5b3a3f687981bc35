// All users: how they come and go. And whether everyone can use these pages, and those of the members.

import AxeBuilder from "@axe-core/playwright";
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

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 }, contextOptions: { reducedMotion: "reduce" } });

      test("axe finds nothing, and nothing scrolls sideways", async ({ page, people, api, first }) => {
        const bruno = await people.create("bruno", "member");
        await people.create("carla", "owner");
        await api.authorization(people.org, "Grafana", { userID: bruno });
        const places = [
          ["members", ""],
          ["members", "?searchTerm=nobody"],
          ["members", "/add"],
          ["members", "/invite"],
          ["members", `/${bruno}/remove`],
          ["members", `/${bruno}/delete`],
          ["users", ""],
          ["users", "/new"],
          ["users", `/${bruno}/edit`],
          ["users", `/${bruno}/password`],
          ["users", `/${first.user.id}/deactivate`],
          ["users", `/${first.user.id}/delete`],
        ] as const;
        for (const [section, rest] of places) {
          await people.open(section, rest);
          const { violations } = await new AxeBuilder({ page }).analyze();
          const found = violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
          expect.soft(found, section + rest).toEqual([]);
          const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
          expect.soft(overflow, section + rest).toBeLessThanOrEqual(0);
        }
        await people.open("members");
        await people.menu("bruno");
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((violation) => violation.id)).toEqual([]);
      });
    });
  }
}

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
