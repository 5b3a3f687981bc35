// Below a path of a host: a reverse proxy in front removes the path from requests, and everything happens below it.

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { Api, TokensPage, expect, hydrated, says, signIn, test as base } from "./console.ts";

const PATH = "/jeton";

const test = base.extend<{ site: string }>({
  // The URL in browsers, without a slash at the end.
  site: async ({ server }, use) => {
    const { hostname, port } = new URL(server.url);
    const proxy = createServer((asked, answer) => {
      if (!asked.url?.startsWith(`${PATH}/`)) {
        answer.writeHead(404).end();
        return;
      }
      const path = asked.url.slice(PATH.length);
      const passed = request({ hostname, port, path, method: asked.method, headers: asked.headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      passed.on("error", () => answer.destroy());
      asked.pipe(passed);
    });
    await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
    await use(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}${PATH}`);
    proxy.closeAllConnections();
    await new Promise((closed) => proxy.close(closed));
  },
});

// The port of the proxy is not known yet, and addresses of pages do not contain it.
test.use({ serverArgs: ["--public-url", `http://127.0.0.1${PATH}`] });

test("someone signs in, generates a token and finds it again", async ({ page, context, site, server, first }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url()));
  const list = `${site}/orgs/${first.org.id}/load-data/tokens`;
  const tokens = new TokensPage(page, first.org.id, true);
  await page.goto(list);
  await expect(page).toHaveURL(`${site}/sign-in?to=${encodeURIComponent(new URL(list).pathname)}`);
  await hydrated(page);
  await signIn(page);
  await expect(page).toHaveURL(list);
  await hydrated(page);
  const [session] = (await context.cookies(`${site}/`)).filter((cookie) => cookie.name === "jeton");
  expect(session?.path).toBe(`${PATH}/`);

  await page.getByTestId("dropdown-button--gen-token").first().click();
  await page.getByTestId("dropdown-item generate-token--all-access").first().click();
  await expect(page).toHaveURL(`${list}/generate/all-access`);
  await page.getByTestId("all-access-token-input").fill("Backup job");
  await page.getByTestId("button--save").click();
  await says(page, "API token was created successfully");
  const token = await tokens.newToken();
  await page.getByTestId("button-copy").click();
  await says(page, "API token has been copied to clipboard");
  await tokens.saved();
  await expect(tokens.row("Backup job")).toBeVisible();
  const there = { ...server, api: (path: string, init?: RequestInit) => fetch(site + path, init) };
  expect(await new Api(there, token, first.org.id).status()).toBe(200);

  await page.getByTestId("buckets--tab").click();
  await expect(page).toHaveURL(`${site}/orgs/${first.org.id}/load-data/buckets`);
  await expect(page.getByTestId("bucket-card telemetry")).toBeVisible();
  await page.goBack();
  await expect(tokens.row("Backup job")).toBeVisible();
  await tokens.filter.fill("backup");
  await expect(page).toHaveURL(/\/jeton\/orgs\/[0-9a-f]{16}\/load-data\/tokens\?.*searchTerm=backup/);
  await page.getByRole("button", { name: "Dark" }).click();
  await page.reload();
  await hydrated(page);
  await expect(tokens.row("Backup job")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const [theme] = (await context.cookies(`${site}/`)).filter((cookie) => cookie.name === "jeton-theme");
  expect(theme?.path).toBe(`${PATH}/`);

  await page.getByTestId("user-nav").click();
  await page.getByTestId("user-nav-item-logout").click();
  await expect(page).toHaveURL(`${site}/sign-in`);
  expect(asked.filter((url) => !url.startsWith(`${site}/`)), "requests outside of the path").toEqual([]);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("signing in, a form and signing out stay below the path", async ({ page, site, first }) => {
    const list = `${site}/orgs/${first.org.id}/load-data/tokens`;
    const tokens = new TokensPage(page, first.org.id, false);
    await page.goto(`${site}/`);
    await expect(page).toHaveURL(`${site}/sign-in`);
    await signIn(page);
    await expect(page).toHaveURL(list);
    await page.goto(`${list}/generate/all-access`);
    await page.getByTestId("all-access-token-input").fill("Backup job");
    await page.getByTestId("button--save").click();
    await tokens.newToken();
    await tokens.saved();
    await expect(tokens.row("Backup job")).toBeVisible();
    await page.getByTestId("user-nav").click();
    await page.getByTestId("user-nav-item-logout").click();
    await expect(page).toHaveURL(`${site}/sign-in`);
  });
});
