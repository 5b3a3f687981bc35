// axe finds nothing: on no page, in no dialog, in no open menu, light and dark, wide and on a phone.

import type { Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";
import { type Api, alice, expect, hydrated, signIn, type TokensPage, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const widths = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;

/** What the two themes differ in; the rest of the page is the same. */
const ofColours = ["color-contrast", "link-in-text-block"];

/** What axe finds, light and dark, in a form that says where. */
async function audit(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  expect.soft(await findings(page, "light"), `${what}, light`).toEqual([]);
  expect.soft(await findings(page, "dark", { runOnly: { type: "rule", values: ofColours } }), `${what}, dark`).toEqual([]);
}

async function findings(page: Page, colorScheme: "light" | "dark", rules: RunOptions = {}): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  return page.evaluate(async (options) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    const { violations } = await inPage.run(options);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  }, { resultTypes: ["violations"], ...rules } satisfies RunOptions);
}

async function fill(api: Api, first: FirstRun): Promise<string> {
  const bucket = { type: "buckets", id: first.bucket.id, orgID: first.org.id };
  const { id } = await api.authorization(first.org.id, "Telegraf on the roof", { permissions: [{ action: "write", resource: bucket }] });
  await api.authorization(first.org.id, "Asleep", { status: "inactive" });
  const bob = await api.create("/api/v2/users", { name: "bob" });
  await api.create(`/api/v2/orgs/${first.org.id}/members`, { id: bob.id });
  await api.authorization(first.org.id, "", { userID: bob.id });
  expect((await api.send("DELETE", `/api/v2/users/${bob.id}`)).status).toBe(204);
  return id;
}

/** Every menu of the page, one after the other. */
async function auditMenus(page: Page): Promise<void> {
  const buttons = page.locator("details.menu > summary:visible");
  for (let index = 0; index < (await buttons.count()); index++) {
    const button = buttons.nth(index);
    // What is in a row's menu comes when it is pointed at.
    await button.hover();
    await button.evaluate((element) => element.parentElement?.setAttribute("open", ""));
    await audit(page, `menu “${await button.innerText()}”`);
    await button.evaluate((element) => element.parentElement?.removeAttribute("open"));
  }
}

async function auditDialogs(page: Page, tokens: TokensPage, id: string): Promise<void> {
  for (const rest of ["?attention=operator", "/filter", "/look", "/selected", "/leaked", "/generate/all-access", "/generate/custom-api", `/generate/custom-api?rotate=${id}`, `/${id}`, `/${id}/edit`, `/${id}/limits`, `/${id}/rotate`, `/${id}/clone`, `/${id}/delete`, `/${id}/descendants`, `/${id}/rename`]) {
    await tokens.open(rest);
    await audit(page, rest.replace(id, "<id>"));
  }
}

for (const { width, height } of widths) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height }, contextOptions: { reducedMotion: "reduce" } });

    test("set-up, and the operator token", async ({ page, expectRefusal }) => {
      expectRefusal(422);
      await page.goto("/setup");
      await hydrated(page);
      await audit(page, "set-up");
      for (const [label, value] of [["Username", alice.username], ["Password", alice.password], ["Confirm password", "another-password"], ["Organization name", alice.org], ["Bucket name", alice.bucket]] as const) {
        await page.getByLabel(label, { exact: true }).fill(value);
      }
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await audit(page, "set-up with an error");
      await page.getByLabel("Confirm password", { exact: true }).fill(alice.password);
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page.getByTestId("code-snippet")).toBeVisible();
      await audit(page, "the operator token");
    });

    test("sign-in, and where there is nothing", async ({ page, tokens, first, context, expectRefusal }) => {
      expectRefusal(401);
      expectRefusal(404);
      await page.goto("/orgs/0000000000000001/load-data/tokens");
      await audit(page, "an organization that is not there");
      await tokens.open("/0000000000000001");
      await audit(page, "a token that is not there");
      await context.clearCookies();
      expect(first.user.name).toBe("alice");
      await page.goto("/sign-in");
      await hydrated(page);
      await audit(page, "sign-in");
      await signIn(page, "wrong-password");
      await expect(page.getByRole("alert")).toBeVisible();
      await audit(page, "sign-in with an error");
    });

    test("the list and its menus", async ({ page, tokens, api, first }) => {
      test.slow();
      await fill(api, first);
      await tokens.open();
      await audit(page, "the list");
      await auditMenus(page);
      if (width > 1000) {
        await page.getByTestId("select-page").check();
        await audit(page, "the bar for what is selected");
        await page.keyboard.press("?");
        await expect(page.getByTestId("shortcuts")).toBeVisible();
        await audit(page, "the keys");
      }
      await tokens.open("?status=active&kind=custom&owner=alice");
      await audit(page, "the list with filters");
      await tokens.open("?searchTerm=nothing-is-called-so");
      await audit(page, "no match");
      if (width < 1000) {
        await page.getByRole("button", { name: "Open navigation" }).click();
        await audit(page, "the navigation");
      } else {
        await page.getByTestId("user-nav").click();
        await audit(page, "the user's menu");
      }
    });

    test("an empty list", async ({ page, tokens, api, first }) => {
      const list = (await api.get("/api/v2/authorizations")).body.authorizations;
      expect(list).toHaveLength(1);
      const other = await api.create("/api/v2/orgs", { name: "empty" });
      await tokens.open();
      await page.goto(`/orgs/${other.id}/load-data/tokens`);
      await hydrated(page);
      await expect(page.getByTestId("empty-state")).toBeVisible();
      await audit(page, `an empty list beside ${first.org.name}`);
    });

    test("every other page and its dialogs", async ({ page, tokens, api, first }) => {
      test.slow();
      await fill(api, first);
      const org = first.org.id;
      const telegraf = await api.create("/api/v2/telegrafs", { orgID: org, name: "Hall 2", description: "", config: "[agent]\n" });
      const user = await api.create("/api/v2/users", { name: "carla" });
      await api.create(`/api/v2/orgs/${org}/members`, { id: user.id });
      await tokens.open();
      const pages = [
        "load-data/buckets", "load-data/buckets/new", `load-data/buckets/${first.bucket.id}/edit`, `load-data/buckets/${first.bucket.id}/delete`,
        "load-data/telegrafs", "load-data/telegrafs/new", `load-data/telegrafs/${telegraf.id}`, `load-data/telegrafs/${telegraf.id}/rename`, `load-data/telegrafs/${telegraf.id}/delete`,
        "settings/members", "settings/members?searchTerm=nobody", "settings/members/add", "settings/members/invite", `settings/members/${user.id}/remove`, `settings/members/${user.id}/delete`, `settings/members/${user.id}/deactivate`,
        "settings/users", "settings/users/new", `settings/users/${user.id}/edit`, `settings/users/${user.id}/password`, `settings/users/${user.id}/delete`, `settings/users/${first.user.id}/deactivate`,
        "settings/organizations", "settings/organizations/new", `settings/organizations/${org}`, `settings/organizations/${org}/delete`,
        "settings/databases", "settings/audit-log", "settings/audit-log?actor=alice", "settings/audit-log?searchTerm=nothing-is-called-so",
        "account", "about",
      ];
      for (const path of pages) {
        await page.goto(`/orgs/${org}/${path}`);
        await hydrated(page);
        await audit(page, path);
      }
      await page.goto(`/orgs/${org}/settings/members`);
      await hydrated(page);
      await auditMenus(page);
    });

    test("the API's description", async ({ page }) => {
      // By far the largest page.
      test.slow();
      await page.goto("/docs");
      await audit(page, "the API's description");
    });

    test("every dialog", async ({ page, tokens, api, first }) => {
      test.slow();
      await auditDialogs(page, tokens, await fill(api, first));
      await tokens.open("/generate/custom-api");
      await tokens.box("Read bucket telemetry").check();
      await tokens.box("Write All Buckets").check();
      await page.getByTestId("search-widget").fill("a");
      await expect(tokens.box("Read Tasks")).toBeVisible();
      await audit(page, "the custom dialog, searched");
      await page.getByTestId("generate-token-overlay--buton").click();
      await tokens.newToken();
      await audit(page, "the created dialog");
      await tokens.saved();
      await expect(page.getByText("You have not copied the token. Close anyway?")).toBeVisible();
      await audit(page, "the created dialog, asking");
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await expect(tokens.dialog).toHaveCount(0);
      await audit(page, "the list with a new row");
    });
  });
}
