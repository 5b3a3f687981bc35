// The audit log: what was done and refused, found again, opened, and saved.

import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { alice, type Api, expect, hydrated, sessionKey, test as base } from "./console.ts";
import type { FirstRun } from "./server.ts";

class AuditPage {
  constructor(
    readonly page: Page,
    private readonly org: string,
    private readonly scripted: boolean,
  ) {}

  address(rest = ""): string {
    return `/orgs/${this.org}/settings/audit-log${rest}`;
  }

  async open(rest = ""): Promise<void> {
    await this.page.goto(this.address(rest));
    if (this.scripted) await hydrated(this.page);
  }

  entries(): Locator {
    return this.page.getByTestId("audit-entry");
  }

  entry(text: string): Locator {
    return this.entries().filter({ hasText: text });
  }

  /** Chooses from one of the menus above the log. */
  async choose(menu: "time" | "who" | "action", item: string): Promise<void> {
    await this.page.getByTestId(`${menu}-filter`).locator("summary").click();
    await this.page.getByTestId(`${menu}-filter--${item}`).click();
  }
}

const test = base.extend<{ audit: AuditPage }>({
  audit: async ({ server, first, page, context, javaScriptEnabled }, use) => {
    const key = await sessionKey(server);
    await context.addCookies([{ name: "jeton", value: key, url: server.url, httpOnly: true, sameSite: "Lax" }]);
    await use(new AuditPage(page, first.org.id, javaScriptEnabled ?? true));
  },
});

/** A bucket that is created, changed and deleted, and a token. */
async function happen(api: Api, first: FirstRun): Promise<{ id: string; token: string }> {
  const bucket = await api.bucket(first.org.id, "billing");
  expect((await api.send("PATCH", `/api/v2/buckets/${bucket.id}`, { description: "Invoices" })).status).toBe(200);
  expect((await api.send("DELETE", `/api/v2/buckets/${bucket.id}`)).status).toBe(204);
  return api.authorization(first.org.id, "Kiln sensors");
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled });

    test("each entry is a sentence that opens to what was before and after", async ({ audit, api, first, page }) => {
      await happen(api, first);
      await audit.open();
      await expect(page.getByTestId("nav-subitem-audit-log")).toHaveAttribute("aria-current", "page");
      await expect(audit.entries().first()).toContainText("Generated token “Kiln sensors”");
      await expect(audit.entry("Deleted bucket “billing”")).toBeVisible();
      const changed = audit.entry("Changed bucket “billing”");
      await changed.locator("summary").click();
      const row = changed.getByRole("row", { name: /^Description/ });
      await expect(row.getByRole("cell").first()).toHaveText("–");
      await expect(row.getByRole("cell").last()).toHaveText("Invoices");
      await expect(changed).toContainText("127.0.0.1");
    });

    test("menus and the form narrow the log, and the address keeps it", async ({ audit, api, first, page }) => {
      await happen(api, first);
      await audit.open();
      await audit.choose("action", "deleted");
      await expect(audit.entries()).toHaveCount(1);
      await expect(page).toHaveURL(audit.address("?action=deleted"));
      await audit.choose("time", "last-hour");
      await expect(page).toHaveURL(audit.address("?last=1h&action=deleted"));
      await expect(audit.entries()).toHaveCount(1);
      await page.getByTestId("audit-clear").click();
      await expect(page).toHaveURL(audit.address());
      await page.getByTestId("audit-more").locator("summary").click();
      await page.getByLabel("What", { exact: true }).selectOption("buckets");
      await page.getByLabel("Until (UTC)").fill("2001-01-01T00:00");
      await page.getByTestId("audit-apply").click();
      await expect(page.getByTestId("empty-state")).toContainText("No entries match");
      await page.getByLabel("Until (UTC)").fill("");
      await page.getByTestId("audit-apply").click();
      await expect(audit.entries()).toHaveCount(3);
    });

    test("older entries are a link away, and newer ones too", async ({ audit, api, first, page }) => {
      for (let number = 0; number < 30; number++) await api.bucket(first.org.id, `b${number}`);
      await audit.open("?action=created");
      await expect(audit.entries()).toHaveCount(25);
      await expect(page.getByTestId("audit-range")).toHaveText(/^1–25 of 3\d$/);
      await page.getByTestId("audit-older").click();
      await expect(audit.entry("“b0”")).toBeVisible();
      await expect(page.getByTestId("audit-range")).toHaveText(/^26–(3\d) of \1$/);
      await expect(page.getByTestId("audit-older")).toHaveAttribute("aria-disabled", "true");
      await page.getByTestId("audit-newer").click();
      await expect(audit.entry("“b29”")).toBeVisible();
      await expect(audit.entries()).toHaveCount(25);
    });

    test("a refused token is told with the reason, once it is written down", async ({ audit, api, first }) => {
      const { id, token } = await happen(api, first);
      expect((await api.send("PATCH", `/api/v2/authorizations/${id}`, { status: "inactive" })).status).toBe(200);
      expect(await api.with(token).status()).toBe(401);
      await expect(async () => {
        await audit.open("?action=refused");
        await expect(audit.entry("Refused token “Kiln sensors”: inactive")).toBeVisible({ timeout: 500 });
      }).toPass();
    });

    test("a token leads to its history", async ({ audit, api, first, page }) => {
      const { id } = await happen(api, first);
      await page.goto(`/orgs/${first.org.id}/load-data/tokens/${id}`);
      if (javaScriptEnabled) await hydrated(page);
      await page.getByTestId("token-history").click();
      await expect(page).toHaveURL(audit.address(`?searchTerm=${id}`));
      await expect(audit.entries()).toHaveCount(1);
      await expect(audit.entries()).toContainText("Generated token “Kiln sensors”");
    });
  });
}

test("what is listed is saved as CSV and as JSON lines", async ({ audit, api, first, page }) => {
  await happen(api, first);
  await audit.open("?action=deleted");
  for (const ending of ["csv", "jsonl"]) {
    await page.getByTestId("audit-export").locator("summary").first().click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(`audit-export--${ending}`).click()]);
    expect(download.suggestedFilename()).toBe(`audit-log.${ending}`);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(ending === "csv" ? 2 : 1);
    expect(lines.at(-1)).toContain("billing");
    await page.keyboard.press("Escape");
  }
});

test("the chain is said to be whole, and what was typed filters while typing", async ({ audit, api, first, page }) => {
  await happen(api, first);
  await audit.open();
  await expect(page.getByTestId("audit-chain")).toContainText("Chain verified up to");
  await page.getByTestId("input-field--filter").fill("billing");
  await expect(audit.entries()).toHaveCount(3);
  await expect(page).toHaveURL(audit.address("?searchTerm=billing"));
  await page.getByTestId("input-field--filter").fill("");
  await expect(audit.entry(`Set up organization “${alice.org}”`)).toBeVisible();
});

test("the address keeps which entries stand open", async ({ audit, api, first, page }) => {
  await happen(api, first);
  await audit.open();
  const changed = audit.entry("Changed bucket “billing”");
  const generated = audit.entry("Generated token “Kiln sensors”");
  for (const entry of [changed, generated]) await entry.locator("summary").click();
  await expect(page).toHaveURL(/\?open=\d+\.\d+$/);
  await page.reload();
  await hydrated(page);
  await expect(changed.getByRole("row", { name: /^Description/ })).toBeVisible();
  await expect(generated.locator("details")).toHaveAttribute("open");
  await generated.locator("summary").click();
  await expect(page).toHaveURL(/\?open=\d+$/);
  const address = page.url();
  await page.getByTestId("nav-subitem-tokens").click();
  await expect(page).toHaveURL(/\/load-data\/tokens/);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(changed.locator("details")).toHaveAttribute("open");
  await expect(generated.locator("details")).not.toHaveAttribute("open");
});

test("new entries wait behind a button", async ({ audit, api, first, page }) => {
  await page.clock.install();
  await happen(api, first);
  await audit.open("?action=created");
  const before = await audit.entries().count();
  const news = page.getByTestId("audit-news");
  await api.bucket(first.org.id, "later");
  await page.clock.fastForward(31_000);
  await expect(news).toHaveText("1 new entry");
  await api.bucket(first.org.id, "latest");
  await page.clock.fastForward(31_000);
  await expect(news).toHaveText("2 new entries");
  await expect(audit.entries(), "the rows have not moved").toHaveCount(before);
  await news.click();
  await expect(audit.entries().first()).toContainText("“latest”");
  await expect(audit.entries()).toHaveCount(before + 2);
  await expect(news).toHaveCount(0);
});
