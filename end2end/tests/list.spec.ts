// The list: everything it shows stands in the address.

import { type Api, expect, hydrated, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

async function tasks(api: Api, first: FirstRun, names: string[]): Promise<void> {
  for (const name of names) await api.authorization(first.org.id, name);
}

const numbered = (count: number) => Array.from({ length: count }, (_, number) => `token ${String(number + 1).padStart(2, "0")}`);

const pager = (tokens: TokensPage) => tokens.page.getByTestId("pagination-nav");

test("an empty list says what to do", async ({ page, tokens, api, first }) => {
  await tokens.open();
  await (await tokens.menu("alice's Token")).getByTestId("context-delete-menu--button").click();
  await page.getByTestId("context-delete-menu--confirm-button").click();
  const empty = page.getByTestId("empty-state");
  await expect(empty).toContainText("There are no API tokens in my-org yet");
  await expect(tokens.filter).toBeDisabled();
  await empty.getByTestId("dropdown-button--gen-token").click();
  await empty.getByTestId("dropdown-item generate-token--all-access").click();
  await expect(tokens.header).toHaveText("Generate All Access API Token");
  expect((await api.get(`/api/v2/authorizations?orgID=${first.org.id}`)).status, "the deleted token was the API's own").toBe(401);
});

test("the filter looks at description, owner, prefix, id and permissions", async ({ page, tokens, api, first }) => {
  const bob = await api.create("/api/v2/users", { name: "bob" });
  await api.create(`/api/v2/orgs/${first.org.id}/members`, { id: bob.id });
  await api.authorization(first.org.id, "Weather station");
  await api.authorization(first.org.id, "Nightly job", { userID: bob.id });
  const reader = await api.authorization(first.org.id, "Reader", { permissions: [{ action: "read", resource: { type: "buckets", id: first.bucket.id, orgID: first.org.id } }] });
  await tokens.open();
  await expect(tokens.rows()).toHaveCount(4);
  const finds = { "weather STAT": ["Weather station"], bob: ["Nightly job"], [reader.token.slice(0, 8)]: ["Reader"], [reader.id]: ["Reader"], telemetry: ["Reader"] };
  for (const [text, names] of Object.entries(finds)) {
    await tokens.filter.fill(text);
    await expect(tokens.names(), text).toHaveText(names);
    await expect(page).toHaveURL((url) => url.searchParams.get("searchTerm") === text);
  }
  await expect(page.locator(".list-count")).toHaveText("1 of 4 tokens");
  await page.getByRole("link", { name: "Clear filter" }).click();
  await expect(tokens.rows()).toHaveCount(4);
  await expect(tokens.filter).toHaveValue("");
  await expect(page).toHaveURL(tokens.address());
});

test("a filter that finds nothing says so and can be cleared", async ({ page, tokens }) => {
  await tokens.open();
  await tokens.filter.fill("ॐ");
  const empty = page.getByTestId("empty-state");
  await expect(empty).toContainText("No tokens match “ॐ”");
  await empty.getByRole("link", { name: "Clear filter" }).click();
  await expect(tokens.names()).toHaveText(["alice's Token"]);
});

test("only active, or only inactive tokens are shown", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Awake");
  await api.authorization(first.org.id, "Asleep", { status: "inactive" });
  await tokens.open();
  await page.getByTestId("status-filter--button").click();
  await page.getByTestId("status-filter--inactive").click();
  await expect(tokens.names()).toHaveText(["Asleep"]);
  await expect(page).toHaveURL(tokens.address("?status=inactive"));
  await page.getByTestId("status-filter--button").click();
  await page.getByTestId("status-filter--active").click();
  await expect(tokens.names()).toHaveText(["alice's Token", "Awake"]);
  await page.getByTestId("status-filter--button").click();
  await page.getByTestId("status-filter--all").click();
  await expect(tokens.rows()).toHaveCount(3);
});

test("the list is sorted in six ways", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Zebra");
  await api.authorization(first.org.id, "apple", { status: "inactive" });
  await api.authorization(first.org.id, "Mango");
  await tokens.open();
  const [operator, zebra, apple, mango] = ["alice's Token", "Zebra", "apple", "Mango"];
  await expect(tokens.names()).toHaveText([operator, apple, mango, zebra]);
  const orders: [string, string, string[]][] = [
    ["description-desc", "Description (Z → A)", [zebra, mango, apple, operator]],
    ["createdAt-asc", "Date Created (Oldest)", [operator, zebra, apple, mango]],
    ["createdAt-desc", "Date Created (Newest)", [mango, apple, zebra, operator]],
    ["description-asc", "Description (A → Z)", [operator, apple, mango, zebra]],
  ];
  const choose = async (key: string, label: string) => {
    await page.getByTestId("resource-sorter--button").click();
    await page.getByTestId(`resource-sorter--${key}`).click();
    await expect(page.getByTestId("resource-sorter--button")).toContainText(label);
  };
  for (const [key, label, names] of orders) {
    await choose(key, label);
    await expect(tokens.names(), label).toHaveText(names);
  }
  await choose("status-asc", "Status (Active)");
  await expect(tokens.names().last()).toHaveText(apple);
  await choose("status-desc", "Status (Inactive)");
  await expect(tokens.names().first()).toHaveText(apple);
  await expect(page).toHaveURL(tokens.address("?sortKey=status&sortDirection=desc"));
});

test("a column's name sorts by it, and turns the order round", async ({ page, tokens, api, first }) => {
  await tasks(api, first, ["Zebra", "Mango"]);
  await tokens.open();
  const created = page.getByRole("columnheader", { name: "Created" });
  await created.getByRole("link").click();
  await expect(tokens.names()).toHaveText(["alice's Token", "Zebra", "Mango"]);
  await expect(created).toHaveAttribute("aria-sort", "ascending");
  await created.getByRole("link").click();
  await expect(tokens.names()).toHaveText(["Mango", "Zebra", "alice's Token"]);
  await expect(created).toHaveAttribute("aria-sort", "descending");
});

test("there are pages of 25 rows, or of another size", async ({ page, tokens, api, first }) => {
  await tasks(api, first, numbered(29));
  await tokens.open();
  await expect(tokens.rows()).toHaveCount(25);
  await expect(pager(tokens)).toContainText("1–25 of 30");
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(tokens.rows()).toHaveCount(5);
  await expect(pager(tokens)).toContainText("26–30 of 30");
  await expect(page).toHaveURL(tokens.address("?page=2"));
  await expect(page.getByRole("link", { name: "Page 2" })).toHaveAttribute("aria-current", "page");

  await page.getByTestId("page-size--button").click();
  await page.getByRole("link", { name: "10 per page" }).click();
  await expect(tokens.rows()).toHaveCount(10);
  await expect(page).toHaveURL(tokens.address("?perPage=10"));
  await expect(page.getByTestId("pagination-item")).toHaveText(["1", "2", "3"]);
  await page.getByRole("link", { name: "Page 3" }).click();
  await expect(tokens.names().last()).toHaveText("token 29");
  await expect(page).toHaveURL(tokens.address("?page=3&perPage=10"));
  await page.goBack();
  await expect(tokens.names().first()).toHaveText("alice's Token");
  await page.goForward();
  await expect(tokens.names().last()).toHaveText("token 29");
});

test("a page that there is not leads to the last one", async ({ tokens, api, first }) => {
  await tasks(api, first, ["one"]);
  await tokens.open("?page=99");
  await expect(tokens.rows()).toHaveCount(2);
});

test("going back before the script has taken over shows what was gone back to", async ({ page, tokens }) => {
  await tokens.open();
  await page.getByTestId("token-name alice's Token").click();
  await expect(tokens.header).toContainText("alice's Token");
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await released;
    await route.continue();
  });
  await page.reload();
  await page.goBack();
  release();
  await hydrated(page);
  await expect(tokens.dialog).toHaveCount(0);
  await expect(page).toHaveURL(tokens.address());
  await expect(tokens.names()).toHaveText(["alice's Token"]);
});

test("a page that was left while a part of its script comes is not taken over any more", async ({ page, tokens }) => {
  await page.addInitScript(() => {
    const listen = window.addEventListener.bind(window);
    window.addEventListener = (type: string, ...rest: [EventListenerOrEventListenerObject, (boolean | AddEventListenerOptions)?]) => {
      if (type === "popstate") document.documentElement.dataset.listens = "";
      listen(type, ...rest);
    };
  });
  await tokens.open();
  await page.getByTestId("token-name alice's Token").click();
  await expect(tokens.header).toContainText("alice's Token");
  const part = /split_token_dialogs.*\.wasm$/;
  let bringPart = () => {};
  const partMayCome = new Promise<void>((resolve) => (bringPart = resolve));
  await page.route(part, async (route) => {
    await partMayCome;
    await route.continue();
  });
  await page.reload();
  await page.locator("html[data-listens]").waitFor({ state: "attached" });
  let bringPage = () => {};
  const pageMayCome = new Promise<void>((resolve) => (bringPage = resolve));
  await page.route(tokens.address(), async (route) => {
    await pageMayCome;
    await route.continue();
  });
  const asked = page.waitForRequest((request) => request.isNavigationRequest());
  await page.evaluate(() => history.back());
  await asked;
  // The page that is left gets all it waits for before the other comes.
  const came = page.waitForResponse(part);
  bringPart();
  await (await came).finished();
  bringPage();
  await hydrated(page);
  await expect(tokens.dialog).toHaveCount(0);
  await expect(page).toHaveURL(tokens.address());
  await expect(tokens.names()).toHaveText(["alice's Token"]);
});

test("a link that is pressed while the script takes over the page leads where it says", async ({ page, tokens }) => {
  // The script takes over in tasks, one after the other: the second one and what follows do not come.
  await page.addInitScript(() => {
    if (sessionStorage.getItem("stopped") !== null) return;
    sessionStorage.setItem("stopped", "");
    const plan = window.setTimeout;
    let tasks = 0;
    window.setTimeout = ((task: TimerHandler, after?: number) => {
      if (after !== 0 || ++tasks < 2) return plan(task, after);
      document.documentElement.dataset.stopped = "";
      return 0;
    }) as typeof window.setTimeout;
  });
  await page.goto(tokens.address());
  await page.locator("html[data-stopped]").waitFor({ state: "attached" });
  await page.getByTestId("token-name alice's Token").click();
  await hydrated(page);
  await expect(tokens.header).toContainText("alice's Token");
  await page.keyboard.press("Escape");
  await expect(tokens.names()).toHaveText(["alice's Token"]);
});

test("back and reload show the same", async ({ page, tokens, api, first }) => {
  await tasks(api, first, numbered(30));
  const state = "?page=2&perPage=10&sortKey=description&sortDirection=desc&searchTerm=token+";
  await tokens.open(state);
  const names = ["token 20", "token 19", "token 18", "token 17", "token 16", "token 15", "token 14", "token 13", "token 12", "token 11"];
  await expect(tokens.names()).toHaveText(names);
  await page.getByTestId("token-name token 15").click();
  await expect(tokens.header).toContainText("token 15");
  await page.reload();
  await expect(tokens.header).toContainText("token 15");
  await expect(tokens.names()).toHaveText(names);
  await page.goBack();
  await expect(tokens.dialog).toHaveCount(0);
  await expect(tokens.names()).toHaveText(names);
  await page.reload();
  await expect(tokens.names()).toHaveText(names);
  await expect(tokens.filter).toHaveValue(/^token ?$/);
});

test("every dialog has an address", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Linked");
  const dialogs = {
    "/generate/all-access": "Generate All Access API Token",
    "/generate/custom-api": "Generate a Custom API Token",
    [`/${id}`]: "Linked",
    [`/${id}/clone`]: "Clone “Linked”?",
    [`/${id}/delete`]: "Delete “Linked”?",
  };
  for (const [rest, header] of Object.entries(dialogs)) {
    await tokens.open(`${rest}?searchTerm=Linked`);
    await expect(tokens.header).toContainText(header);
    await expect(tokens.dialog).toHaveJSProperty("open", true);
    await page.keyboard.press("Escape");
    await expect(tokens.dialog).toHaveCount(0);
    await expect(page).toHaveURL(tokens.address("?searchTerm=Linked"));
    await expect(tokens.names()).toHaveText(["Linked"]);
  }
  await tokens.open(`/${id}/edit`);
  await expect(page.getByTestId("custom-api-token-input")).toHaveValue("Linked");
  await tokens.open(`/${id}/rename`);
  await expect(page.getByTestId("resource-editable-name--input")).toHaveValue("Linked");
});

test("back closes a dialog, forward opens it again", async ({ page, tokens }) => {
  await tokens.open();
  await page.getByTestId("token-name alice's Token").click();
  await expect(tokens.header).toContainText("alice's Token");
  await page.goBack();
  await expect(tokens.dialog).toHaveCount(0);
  await page.goForward();
  await expect(tokens.header).toContainText("alice's Token");
});

test("the address of a token that is not there says so", async ({ tokens, expectRefusal }) => {
  expectRefusal(404);
  await tokens.open("/0000000000000001");
  await expect(tokens.header).toContainText("There is no such token");
  await tokens.dialog.getByRole("link", { name: "Back to the list" }).click();
  await expect(tokens.dialog).toHaveCount(0);
  await expect(tokens.row("alice's Token")).toBeVisible();
});

test("a token that is pasted into the filter never reaches an address", async ({ page, tokens, api, first }) => {
  const pasted = [first.auth.token, (await api.authorization(first.org.id, "Pasted")).token, `${"A".repeat(86)}==`];
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
  await tokens.open();
  for (const token of pasted) {
    await tokens.filter.fill(token);
    await expect(page).toHaveURL((url) => url.searchParams.get("searchTerm") === token.slice(0, token.startsWith("jtn_") ? 8 : 4));
  }
  await expect(tokens.filter).toHaveValue("AAAA");
  await tokens.filter.fill(pasted[1]!);
  await expect(tokens.names()).toHaveText(["Pasted"]);
  expect(asked.filter((text) => pasted.some((token) => text.includes(token)))).toEqual([]);
  expect(await page.evaluate(() => history.length)).toBeLessThan(5);
});

test("whoever is in several organizations changes between them", async ({ page, tokens, api }) => {
  await api.create("/api/v2/orgs", { name: "another" });
  await tokens.open();
  const menu = page.locator(".org-menu.in-nav");
  await menu.locator("summary").click();
  await menu.getByRole("link", { name: "another" }).click();
  await expect(page).toHaveTitle("API Tokens | Load Data | another | Jeton");
  await expect(page.getByTestId("empty-state")).toContainText("There are no API tokens in another yet");
});

test("the title of the page names the organization", async ({ page, tokens }) => {
  await tokens.open();
  await expect(page).toHaveTitle("API Tokens | Load Data | my-org | Jeton");
  await expect(page.getByTestId("load-data--header")).toHaveText("Load Data");
  await expect(page.getByTestId("tokens--tab")).toHaveText("API Tokens");
});

test("the theme that is chosen stays: the button is the other of light and dark", async ({ page, tokens }) => {
  await tokens.open();
  const html = page.locator("html");
  const theme = page.getByRole("form", { name: "Theme" }).getByRole("button");
  for (const [now, next] of [["dark", "light"], ["light", "dark"]] as const) {
    await theme.click();
    await expect(html).toHaveAttribute("data-theme", now);
    await page.reload();
    await expect(html).toHaveAttribute("data-theme", now);
    await expect(theme).toHaveAttribute("value", next);
    await hydrated(page);
  }
});

test("on every list, how many there are stands below the filter and the buttons", async ({ page, tokens, first }) => {
  await tokens.open();
  for (const path of ["load-data/tokens", "load-data/buckets", "settings/members", "settings/users", "settings/organizations"]) {
    await page.goto(`/orgs/${first.org.id}/${path}`);
    const filter = (await page.locator(".toolbar > .filter").boundingBox())!;
    const count = (await page.locator(".toolbar .list-count").boundingBox())!;
    expect(count.y, path).toBeGreaterThanOrEqual(filter.y + filter.height);
    expect(count.x, path).toBe(filter.x);
  }
});

test("an open menu keeps the dots of its button", async ({ page, tokens }) => {
  await tokens.open();
  const menu = await tokens.menu("alice's Token");
  await expect(menu).toBeVisible();
  // They are drawn by a pseudo-element, and another one closes the menu.
  const dots = (pseudo: string) => page.getByTestId("context-menu-token").evaluate((button, of) => {
    const { width, height, backgroundImage, position } = getComputedStyle(button, of);
    return { width, height, position, drawn: backgroundImage !== "none" };
  }, pseudo);
  expect(await dots("::after")).toEqual({ width: "16px", height: "16px", position: "static", drawn: true });
  expect(await dots("::before")).toMatchObject({ position: "fixed", drawn: false });
});
