// The whole console by forms and links: a browser whose script never comes.

import type { Page } from "@playwright/test";
import { Api, expect, signIn, test } from "./console.ts";

test.use({ javaScriptEnabled: false });

/** The status of the page that something leads to. */
async function statusAfter(page: Page, act: () => Promise<void>): Promise<number> {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest() && ![302, 303].includes(response.status()));
  await act();
  return (await answered).status();
}

const submit = (page: Page, name: string) => page.getByRole("button", { name }).click();

test("set-up: an error keeps what was typed, then comes the operator token", async ({ page, server, expectRefusal }) => {
  expectRefusal(422);
  await page.goto("/");
  await expect(page).toHaveURL("/setup");
  await page.getByLabel("Username").fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("password1");
  await page.getByLabel("Confirm password", { exact: true }).fill("password2");
  await page.getByLabel("Organization name").fill("my-org");
  await page.getByLabel("Bucket name").fill("telemetry");
  expect(await statusAfter(page, () => submit(page, "Continue"))).toBe(422);
  await expect(page.getByText("The passwords differ. Type the same one twice.")).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveValue("alice");
  await expect(page.getByLabel("Organization name")).toHaveValue("my-org");
  await expect(page.getByLabel("Bucket name")).toHaveValue("telemetry");
  await expect(page.getByLabel("Password", { exact: true }), "passwords are not sent back").toHaveValue("");

  await page.getByLabel("Password", { exact: true }).fill("password1");
  await page.getByLabel("Confirm password", { exact: true }).fill("password1");
  expect(await statusAfter(page, () => submit(page, "Continue"))).toBe(200);
  await expect(page.getByTestId("overlay--header")).toHaveText("You've successfully created an API Token");
  const token = await page.getByTestId("code-snippet").innerText();
  expect((await new Api(server, token).get("/api/v2/me")).status).toBe(200);
  await page.getByRole("link", { name: "I have saved it" }).click();
  await expect(page.getByTestId("token-card alice's Token")).toBeVisible();
});

test("sign-in: a wrong password keeps the name, the right one leads back", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  const wanted = `/orgs/${first.org.id}/load-data/tokens?sortKey=createdAt&sortDirection=desc`;
  await page.goto(wanted);
  await expect(page).toHaveURL(`/sign-in?to=${encodeURIComponent(wanted)}`);
  expect(await statusAfter(page, () => signIn(page, "wrong-password"))).toBe(401);
  await expect(page.getByText("Username or password is wrong.")).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveValue("alice");
  await signIn(page);
  await expect(page).toHaveURL(wanted);
  await expect(page.getByTestId("token-card alice's Token")).toBeVisible();
});

test("sign-in: who guesses too often is told how long to wait", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  expectRefusal(429);
  expect(first.user.name).toBe("alice");
  await page.goto("/sign-in");
  for (let failure = 1; failure <= 5; failure++) expect(await statusAfter(page, () => signIn(page, `guess-${failure}`))).toBe(401);
  expect(await statusAfter(page, () => signIn(page))).toBe(429);
  await expect(page.getByText(/Try again in \d+ seconds\./)).toBeVisible();
});

test("an All Access token is generated and shown once", async ({ page, tokens, api }) => {
  await tokens.open();
  await page.getByTestId("dropdown-button--gen-token").click();
  await page.getByTestId("dropdown-item generate-token--all-access").click();
  await page.getByTestId("all-access-token-input").fill("By form");
  await page.getByTestId("button--save").click();
  const token = await tokens.newToken();
  expect((await api.with(token).get("/api/v2/buckets")).status).toBe(200);
  await page.getByRole("link", { name: "I have saved it" }).click();
  await expect(tokens.row("By form")).toHaveClass(/marked/);
  expect(await page.content()).not.toContain(token.slice(8));
});

test("a form that is sent twice creates one token, and does not show it again", async ({ page, tokens, api, expectRefusal }) => {
  expectRefusal(422);
  await tokens.open("/generate/all-access");
  await page.getByTestId("all-access-token-input").fill("Twice");
  await page.getByTestId("button--save").click();
  const token = await tokens.newToken();
  expect(await statusAfter(page, async () => void (await page.reload()))).toBe(422);
  expect(await page.content()).not.toContain(token.slice(8));
  const made = (await api.get("/api/v2/authorizations")).body.authorizations.filter((one: { description: string }) => one.description === "Twice");
  expect(made).toHaveLength(1);
});

test("a custom token is generated from the ticks", async ({ page, tokens, api, first }) => {
  await tokens.open("/generate/custom-api");
  await tokens.box("Read bucket telemetry").check();
  await page.getByTestId("generate-token-overlay--buton").click();
  const made = api.with(await tokens.newToken());
  expect((await made.get(`/api/v2/buckets/${first.bucket.id}`)).status).toBe(200);
  expect((await made.send("PATCH", `/api/v2/buckets/${first.bucket.id}`, { description: "x" })).status).toBe(401);
  await page.getByRole("link", { name: "I have saved it" }).click();
  await expect(tokens.row("Read buckets telemetry")).toBeVisible();
});

test("the search in the custom dialog keeps the ticks and what was typed", async ({ page, tokens, api, first }) => {
  const archive = await api.bucket(first.org.id, "archive");
  await tokens.open("/generate/custom-api");
  await page.getByTestId("custom-api-token-input").fill("Searching");
  await tokens.box("Read bucket telemetry").check();
  await page.getByTestId("search-widget").fill("archive");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByTestId("custom-api-token-input")).toHaveValue("Searching");
  await expect(page.getByTestId("search-widget")).toHaveValue("archive");
  await expect(tokens.box("Read bucket telemetry")).toHaveCount(0);
  await tokens.box("Write bucket archive").check();
  await page.getByTestId("generate-token-overlay--buton").click();
  const made = api.with(await tokens.newToken());
  expect((await made.get(`/api/v2/buckets/${first.bucket.id}`)).status).toBe(200);
  expect((await made.send("PATCH", `/api/v2/buckets/${archive.id}`, { description: "x" })).status).toBe(200);
});

test("an error in the custom dialog keeps text and ticks", async ({ page, tokens, api, expectRefusal }) => {
  expectRefusal(422);
  const long = "x".repeat(1100);
  await tokens.open("/generate/custom-api");
  await page.getByTestId("custom-api-token-input").fill(long);
  await tokens.box("Read bucket telemetry").check();
  expect(await statusAfter(page, () => page.getByTestId("generate-token-overlay--buton").click())).toBe(422);
  await expect(page.getByText("Use at most 1024 bytes.")).toBeVisible();
  await expect(page.getByTestId("custom-api-token-input")).toHaveValue(long);
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  expect((await api.get("/api/v2/authorizations")).body.authorizations).toHaveLength(1);
});

test("a token without permissions is refused", async ({ page, tokens, expectRefusal }) => {
  expectRefusal(422);
  await tokens.open("/generate/custom-api");
  expect(await statusAfter(page, () => page.getByTestId("generate-token-overlay--buton").click())).toBe(422);
  await expect(page.getByText("Failed to create API tokens:")).toBeVisible();
});

test("a description is changed in the list and in the drawer", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "One");
  await tokens.open(`/${id}/rename`);
  await page.getByTestId("resource-editable-name--input").fill("Two");
  await page.getByTestId("resource-editable-name--save").click();
  await expect(tokens.row("Two")).toBeVisible();
  await page.getByTestId("token-name Two").click();
  await page.getByRole("link", { name: "Rename Two" }).click();
  await page.getByTestId("custom-api-token-input").fill("Three");
  await page.getByTestId("token-save-btn").click();
  await expect(page.getByText("API token was updated successfully")).toBeVisible();
  await expect(tokens.row("Three")).toBeVisible();
  expect((await api.get(`/api/v2/authorizations/${id}`)).body.description).toBe("Three");
});

test("the drawer leads to the tokens beside it, wherever it is opened", async ({ page, tokens, api, first }) => {
  const beta = await api.authorization(first.org.id, "Beta");
  await api.authorization(first.org.id, "Gamma");
  // List and drawer are rendered side by side, either may be ready first.
  for (let visit = 0; visit < 10; visit++) {
    await page.goto(tokens.address(`/${beta.id}`));
    await expect(tokens.header.getByRole("link", { name: "Previous token" })).toBeVisible();
    await expect(tokens.header.getByRole("link", { name: "Next token" })).toBeVisible();
  }
  await tokens.header.getByRole("link", { name: "Next token" }).click();
  await expect(tokens.header).toContainText("Gamma");
  await expect(tokens.header.getByRole("link", { name: "Next token" })).toHaveCount(0);
  await tokens.header.getByRole("link", { name: "Previous token" }).click();
  await tokens.header.getByRole("link", { name: "Previous token" }).click();
  await expect(tokens.header).toContainText("alice's Token");
});

test("a token is switched off, on, cloned and deleted", async ({ page, tokens, api, first }) => {
  const { token } = await api.authorization(first.org.id, "Subject");
  await tokens.open();
  await tokens.row("Subject").getByTestId("slide-toggle").click();
  await expect(tokens.row("Subject").getByRole("switch")).not.toBeChecked();
  expect(await api.with(token).status()).toBe(401);
  await page.getByTestId("token-name Subject").click();
  await page.getByTestId("custom-api-token-toggle").click();
  await expect(tokens.row("Subject").getByRole("switch")).toBeChecked();
  expect(await api.with(token).status()).toBe(200);

  await page.getByTestId("token-name Subject").click();
  await page.getByTestId("context-clone-token").click();
  await page.getByTestId("clone-token--confirm-button").click();
  expect(await api.with(await tokens.newToken()).status()).toBe(200);
  await page.getByRole("link", { name: "I have saved it" }).click();

  await page.getByTestId("token-name Subject").click();
  await page.getByTestId("context-delete-menu--button").click();
  await page.getByTestId("context-delete-menu--confirm-button").click();
  await expect(page.getByText("API token was deleted successfully")).toBeVisible();
  await expect(tokens.row("Subject")).toHaveCount(0);
  expect(await api.with(token).status()).toBe(401);
});

test("the list is filtered, sorted and turned", async ({ page, tokens, api, first }) => {
  for (let number = 1; number <= 12; number++) await api.authorization(first.org.id, `Sensor ${String(number).padStart(2, "0")}`);
  await tokens.open("?perPage=10");
  await tokens.filter.fill("sensor");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.searchParams.get("searchTerm") === "sensor" && url.searchParams.get("perPage") === "10");
  await expect(tokens.rows()).toHaveCount(10);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(tokens.names()).toHaveText(["Sensor 11", "Sensor 12"]);
  await page.getByTestId("filter--button").click();
  await page.getByLabel("Order").selectOption("Descending");
  await page.getByTestId("filter--apply").click();
  await expect(tokens.names().first()).toHaveText("Sensor 12");
  await page.getByRole("link", { name: "Clear filter" }).click();
  await expect(page.locator(".list-count")).toHaveText("13 tokens");
});

test("dialogs close by their links", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  await page.getByTestId("cancel-token-overlay--buton").click();
  await expect(tokens.dialog).toHaveCount(0);
  await tokens.open("/generate/all-access");
  await tokens.header.getByRole("link", { name: "Close" }).click();
  await expect(page).toHaveURL(tokens.address());
});

test("the theme is chosen, and the page stays the same", async ({ page, tokens }) => {
  await tokens.open("?sortKey=createdAt&sortDirection=desc");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL(tokens.address("?sortKey=createdAt&sortDirection=desc"));
});

test("signing out leads to sign-in", async ({ page, tokens }) => {
  await tokens.open();
  await page.getByTestId("user-nav").click();
  await page.getByTestId("user-nav-item-logout").click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto(tokens.address());
  await expect(page).toHaveURL(/\/sign-in/);
});
