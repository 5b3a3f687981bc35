// Organizations: listing, creating, renaming, switching and deleting them, with script and without.

import type { Locator, Page } from "@playwright/test";
import { type Api, expect, hydrated, says, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const list = (first: FirstRun, rest = "") => `/orgs/${first.org.id}/settings/organizations${rest}`;

/** Alice's page, open and usable. */
async function open(tokens: TokensPage, address: string): Promise<Page> {
  await tokens.page.goto(address);
  await hydrated(tokens.page);
  return tokens.page;
}

const row = (page: Page, name: string) => page.getByTestId(`org-card ${name}`);
const names = (page: Page) => page.getByTestId(/^org-name /);

async function menu(page: Page, name: string): Promise<Locator> {
  await row(page, name).getByTestId("context-menu-org").click();
  return row(page, name).locator(".menu-panel");
}

const exists = async (api: Api, id: string) => (await api.get(`/api/v2/orgs/${id}`)).status === 200;

test("the list names every organization, and which one is the current", async ({ tokens, api, first }) => {
  const beta = await api.create("/api/v2/orgs", { name: "beta", description: "Plant 7" });
  await api.authorization(beta.id, "One");
  const page = await open(tokens, list(first));
  await expect(names(page)).toHaveText(["beta", "my-org"]);
  await expect(row(page, "my-org")).toContainText("Current");
  await expect(row(page, "beta")).not.toContainText("Current");
  await expect(row(page, "beta")).toContainText("Plant 7");
  await expect(row(page, "beta")).toContainText(beta.id);
  await expect(row(page, "beta").locator(".cell-tokens")).toHaveText("1");
});

test("the list is filtered and turned round", async ({ tokens, api, first }) => {
  for (const name of ["alpha", "beta"]) await api.create("/api/v2/orgs", { name });
  const page = await open(tokens, list(first));
  await tokens.filter.fill("A");
  await expect(names(page)).toHaveText(["alpha", "beta"]);
  await expect(page.locator(".list-count")).toHaveText("2 of 3 organizations");
  await page.getByTestId("resource-sorter--button").click();
  await page.getByTestId("resource-sorter--name-desc").click();
  await expect(names(page)).toHaveText(["beta", "alpha"]);
  await tokens.filter.fill("nowhere");
  await expect(page.getByTestId("empty-state")).toContainText("No organizations match “nowhere”");
  await page.getByTestId("empty-state").getByRole("link", { name: "Clear filter" }).click();
  await expect(names(page)).toHaveText(["my-org", "beta", "alpha"]);
});

test("creating one leads to it", async ({ tokens, api, first, expectRefusal }) => {
  expectRefusal(422);
  const page = await open(tokens, list(first));
  await page.getByTestId("create-org--button").click();
  await expect(page).toHaveURL(list(first, "/new"));
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.getByLabel("Name").fill("my-org");
  await page.getByTestId("create-org--confirm-button").click();
  await expect(tokens.dialog).toContainText("An organization with this name already exists.");
  await page.getByLabel("Name").fill("beta");
  await page.getByLabel("Description").fill("Plant 7");
  await page.getByTestId("create-org--confirm-button").click();
  await says(page, "The organization was created");
  await expect(page.getByRole("heading", { name: "beta" })).toBeVisible();
  await expect(page.locator("#description")).toHaveValue("Plant 7");
  const made = (await api.get("/api/v2/orgs?org=beta")).body.orgs[0];
  await expect(page).toHaveURL(list(first, `/${made.id}`));
  await page.getByTestId("switch-org").click();
  await expect(page).toHaveURL(`/orgs/${made.id}/settings/organizations`);
  await expect(page.getByTestId("nav").locator(".org-menu .button")).toContainText("beta");
});

test("changes are marked until they are saved, and the navigation follows", async ({ tokens, api, first }) => {
  const page = await open(tokens, list(first, `/${first.org.id}`));
  const save = page.getByTestId("save-changes--button");
  await expect(save).toBeDisabled();
  await page.locator("#name").fill("our-org");
  await expect(page.getByText("1 change is not saved")).toBeVisible();
  await expect(page.locator("label[for=name]")).toHaveText("Name changed");
  await page.locator("#description").fill("Halls 1 to 4");
  await expect(page.getByText("2 changes are not saved")).toBeVisible();
  await save.click();
  await says(page, "The organization was changed");
  await expect(save).toBeDisabled();
  await expect(page.locator("label[for=name]")).toHaveText("Name");
  await expect(page.getByRole("heading", { name: "our-org" })).toBeVisible();
  await expect(page.getByTestId("nav").locator(".org-menu .button")).toContainText("our-org");
  expect((await api.get(`/api/v2/orgs/${first.org.id}`)).body).toMatchObject({ name: "our-org", description: "Halls 1 to 4" });
});

test("discarding brings back what is saved", async ({ tokens, first }) => {
  const page = await open(tokens, list(first, `/${first.org.id}`));
  await page.locator("#name").fill("our-org");
  await page.getByTestId("save-changes--button").click();
  await says(page, "The organization was changed");
  await page.locator("#name").fill("another");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.locator("#name")).toHaveValue("our-org");
  await expect(page.getByTestId("save-changes--button")).toBeDisabled();
});

test("leaving with unsaved changes asks once", async ({ tokens, first }) => {
  const page = await open(tokens, list(first, `/${first.org.id}`));
  await page.locator("#name").click();
  await page.locator("#name").pressSequentially("x");
  const asked: string[] = [];
  let leave = false;
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void (leave ? dialog.accept() : dialog.dismiss());
  });
  await page.getByTestId("nav-subitem-tokens").click();
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(page).toHaveURL(list(first, `/${first.org.id}`));
  await expect(page.getByText("1 change is not saved")).toBeVisible();
  leave = true;
  await page.getByTestId("nav-subitem-tokens").click();
  await expect(page).toHaveURL(tokens.address());
  expect(asked).toEqual(["beforeunload", "beforeunload"]);
});

test("going back with unsaved changes asks too", async ({ tokens, first }) => {
  const page = await open(tokens, list(first));
  await page.getByTestId(`org-name ${first.org.name}`).click();
  await expect(page).toHaveURL(list(first, `/${first.org.id}`));
  await page.locator("#name").pressSequentially("x");
  const asked: string[] = [];
  let leave = false;
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    void (leave ? dialog.accept() : dialog.dismiss());
  });
  await page.evaluate(() => history.back());
  await expect.poll(() => asked).toEqual(["You have unsaved changes. Leave without saving?"]);
  await expect(page).toHaveURL(list(first, `/${first.org.id}`));
  await expect(page.getByText("1 change is not saved")).toBeVisible();
  leave = true;
  await page.evaluate(() => history.back());
  await expect(page.getByTestId("org-list")).toBeVisible();
  await expect(page).toHaveURL(list(first));
  expect(asked).toHaveLength(2);
});

test("the question whether to delete keeps what was typed, and asks nothing more", async ({ tokens, first }) => {
  const page = await open(tokens, list(first, `/${first.org.id}`));
  await page.locator("#name").fill("typed");
  await page.getByTestId("delete-org--button").click();
  await expect(tokens.header).toHaveText("Delete my-org?");
  await page.keyboard.press("Escape");
  await expect(tokens.dialog).toHaveCount(0);
  await expect(page).toHaveURL(list(first, `/${first.org.id}`));
  await expect(page.locator("#name")).toHaveValue("typed");
});

test("one is deleted by typing its name", async ({ tokens, api, first }) => {
  const beta = await api.create("/api/v2/orgs", { name: "beta" });
  const { token } = await api.authorization(beta.id, "One");
  const page = await open(tokens, list(first));
  await (await menu(page, "beta")).getByTestId("context-delete-org").click();
  await expect(tokens.dialog).toContainText("2 buckets and 1 token are deleted with it.");
  const confirm = page.getByTestId("delete-org--confirm-button");
  await expect(page.getByTestId("delete-org--input")).toBeFocused();
  await expect(confirm).toBeDisabled();
  await page.getByTestId("delete-org--input").fill("bet");
  await expect(confirm).toBeDisabled();
  await page.getByTestId("delete-org--input").fill("beta");
  await expect(confirm).toHaveText("Delete beta");
  await confirm.click();
  await says(page, "The organization was deleted");
  await expect(row(page, "beta")).toHaveCount(0);
  await expect(page).toHaveURL(list(first));
  expect(await exists(api, beta.id)).toBe(false);
  expect((await api.with(token).get("/api/v2/me")).status).toBe(401);
});

test("deleting the current one leads to another, deleting the last to a new beginning", async ({ tokens, api, first }) => {
  const beta = await api.create("/api/v2/orgs", { name: "beta" });
  const page = await open(tokens, list(first, `/${first.org.id}`));
  await page.getByTestId("delete-org--button").click();
  await page.getByTestId("delete-org--input").fill("my-org");
  await page.getByTestId("delete-org--confirm-button").click();
  await expect(page).toHaveURL((url) => url.pathname === `/orgs/${beta.id}/load-data/tokens`);
  await says(page, "The organization was deleted");

  await open(tokens, `/orgs/${beta.id}/settings/organizations/${beta.id}/delete`);
  await page.getByTestId("delete-org--input").fill("beta");
  await page.getByTestId("delete-org--confirm-button").click();
  await expect(page.getByRole("heading", { name: "You belong to no organization" })).toBeVisible();
  await hydrated(page);
  await page.getByLabel("Name").fill("again");
  await page.getByTestId("create-org--confirm-button").click();
  await expect(page).toHaveURL(/\/orgs\/[0-9a-f]{16}\/load-data\/tokens/);
  await expect(page.getByTestId("nav").locator(".org-menu .button")).toContainText("again");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("one is created, renamed and deleted", async ({ page, tokens, api, first, expectRefusal }) => {
    expectRefusal(422);
    await page.goto(list(first));
    await page.getByTestId("create-org--button").click();
    await page.getByLabel("Name").fill("beta");
    await page.getByTestId("create-org--confirm-button").click();
    await expect(page.getByText("The organization was created")).toBeVisible();
    await page.locator("#name").fill("my-org");
    await page.locator("#description").fill("Kept");
    await page.getByTestId("save-changes--button").click();
    await expect(page.getByText("An organization with this name already exists.")).toBeVisible();
    await expect(page.locator("#description")).toHaveValue("Kept");
    await page.locator("#name").fill("gamma");
    await page.getByTestId("save-changes--button").click();
    await expect(page.getByText("The organization was changed")).toBeVisible();
    const { id } = (await api.get("/api/v2/orgs?org=gamma")).body.orgs[0];

    await page.getByTestId("delete-org--button").click();
    await page.getByTestId("delete-org--input").fill("beta");
    await page.getByTestId("delete-org--confirm-button").click();
    await expect(tokens.dialog).toContainText("Type the name: gamma");
    await page.getByTestId("delete-org--input").fill("gamma");
    await page.getByTestId("delete-org--confirm-button").click();
    await expect(page.getByText("The organization was deleted")).toBeVisible();
    await expect(names(page)).toHaveText(["my-org"]);
    expect(await exists(api, id)).toBe(false);
  });

  test("whoever has none left creates another, or signs out", async ({ page, tokens, first, expectRefusal }) => {
    expectRefusal(422);
    await page.goto(list(first, `/${first.org.id}/delete`));
    await page.getByTestId("delete-org--input").fill("my-org");
    await page.getByTestId("delete-org--confirm-button").click();
    await expect(page.getByRole("heading", { name: "You belong to no organization" })).toBeVisible();
    await expect(page.getByText("The organization was deleted")).toBeVisible();
    await page.getByLabel("Name").fill(" ");
    await page.getByTestId("create-org--confirm-button").click();
    await expect(page.getByText("Fill this in.")).toBeVisible();
    await page.getByLabel("Name").fill("again");
    await page.getByTestId("create-org--confirm-button").click();
    await expect(page.getByText("The organization was created")).toBeVisible();
    await expect(tokens.page).toHaveURL(/\/load-data\/tokens/);
  });

  test("the current one is switched", async ({ page, tokens, api, first }) => {
    const beta = await api.create("/api/v2/orgs", { name: "beta" });
    await page.goto(list(first));
    await (await menu(page, "beta")).getByTestId("context-switch-org").click();
    await expect(tokens.page).toHaveURL(`/orgs/${beta.id}/settings/organizations`);
    await expect(row(page, "beta")).toContainText("Current");
  });
});
