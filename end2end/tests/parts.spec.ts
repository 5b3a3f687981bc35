import { expect, hydrated, test } from "./console.ts";

test("a part of the console that does not come is told in words, and comes at the next try", async ({ browser, context, tokens }) => {
  await tokens.open();
  // Another window, for the browser complains of what it could not fetch.
  const other = await browser.newContext({ storageState: await context.storageState() });
  const page = await other.newPage();
  await page.goto(tokens.page.url());
  await hydrated(page);
  await page.route("**/pkg/split_token_dialogs.*.wasm", (route) => route.abort());
  await page.getByTestId(/^token-name /).first().click();
  await expect(page.getByRole("alert").filter({ hasText: "This part of the console could not be loaded." })).toBeVisible();
  await page.unroute("**/pkg/split_token_dialogs.*.wasm");
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("dialog")).toBeVisible();
  await other.close();
});

test("the list of tokens loads none of the parts for its dialogs and for other pages", async ({ page, tokens }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await tokens.open();
  expect(loaded.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);
});
