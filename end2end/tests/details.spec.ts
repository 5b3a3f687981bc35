// The drawer: every fact about a token, what it means, and what the token could do.

import type { Page } from "@playwright/test";
import { type Api, clipboard, expect, type Permission, test, type TokensPage } from "./console.ts";
import type { FirstRun } from "./server.ts";

const facts = (page: Page) => page.locator(".facts");
const answer = (page: Page) => page.getByTestId("what-if-answer");

async function collector(api: Api, first: FirstRun, status = "active"): Promise<string> {
  const org = first.org.id;
  const permissions: Permission[] = [
    { action: "write", resource: { type: "buckets", id: first.bucket.id, orgID: org } },
    { action: "read", resource: { type: "buckets", id: first.bucket.id, orgID: org } },
    { action: "read", resource: { type: "buckets", orgID: org } },
  ];
  return (await api.authorization(org, "Collector", { permissions, status })).id;
}

async function ask(page: Page, action: string, kind: string, thing: string): Promise<void> {
  const form = page.getByRole("form", { name: "What could this token do?" });
  await form.getByLabel("Action").selectOption(action);
  await form.getByLabel("Resource type").selectOption(kind);
  await form.getByLabel("Name or ID").fill(thing);
  await form.getByTestId("what-if-ask").click();
}

const unfold = (page: Page, testid: string) => page.getByTestId(testid).locator("summary").click();

test("every fact is there, and no hash", async ({ page, tokens, api, first }) => {
  const id = await collector(api, first);
  await tokens.open(`/${id}`);
  for (const fact of [id, first.user.id, first.org.id, "my-org", "alice", "Active", "by alice", "jtn_"]) {
    await expect(facts(page)).toContainText(fact);
  }
  expect(await page.content()).not.toContain("influxdb2-sha256");
});

test("the status follows the switch", async ({ page, tokens, api, first }) => {
  await tokens.open(`/${await collector(api, first)}`);
  await page.getByTestId("custom-api-token-toggle").click();
  await expect(facts(page)).toContainText("Inactive: its token is refused until it is activated");
});

test("permissions are a table, a text to copy, and sentences", async ({ page, tokens, api, first, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await tokens.open(`/${await collector(api, first)}`);
  const org = first.org.id;
  const one = `orgs/${org}/buckets/${first.bucket.id}`;
  await expect(tokens.dialog.getByRole("row", { name: /Bucket telemetry/ })).toHaveText(/yes\s*yes/);

  await unfold(page, "permissions-text");
  await page.getByRole("button", { name: "Copy the permissions" }).click();
  await expect.poll(() => clipboard(page)).toBe(`write:${one}\nread:${one}\nread:orgs/${org}/buckets`);

  await unfold(page, "permissions-implied");
  const implied = page.getByTestId("permissions-implied");
  await expect(implied).toContainText("Write to bucket telemetry");
  await expect(implied).toContainText("Read all buckets in my-org");
  await expect(implied.locator(".covered").getByRole("listitem")).toHaveText([`read:${one} is covered by read:orgs/${org}/buckets`]);
});

async function opened(tokens: TokensPage, id: string): Promise<void> {
  await tokens.open(`/${id}?perPage=10`);
  await unfold(tokens.page, "what-if");
}

test("what it could do is answered in place, with the permission that decides", async ({ page, tokens, api, first }) => {
  const id = await collector(api, first);
  await opened(tokens, id);
  await page.evaluate(() => Object.assign(window, { stays: true }));
  await ask(page, "write", "buckets", "telemetry");
  const one = `orgs/${first.org.id}/buckets/${first.bucket.id}`;
  await expect(answer(page)).toHaveText(`Yes. It may write bucket telemetry: write:${one} permits it.`);
  await expect(page).toHaveURL(tokens.address(`/${id}?perPage=10&can=write&type=buckets&id=telemetry`));

  await ask(page, "write", "buckets", "");
  await expect(answer(page)).toHaveText(`No. It may not write all buckets: it lacks write:orgs/${first.org.id}/buckets.`);
  await ask(page, "read", "buckets", "nope");
  await expect(answer(page)).toHaveText("Unknown. There is no “nope” among the buckets that you can see.");
  expect(await page.evaluate(() => "stays" in window), "nothing reloaded").toBe(true);

  await page.goBack();
  await expect(answer(page)).toContainText("it lacks");
  await page.reload();
  await expect(answer(page)).toContainText("it lacks");
});

test("an inactive token may nothing, and it is said what it could", async ({ page, tokens, api, first }) => {
  await opened(tokens, await collector(api, first, "inactive"));
  await ask(page, "read", "buckets", "telemetry");
  await expect(answer(page)).toContainText("No. It may not read bucket telemetry because it is inactive. Otherwise");
});

test("names are offered to choose from", async ({ page, tokens, api, first }) => {
  await opened(tokens, await collector(api, first));
  await page.getByLabel("Name or ID").focus();
  await expect(page.locator("#what-if-names option")).toHaveCount(3);
  await page.getByLabel("Resource type").selectOption("tasks");
  await expect(page.locator("#what-if-names option")).toHaveCount(0);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the question is asked, and its address shared", async ({ page, tokens, api, first }) => {
    const id = await collector(api, first);
    await opened(tokens, id);
    await ask(page, "write", "buckets", "telemetry");
    await expect(page).toHaveURL((url) => url.searchParams.get("can") === "write" && url.searchParams.get("perPage") === "10");
    await expect(answer(page)).toContainText("Yes.");
    await tokens.open(`/${id}?can=read&type=tasks`);
    await expect(answer(page)).toContainText("it lacks");
  });

  test("text and sentences unfold", async ({ page, tokens, api, first }) => {
    await tokens.open(`/${await collector(api, first)}`);
    await unfold(page, "permissions-text");
    await expect(page.getByTestId("permissions-text")).toContainText(`read:orgs/${first.org.id}/buckets`);
    await unfold(page, "permissions-implied");
    await expect(page.getByTestId("permissions-implied")).toContainText("Everything else is refused.");
  });
});
