// Starting points for a custom token: templates, prefilled addresses, an existing token, and what was there before a reload.

import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, says, test, type Permission, type TokensPage } from "./console.ts";

const generate = (page: Page) => page.getByTestId("generate-token-overlay--buton");
const description = (page: Page) => page.getByTestId("custom-api-token-input");
const can = (page: Page) => page.getByTestId("token-can").getByRole("listitem");
const chip = (page: Page, word: string): Locator => page.getByTestId(`template-${word}`);
const gaps = (page: Page) => page.getByTestId("prefill-gaps").getByRole("listitem");

const dialog = "/generate/custom-api";

test("a template waits for its bucket, and takes it with one press", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await chip(page, "one-bucket").click();
  await expect(chip(page, "one-bucket")).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("heading", { name: "Pick a bucket" })).toBeVisible();
  await expect(page.locator("#why-disabled")).toHaveText("Pick a bucket.");
  await expect(page.getByTestId("search-widget")).toBeFocused();
  await expect(generate(page)).toBeDisabled();

  await tokens.box("Read bucket telemetry").check();
  await expect(tokens.box("Write bucket telemetry")).toBeChecked();
  await expect(can(page)).toHaveText(["Read from bucket telemetry", "Write to bucket telemetry"]);
  await expect(chip(page, "one-bucket")).toHaveAttribute("aria-pressed", "true");
});

test("a chip is let go of once a box differs, and taken up again with it", async ({ page, tokens, api, first }) => {
  await api.bucket(first.org.id, "archive");
  await tokens.open(dialog);
  await chip(page, "telegraf-writer").click();
  await tokens.box("Write bucket telemetry").check();
  await expect(chip(page, "telegraf-writer")).toHaveAttribute("aria-pressed", "true");
  await tokens.box("Write bucket archive").check();
  await expect(chip(page, "telegraf-writer")).toHaveAttribute("aria-pressed", "false");
  await tokens.box("Write bucket archive").uncheck();
  await expect(chip(page, "telegraf-writer")).toHaveAttribute("aria-pressed", "true");
});

test("a reader reads each bucket that is picked", async ({ page, tokens, api, first }) => {
  await api.bucket(first.org.id, "archive");
  await tokens.open(dialog);
  await chip(page, "grafana-reader").click();
  await tokens.box("Read bucket telemetry").check();
  await tokens.box("Read bucket archive").check();
  await expect(chip(page, "grafana-reader")).toHaveAttribute("aria-pressed", "true");
  await expect(can(page)).toHaveText(["Read from bucket archive", "Read from bucket telemetry"]);
});

test("a template of types opens their section, and what was ticked by hand comes back", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await tokens.box("Write bucket telemetry").check();
  await chip(page, "ci-deploy").click();
  await expect(tokens.box("Write Dashboards")).toBeVisible();
  await expect(tokens.box("Write Dashboards")).toBeChecked();
  await expect(generate(page)).toContainText("6 permissions");
  await page.getByTestId("notification--action").click();
  await expect(can(page)).toHaveText(["Write to bucket telemetry"]);
  await expect(tokens.box("Write Dashboards")).not.toBeChecked();
  await expect(chip(page, "ci-deploy")).toHaveAttribute("aria-pressed", "false");
});

test("from template to template nothing asks, for nothing was ticked by hand", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await chip(page, "ci-deploy").click();
  await chip(page, "read-everything").click();
  await expect(generate(page)).toContainText("22 permissions");
  await expect(page.getByTestId("notification--action")).toHaveCount(0);
  await chip(page, "read-everything").click();
  await expect(generate(page)).toBeDisabled();
  await expect(page.getByRole("checkbox", { checked: true, includeHidden: true })).toHaveCount(0);
});

test("a template is chosen by keys, and generates what it says", async ({ page, tokens, api }) => {
  await tokens.open(dialog);
  await chip(page, "read-everything").focus();
  await page.keyboard.press("Space");
  await expect(chip(page, "read-everything")).toHaveAttribute("aria-pressed", "true");
  await description(page).fill("Nightly");
  await generate(page).click();
  await tokens.newToken();
  const made = (await api.get("/api/v2/authorizations")).body.authorizations.find((one: { description: string }) => one.description === "Nightly");
  expect(made.permissions).toHaveLength(22);
  expect(made.permissions.every((one: Permission) => one.action === "read")).toBe(true);
});

test("an address fills the dialog in, tells what it could not, and a reload shows the same", async ({ page, tokens, first }) => {
  const address = `${dialog}?perPage=10&read=buckets/telemetry&write=buckets/${first.bucket.id}&write=buckets/nope&read=tasks&description=Wall`;
  await tokens.open(address);
  for (let time = 1; time <= 2; time++) {
    await expect(tokens.box("Read bucket telemetry")).toBeChecked();
    await expect(tokens.box("Write bucket telemetry")).toBeChecked();
    await expect(tokens.box("Read Tasks")).toBeChecked();
    await expect(description(page)).toHaveValue("Wall");
    await expect(gaps(page)).toHaveText(["There is no “nope” among the buckets that you can see."]);
    await page.reload();
    await hydrated(page);
  }
  await page.getByTestId("cancel-token-overlay--buton").click();
  await expect(page).toHaveURL(tokens.address("?perPage=10"));
});

test("a pasted token leaves the address", async ({ page, tokens, first }) => {
  await tokens.open(`${dialog}?description=${first.auth.token}`);
  await expect(description(page)).toBeVisible();
  expect(page.url()).not.toContain(first.auth.token);
  expect(await page.content()).not.toContain(first.auth.token);
});

async function collector(tokens: TokensPage, create: (permissions: Permission[]) => Promise<{ id: string }>, bucket: string, org: string): Promise<string> {
  const { id } = await create([
    { action: "write", resource: { type: "buckets", id: bucket, orgID: org } },
    { action: "read", resource: { type: "tasks", orgID: org } },
  ]);
  await tokens.open(`/${id}`);
  return id;
}

test("a clone is changed before it is made: from the drawer and from the question", async ({ page, tokens, api, first }) => {
  const create = (permissions: Permission[]) => api.authorization(first.org.id, "Collector", { permissions });
  const id = await collector(tokens, create, first.bucket.id, first.org.id);
  await page.getByTestId("details-clone-with-changes").click();
  await expect(page).toHaveURL(tokens.address(`${dialog}?from=${id}`));
  await expect(tokens.box("Write bucket telemetry")).toBeChecked();
  await expect(tokens.box("Read Tasks")).toBeChecked();
  await expect(description(page)).toHaveValue(/^Collector \(cloned at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/);

  await tokens.box("Read Tasks").uncheck();
  await generate(page).click();
  await tokens.newToken();
  const made = (await api.get("/api/v2/authorizations")).body.authorizations.find((one: { description: string }) => one.description.startsWith("Collector (cloned"));
  expect(made.permissions).toHaveLength(1);

  await tokens.open(`/${id}/clone`);
  await page.getByTestId("clone-with-changes").click();
  await expect(page).toHaveURL(tokens.address(`${dialog}?from=${id}`));
});

test("what boxes cannot say of the original is told", async ({ page, tokens, first }) => {
  await tokens.open(`${dialog}?from=${first.auth.id}`);
  await expect(gaps(page)).toHaveText(["The original has access to every organization, the new token only to this one."]);
  await expect(generate(page)).toContainText("44 permissions");
});

test("what was entered outlives a reload, and not the dialog", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await description(page).fill("Half done");
  await tokens.box("Read bucket telemetry").check();
  await page.reload();
  await hydrated(page);
  await expect(description(page)).toHaveValue("Half done");
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  await expect(page.getByTestId("draft-restored")).toBeVisible();

  await page.getByTestId("cancel-token-overlay--buton").click();
  await expect(tokens.dialog).toHaveCount(0);
  await tokens.open(dialog);
  await expect(tokens.box("Read bucket telemetry")).toBeVisible();
  await expect(tokens.box("Read bucket telemetry")).not.toBeChecked();
  await expect(description(page)).toHaveValue("");
});

test("what was entered is gone once the token is there, and a token is never kept", async ({ page, tokens, first }) => {
  await tokens.open(dialog);
  const kept = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  await description(page).fill(`for ${first.auth.token}`);
  await tokens.box("Read bucket telemetry").check();
  await expect.poll(kept).toContain("jeton.custom.");
  expect(await kept()).not.toContain(first.auth.token);
  await description(page).fill("Wall");
  await generate(page).click();
  await tokens.newToken();
  await expect.poll(kept).not.toContain("jeton.custom.");
});

test("one begins anew after a reload", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await chip(page, "ci-deploy").click();
  await page.reload();
  await hydrated(page);
  await expect(chip(page, "ci-deploy")).toHaveAttribute("aria-pressed", "true");
  await page.getByTestId("draft-restored").getByRole("button", { name: "Start over" }).click();
  await expect(generate(page)).toBeDisabled();
  await expect(page.getByTestId("draft-restored")).toHaveCount(0);
});

test("an action in a notification is Undo, above the dialog", async ({ page, tokens }) => {
  await tokens.open(dialog);
  await tokens.box("Read bucket telemetry").check();
  await chip(page, "read-everything").click();
  await says(page, "“Read everything” replaced your selection");
  await expect(page.getByTestId("notification--action")).toHaveText("Undo");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("chips are links that keep the state of the list", async ({ page, tokens, api, first }) => {
    await tokens.open(`${dialog}?perPage=10`);
    await chip(page, "telegraf-writer").click();
    await expect(page).toHaveURL((url) => url.searchParams.get("template") === "telegraf-writer" && url.searchParams.get("perPage") === "10");
    await expect(page.getByRole("heading", { name: "Pick a bucket" })).toBeVisible();
    await expect(chip(page, "telegraf-writer")).toHaveAttribute("aria-current", "true");
    await tokens.box("Write bucket telemetry").check();
    await description(page).fill("Agent");
    await generate(page).click();
    await tokens.newToken();
    const made = (await api.get("/api/v2/authorizations")).body.authorizations.find((one: { description: string }) => one.description === "Agent");
    expect(made.permissions).toEqual([expect.objectContaining({ action: "write", resource: expect.objectContaining({ type: "buckets", id: first.bucket.id }) })]);
  });

  test("a template and an address fill the dialog in", async ({ page, tokens }) => {
    await tokens.open(`${dialog}?template=ci-deploy&read=buckets/nope&description=Deploy`);
    await expect(tokens.box("Write Dashboards")).toBeChecked();
    await expect(description(page)).toHaveValue("Deploy");
    await expect(gaps(page)).toHaveCount(1);
    await generate(page).click();
    await tokens.newToken();
  });

  test("a clone is changed before it is made", async ({ page, tokens, api, first }) => {
    const { id } = await api.authorization(first.org.id, "Collector");
    await tokens.open(`/${id}/clone`);
    await page.getByTestId("clone-with-changes").click();
    await expect(description(page)).toHaveValue(/^Collector \(cloned at /);
    await expect(tokens.box("Read Tasks")).toBeChecked();
  });
});
