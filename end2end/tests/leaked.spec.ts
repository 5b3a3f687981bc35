// Leaked tokens: pasted into a box, deactivated, and shown nowhere.

import type { Page } from "@playwright/test";
import { type Api, expect, says, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

interface Leak {
  token: string;
  log: string;
}

/** A token, and a log that it leaked into, with a damaged one beside it. */
async function leak(api: Api, first: FirstRun): Promise<Leak> {
  const { token } = await api.authorization(first.org.id, "Leaky");
  const damaged = token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
  return { token, log: `GET /query 200\nAuthorization: Token ${token}\n{"token":"${damaged}"}\nnothing here` };
}

const input = (page: Page) => page.getByTestId("leaked--input");
const report = (page: Page) => page.getByTestId("leaked--report").click();

async function isReported(page: Page, tokens: TokensPage, { token }: Leak): Promise<void> {
  const result = page.getByTestId("leaked--result");
  await expect(result).toContainText("1 token was deactivated.");
  await expect(page.getByTestId("leaked--deactivated")).toContainText(token.slice(0, 8));
  await expect(page.getByTestId("leaked--deactivated")).toContainText("line 2");
  await expect(page.getByTestId("leaked--damaged")).toContainText("line 3");
  await expect(input(page)).toHaveValue("");
  expect(await page.content()).not.toContain(token.slice(8, -1));
  expect(page.url()).toContain(tokens.address("/leaked"));
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled });

    test("what leaked is deactivated, and the box is empty again", async ({ page, tokens, api, first }) => {
      const leaked = await leak(api, first);
      expect(await api.with(leaked.token).status()).toBe(200);
      await tokens.open();
      await page.getByRole("link", { name: "Report leaked tokens" }).click();
      await expect(tokens.header).toHaveText(/Report leaked tokens/);
      await input(page).fill(leaked.log);
      await report(page);
      await isReported(page, tokens, leaked);
      expect(await api.with(leaked.token).status()).toBe(401);

      await input(page).fill(leaked.token);
      await report(page);
      await expect(page.getByTestId("leaked--alreadyDead")).toContainText("was already refused");
      await page.getByTestId("button--cancel").click();
      await expect(tokens.row("Leaky")).toContainText("Leaked");
      await expect(tokens.row("Leaky").getByRole("switch")).toHaveCount(0);
    });

    test("a text without tokens says so, and one with too much in it names the limit", async ({ page, tokens, expectRefusal }) => {
      expectRefusal(422);
      await tokens.open("/leaked");
      await input(page).fill("nothing of interest");
      await report(page);
      await expect(page.getByTestId("leaked--result")).toContainText("No token was found.");
      await input(page).fill(Array.from({ length: 10_001 }, (_, number) => `word${number}`).join(" "));
      await report(page);
      await expect(page.getByRole("alert")).toContainText("A report may contain at most 10000 different words");
    });
  });
}

test("nothing of what was pasted is kept by the browser", async ({ page, tokens, api, first }) => {
  const leaked = await leak(api, first);
  await tokens.open("/leaked");
  await input(page).fill(leaked.log);
  await report(page);
  await says(page, "1 token was deactivated");
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href, history.state]));
  expect(kept).not.toContain(leaked.token.slice(8));
  await page.reload();
  await expect(input(page)).toHaveValue("");
});
