import { expect, test } from "./console.ts";

test("a part of the console that does not come is told in words, and comes at the next try", async ({ page, tokens }) => {
  await tokens.open();
  await page.route("**/pkg/split_token_dialogs.*.wasm", (route) => route.abort());
  await tokens.names().first().click();
  await expect(page.getByRole("alert").filter({ hasText: "This part of the console could not be loaded." })).toBeVisible();
  await page.unroute("**/pkg/split_token_dialogs.*.wasm");
  await page.reload();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("the list of tokens loads none of the parts for its dialogs and for other pages", async ({ page, tokens }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await tokens.open();
  expect(loaded.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);
});
