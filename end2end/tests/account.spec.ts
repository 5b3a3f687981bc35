// One's own account: the password, the sessions; and what the About page says.

import type { Page } from "@playwright/test";
import { alice, expect, hydrated, says, sessionKey, type TokensPage, test } from "./console.ts";
import type { FirstRun, Server } from "./server.ts";

const account = (first: FirstRun) => `/orgs/${first.org.id}/account`;

async function open(tokens: TokensPage, address: string): Promise<Page> {
  await tokens.page.goto(address);
  await hydrated(tokens.page);
  return tokens.page;
}

/** Whether a session's key still opens the console. */
async function lives(server: Server, first: FirstRun, key: string): Promise<boolean> {
  const response = await server.api(account(first), { redirect: "manual", headers: { cookie: `jeton=${key}` } });
  return response.status === 200;
}

async function fillPasswords(page: Page, old: string, password: string, again = password): Promise<void> {
  await page.getByLabel("Current password", { exact: true }).fill(old);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("Confirm new password", { exact: true }).fill(again);
}

const change = (page: Page) => page.getByTestId("change-password--button").click();
const sessions = (page: Page) => page.getByTestId(/^session-card/);

test("a changed password ends the other sessions, and opens the next one", async ({ tokens, server, first, expectRefusal }) => {
  expectRefusal(403);
  expectRefusal(422);
  const other = await sessionKey(server);
  const page = await open(tokens, account(first));
  await fillPasswords(page, alice.password, "password2", "password3");
  await change(page);
  await expect(page.locator("#confirm-hint").getByText("The passwords differ. Type the same one twice.")).toBeVisible();
  await fillPasswords(page, "wrong-one", "password2");
  await change(page);
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await expect(page.getByLabel("New password", { exact: true })).toHaveValue("password2");
  expect(await lives(server, first, other)).toBe(true);
  await fillPasswords(page, alice.password, "password2");
  await change(page);
  await says(page, "The password was changed");
  await expect(page.getByLabel("New password", { exact: true })).toHaveValue("");
  await expect(sessions(page)).toHaveCount(1);
  expect(await lives(server, first, other)).toBe(false);
  expect(await lives(server, first, await sessionKey(server, { username: "alice", password: "password2" }))).toBe(true);
});

test("a single session is signed out, or all others are", async ({ tokens, server, first }) => {
  const others = [await sessionKey(server), await sessionKey(server)];
  const page = await open(tokens, account(first));
  await expect(sessions(page)).toHaveCount(3);
  await expect(page.getByTestId("session-card current")).toContainText("This session");
  await expect(page.getByTestId("session-card current").getByRole("button")).toHaveCount(0);
  await page.getByTestId("sign-out-session").first().click();
  await says(page, "The session was signed out");
  await expect(sessions(page)).toHaveCount(2);
  const left = await Promise.all(others.map((key) => lives(server, first, key)));
  expect(left.filter(Boolean)).toHaveLength(1);
  await page.getByTestId("sign-out-elsewhere--button").click();
  await says(page, "The other sessions were signed out");
  await expect(sessions(page)).toHaveCount(1);
  await expect(page.getByText("You have no other sessions.")).toBeVisible();
  for (const key of others) expect(await lives(server, first, key)).toBe(false);
});

test("a session that ended meanwhile is told", async ({ tokens, server, first, expectRefusal }) => {
  expectRefusal(404);
  const other = await sessionKey(server);
  const page = await open(tokens, account(first));
  await expect(sessions(page)).toHaveCount(2);
  await server.api("/sign-out", { method: "POST", redirect: "manual", headers: { cookie: `jeton=${other}` } });
  await page.getByTestId("sign-out-session").click();
  await says(page, "The session was not signed out", "error");
  await expect(page.getByText("The sign-out failed.")).toBeVisible();
});

test("the user's menu leads to both pages", async ({ tokens, first }) => {
  const page = await open(tokens, account(first));
  await expect(page.getByTestId("account-name")).toHaveText("alice");
  await page.getByTestId("user-nav").click();
  await page.getByTestId("user-nav-item-about").click();
  await expect(page).toHaveURL(`/orgs/${first.org.id}/about`);
  await expect(page.getByTestId("about-version")).toHaveText(/^\d+\.\d+\.\d+/);
  await expect(page.getByTestId("about-health")).toContainText("The database responds.");
  for (const [name, path] of [["API reference", "/docs"], ["OpenAPI document", "/api/v2/openapi.json"], ["Metrics", "/metrics"], ["Health", "/health"]] as const) {
    await expect(page.getByRole("link", { name, exact: true })).toHaveAttribute("href", path);
  }
  await page.getByRole("link", { name: "API reference" }).click();
  await expect(page).toHaveURL("/docs");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the password is changed, and errors stand at their fields", async ({ page, tokens, server, first, expectRefusal }) => {
    expectRefusal(403);
    const other = await sessionKey(server);
    await tokens.page.goto(account(first));
    await fillPasswords(page, "wrong-one", "password2");
    await change(page);
    await expect(page.getByText("This is not your password.")).toBeVisible();
    await expect(page.getByLabel("Current password", { exact: true }), "passwords are not sent back").toHaveValue("");
    await fillPasswords(page, alice.password, "password2");
    await change(page);
    await expect(page.getByText("The password was changed")).toBeVisible();
    expect(await lives(server, first, other)).toBe(false);
  });

  test("one signs out elsewhere", async ({ page, tokens, server, first }) => {
    const others = [await sessionKey(server), await sessionKey(server)];
    await tokens.page.goto(account(first));
    await page.getByTestId("sign-out-session").first().click();
    await expect(page.getByText("The session was signed out")).toBeVisible();
    await expect(sessions(page)).toHaveCount(2);
    await page.getByTestId("sign-out-elsewhere--button").click();
    await expect(page.getByText("The other sessions were signed out")).toBeVisible();
    await expect(sessions(page)).toHaveCount(1);
    for (const key of others) expect(await lives(server, first, key)).toBe(false);
  });
});
