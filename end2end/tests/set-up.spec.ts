// The first run: user, organization, bucket, and the operator token, once.

import type { Page } from "@playwright/test";
import { Api, alice, clipboard, expect, hydrated, test } from "./console.ts";

async function fill(page: Page, more: Record<string, string> = {}): Promise<void> {
  const fields = {
    Username: alice.username,
    Password: alice.password,
    "Confirm password": alice.password,
    "Organization name": alice.org,
    "Bucket name": alice.bucket,
    ...more,
  };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
}

const proceed = (page: Page) => page.getByRole("button", { name: "Continue" }).click();

test("the first visit leads to set-up, and set-up to the operator token and the list", async ({ page, server, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/");
  await expect(page).toHaveURL("/setup");
  await hydrated(page);
  await fill(page);
  await proceed(page);

  await expect(page.getByTestId("overlay--header")).toHaveText("You've successfully created an API Token");
  const token = await page.getByTestId("code-snippet").innerText();
  const api = new Api(server, token);
  expect((await api.get("/api/v2/me")).body.name).toBe("alice");
  expect((await api.get("/api/v2/orgs")).body.orgs.map((org: { name: string }) => org.name)).toEqual(["my-org"]);
  expect((await api.get("/api/v2/buckets")).body.buckets.map((bucket: { name: string }) => bucket.name)).toContain("telemetry");

  await page.getByTestId("button-copy").click();
  await expect(page.getByTestId("notification-success")).toContainText("API token has been copied to clipboard");
  expect(await clipboard(page)).toBe(token);
  await page.getByRole("link", { name: "I have saved it" }).click();

  await expect(page).toHaveURL(/\/orgs\/[0-9a-f]{16}\/load-data\/tokens$/);
  await hydrated(page);
  await expect(page.getByTestId("token-card alice's Token")).toContainText("Operator");
  expect(await page.content()).not.toContain(token);
});

test("the page says what will happen with what is typed", async ({ page }) => {
  await page.goto("/setup");
  await hydrated(page);
  await fill(page, { Username: "ada", "Organization name": "analytical", "Bucket name": "engine" });
  const aside = page.getByRole("complementary", { name: "What happens when you continue" });
  await expect(aside).toContainText("User ada is created");
  await expect(aside).toContainText("Organization analytical is created with ada as its owner");
  await expect(aside).toContainText("Bucket engine is created");
  await expect(aside).toContainText("influx setup --username ada");
  await expect(page.getByText("Both passwords match.")).toBeVisible();
});

test("passwords that differ set nothing up, and say so at the field", async ({ page, server, expectRefusal }) => {
  expectRefusal(422);
  await page.goto("/setup");
  await hydrated(page);
  await fill(page, { "Confirm password": "password2" });
  await proceed(page);
  await expect(page.getByRole("alert")).toContainText("Nothing was set up. One field needs a change.");
  await expect(page.getByText("The passwords differ. Type the same one twice.")).toBeVisible();
  await expect(page.getByLabel("Confirm password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  expect(await (await server.api("/api/v2/setup")).json()).toMatchObject({ allowed: true });
});

test("an error keeps what was typed", async ({ page, expectRefusal }) => {
  expectRefusal(400);
  await page.goto("/setup");
  await hydrated(page);
  await fill(page, { "Bucket name": "_mine" });
  await proceed(page);
  await expect(page.getByText("A bucket name must not start with an underscore.")).toBeVisible();
  for (const [label, value] of [["Username", "alice"], ["Password", "password1"], ["Confirm password", "password1"], ["Organization name", "my-org"], ["Bucket name", "_mine"]] as const) {
    await expect(page.getByLabel(label, { exact: true })).toHaveValue(value);
  }
  await page.getByLabel("Bucket name").fill("mine");
  await proceed(page);
  await expect(page.getByTestId("overlay--header")).toHaveText("You've successfully created an API Token");
});

test("a short password is refused at its field", async ({ page, expectRefusal }) => {
  expectRefusal(400);
  await page.goto("/setup");
  await hydrated(page);
  await fill(page, { Password: "short", "Confirm password": "short" });
  await proceed(page);
  await expect(page.getByText("Use 8 to 72 characters.")).toBeVisible();
});

test("the eye shows the password that is typed", async ({ page }) => {
  await page.goto("/setup");
  await hydrated(page);
  await page.getByLabel("Password", { exact: true }).fill("password1");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");
});

test("set-up is done once: afterwards its address leads to sign-in", async ({ page, first }) => {
  expect(first.user.name).toBe("alice");
  await page.goto("/setup");
  await expect(page).toHaveURL("/sign-in");
  await expect(page.getByRole("heading", { name: "Sign in to Jeton" })).toBeVisible();
});
