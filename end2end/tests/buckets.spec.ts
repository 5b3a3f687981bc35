// The Buckets page, as a person uses it: with script, and without.

import type { Locator, Page } from "@playwright/test";
import { type Api, expect, hydrated, says, test as base } from "./console.ts";
import type { FirstRun } from "./server.ts";

/** The Buckets page of the first organization. */
class BucketsPage {
  readonly dialog: Locator;
  readonly filter: Locator;

  constructor(
    readonly page: Page,
    private readonly org: string,
    private readonly scripted: boolean,
  ) {
    this.dialog = page.getByTestId("overlay--container");
    this.filter = page.getByTestId("input-field--filter");
  }

  address(rest = ""): string {
    return `/orgs/${this.org}/load-data/buckets${rest}`;
  }

  async open(rest = ""): Promise<void> {
    await this.page.goto(this.address(rest));
    if (this.scripted) await hydrated(this.page);
  }

  row(name: string): Locator {
    return this.page.getByTestId(`bucket-card ${name}`);
  }

  /** The names, in the order of the rows. */
  names(): Locator {
    return this.page.getByTestId(/^bucket-name /);
  }

  /** Opens the menu of a row. */
  async menu(name: string): Promise<Locator> {
    await this.row(name).getByTestId("context-menu-bucket").click();
    return this.row(name).locator(".menu-panel");
  }

  /** Fills the form of the open dialog. */
  async fill(given: { name?: string; description?: string; keep?: string; amount?: string; unit?: string }): Promise<void> {
    if (given.name !== undefined) await this.page.getByLabel("Name", { exact: true }).fill(given.name);
    if (given.description !== undefined) await this.page.getByTestId("bucket-form-description").fill(given.description);
    if (given.keep) await this.page.getByTestId("bucket-form-retention").selectOption({ label: given.keep });
    if (given.amount) await this.page.getByTestId("bucket-form-amount").fill(given.amount);
    if (given.unit) await this.page.getByTestId("bucket-form-unit").selectOption({ label: given.unit });
  }

  async send(): Promise<void> {
    await this.page.getByTestId("bucket-form-submit").click();
  }
}

const test = base.extend<{ buckets: BucketsPage }>({
  // The other page's fixture signs Alice in.
  buckets: async ({ page, first, tokens, javaScriptEnabled }, use) => {
    expect(tokens.page).toBe(page);
    await use(new BucketsPage(page, first.org.id, javaScriptEnabled ?? true));
  },
});

/** A bucket as the API has it. */
async function stored(api: Api, first: FirstRun, name: string): Promise<{ id: string; description?: string; retentionRules: { everySeconds: number }[] }> {
  return (await api.get(`/api/v2/buckets?orgID=${first.org.id}&name=${name}`)).body.buckets[0];
}

const reads = (first: FirstRun, id: string) => ({ permissions: [{ action: "read" as const, resource: { type: "buckets", id, orgID: first.org.id } }] });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled });

    test("the list says what is there, and how many tokens reach it", async ({ page, buckets, api, first }) => {
      await api.authorization(first.org.id, "Reader", reads(first, first.bucket.id));
      await buckets.open();
      await expect(buckets.names()).toHaveText(["telemetry", "_monitoring", "_tasks"]);
      const row = buckets.row("telemetry");
      await expect(row).toContainText("forever");
      await expect(row).toContainText(first.bucket.id);
      await expect(row.getByTestId("tokens-that-read")).toHaveText("2");
      await expect(row.getByTestId("tokens-that-write")).toHaveText("1");
      await expect(buckets.row("_tasks")).toContainText("system");
      await expect(page.locator(".list-count")).toHaveText("3 buckets · 2 system buckets. The counts include 1 All Access or Operator token, which has access to every bucket.");
      await page.getByRole("link", { name: "2 tokens that read telemetry" }).click();
      await expect(page).toHaveURL((url) => url.pathname.endsWith("/load-data/tokens") && url.search === `?bucket=${first.bucket.id}&action=read&status=live`);
    });

    test("a bucket is created, for as long as was said", async ({ page, buckets, api, first }) => {
      await buckets.open();
      await page.getByTestId("Create Bucket").click();
      await expect(page.getByTestId("bucket-form-amount")).toBeHidden();
      await buckets.fill({ name: "cold", description: "Archive", keep: "Another length of time…", amount: "36", unit: "hours" });
      await buckets.send();
      await says(page, "The bucket was created");
      await expect(buckets.dialog).toHaveCount(0);
      await expect(buckets.row("cold")).toContainText("36 hours");
      await expect(page.getByTestId("nav-subitem-buckets")).toContainText("4");
      const made = await stored(api, first, "cold");
      expect(made).toMatchObject({ description: "Archive", retentionRules: [{ everySeconds: 36 * 3600 }] });
    });

    test("what is refused is told at its field, and what was typed stays", async ({ page, buckets, expectRefusal }) => {
      expectRefusal(422);
      await buckets.open("/new");
      await buckets.fill({ name: "telemetry", description: "Typed", keep: "90 days" });
      await buckets.send();
      await expect(page.getByText("A bucket with this name already exists. Choose another.")).toBeVisible();
      await expect(page.getByLabel("Name", { exact: true })).toHaveValue("telemetry");
      await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByTestId("bucket-form-description")).toHaveValue("Typed");
      await expect(page.getByTestId("bucket-form-retention")).toHaveValue(String(90 * 86_400));
      await buckets.fill({ name: "telemetry2" });
      await buckets.send();
      await expect(buckets.row("telemetry2")).toContainText("90 days");
    });

    test("a bucket is renamed, described and kept for less", async ({ page, buckets, api, first }) => {
      await buckets.open();
      await (await buckets.menu("telemetry")).getByTestId("context-edit-bucket").click();
      await expect(page.getByTestId("overlay--header")).toContainText("Edit “telemetry”");
      await buckets.fill({ name: "metrics", description: "All sensors", keep: "3 days" });
      await buckets.send();
      await says(page, "The bucket was changed");
      await expect(buckets.row("metrics")).toContainText("3 days");
      await expect(buckets.row("metrics")).toContainText("All sensors");
      expect(await stored(api, first, "metrics")).toMatchObject({ id: first.bucket.id, retentionRules: [{ everySeconds: 3 * 86_400 }] });
    });

    test("deleting names what is lost, and leads back to the same list", async ({ page, buckets, api, first }) => {
      await api.authorization(first.org.id, "Reader", reads(first, first.bucket.id));
      await api.create("/api/v2/dbrps", { orgID: first.org.id, bucketID: first.bucket.id, database: "db0", retention_policy: "weekly" });
      await buckets.open("?sortDirection=desc");
      await (await buckets.menu("telemetry")).getByTestId("context-delete-menu--button").click();
      await expect(page.getByTestId("overlay--header")).toHaveText("Delete “telemetry”?");
      await expect(buckets.dialog).toContainText("2 live tokens lose access to it.");
      await expect(buckets.dialog).toContainText("1 DBRP mapping is deleted with it:");
      await expect(buckets.dialog).toContainText("db0/weekly");
      await page.getByRole("link", { name: "Cancel" }).click();
      await expect(buckets.row("telemetry")).toBeVisible();
      await (await buckets.menu("telemetry")).getByTestId("context-delete-menu--button").click();
      await page.getByTestId("context-delete-menu--confirm-button").click();
      await says(page, "The bucket was deleted");
      await expect(buckets.names()).toHaveText(["_tasks", "_monitoring"]);
      await expect(page.getByTestId("empty-state")).toContainText("There are only system buckets so far");
      await expect(page).toHaveURL((url) => url.pathname === buckets.address() && url.searchParams.get("sortDirection") === "desc");
      expect((await api.get(`/api/v2/buckets/${first.bucket.id}`)).status).toBe(404);
    });

    test("a token for a bucket begins in the custom dialog", async ({ page, buckets, first }) => {
      await buckets.open();
      await (await buckets.menu("telemetry")).getByTestId("context-generate-token").click();
      await expect(page).toHaveURL((url) => url.pathname.endsWith("/tokens/generate/custom-api") && url.searchParams.get("read") === `buckets/${first.bucket.id}`);
      await expect(page.getByRole("checkbox", { name: "Read bucket telemetry", exact: true })).toBeChecked();
    });

    test("a system bucket is neither changed nor deleted from its menu", async ({ buckets }) => {
      await buckets.open();
      const menu = await buckets.menu("_tasks");
      await expect(menu.getByTestId("context-generate-token")).toBeVisible();
      await expect(menu.getByTestId("context-edit-bucket")).toHaveCount(0);
      await expect(menu.getByTestId("context-delete-menu--button")).toHaveCount(0);
    });

    test("the list is filtered, sorted and turned", async ({ page, buckets, api, first }) => {
      for (let number = 1; number <= 12; number++) await api.bucket(first.org.id, `sensor-${String(number).padStart(2, "0")}`);
      await buckets.open("?perPage=10");
      await buckets.filter.fill("SENSOR");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL((url) => url.searchParams.get("searchTerm") === "SENSOR" && url.searchParams.get("perPage") === "10");
      await expect(page.locator(".list-count")).toContainText("12 of 15 buckets");
      await page.getByRole("link", { name: "Next page" }).click();
      await expect(buckets.names()).toHaveText(["sensor-11", "sensor-12"]);
      await page.getByTestId("resource-sorter--button").click();
      await page.getByTestId("resource-sorter--name-desc").click();
      await expect(buckets.names().first()).toHaveText("sensor-12");
      await page.getByRole("link", { name: "Clear filter" }).click();
      await expect(page.locator(".list-count")).toContainText("15 buckets");
      await buckets.open("?searchTerm=grafna");
      await expect(page.getByTestId("empty-state")).toContainText("No buckets match “grafna”");
    });

    test("a bucket that is gone is told, and leads back", async ({ page, buckets, expectRefusal }) => {
      expectRefusal(404);
      await buckets.open("/0000000000000001/edit");
      await expect(page.getByTestId("overlay--header")).toContainText("There is no such bucket");
      await page.getByRole("link", { name: "Back to the list" }).click();
      await expect(buckets.row("telemetry")).toBeVisible();
    });
  });
}

test("the focus starts where it should, and comes back to the menu", async ({ page, buckets }) => {
  await buckets.open();
  await page.getByTestId("Create Bucket").click();
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("Create Bucket")).toBeFocused();
  await (await buckets.menu("telemetry")).getByTestId("context-delete-menu--button").click();
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(buckets.dialog).toHaveCount(0);
  await expect(buckets.row("telemetry").getByTestId("context-menu-bucket")).toBeFocused();
});

test("deleting what was deleted meanwhile says so and keeps the dialog", async ({ page, buckets, api, first, expectRefusal }) => {
  expectRefusal(404);
  await buckets.open(`/${first.bucket.id}/delete`);
  expect((await api.send("DELETE", `/api/v2/buckets/${first.bucket.id}`)).status).toBe(204);
  await page.getByTestId("context-delete-menu--confirm-button").click();
  await says(page, "The bucket was not deleted", "error");
  await expect(buckets.dialog).toContainText("The bucket no longer exists. Reload the list.");
});

test("the id of a bucket is copied from its menu", async ({ page, buckets, first, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await buckets.open();
  await (await buckets.menu("telemetry")).getByTestId("context-copy-id").click();
  await says(page, "The ID was copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first.bucket.id);
});

test("a member sees the buckets, and is offered no change", async ({ page, buckets, api, first, server, context }) => {
  const bob = await api.create("/api/v2/users", { name: "bob" });
  expect((await api.send("POST", `/api/v2/users/${bob.id}/password`, { password: "password2" })).status).toBe(204);
  await api.create(`/api/v2/orgs/${first.org.id}/members`, { id: bob.id });
  const signedIn = await server.api("/sign-in", { method: "POST", redirect: "manual", body: new URLSearchParams({ username: "bob", password: "password2" }) });
  const key = signedIn.headers.get("set-cookie")?.match(/^jeton=([^;]+)/)?.[1] ?? "";
  await context.addCookies([{ name: "jeton", value: key, url: server.url, httpOnly: true, sameSite: "Lax" }]);
  await buckets.open();
  await expect(buckets.row("telemetry")).toBeVisible();
  await expect(page.getByTestId("Create Bucket")).toHaveCount(0);
  const menu = await buckets.menu("telemetry");
  await expect(menu.getByTestId("context-copy-id")).toBeVisible();
  await expect(menu.getByTestId("context-edit-bucket")).toHaveCount(0);
  await expect(menu.getByTestId("context-delete-menu--button")).toHaveCount(0);
});
