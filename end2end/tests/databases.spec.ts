// The Databases page, as a person uses it: with script, and without. The database behind the gate is a small server of the test.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, says, test as base } from "./console.ts";

/** An InfluxDB 1.x as far as a gate asks it what it has. */
class Database {
  /** The databases that it has. */
  names: string[] = [];

  private constructor(readonly server: HttpServer) {}

  static async start(): Promise<Database> {
    const server = createServer((request, response) => {
      const query = new URL(request.url ?? "/", "http://database").searchParams.get("q") ?? "";
      const series = query.startsWith("SHOW DATABASES")
        ? [database.list()]
        : query.split("; ").map(() => ({ series: [{ columns: ["name"], values: [["autogen"]] }] }));
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ results: series }));
    });
    const database = new Database(server);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return database;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private list() {
    const values = this.names.map((name) => [name]);
    return { series: [{ name: "databases", columns: ["name"], ...(values.length > 0 ? { values } : {}) }] };
  }
}

/** The Databases page of the first organization. */
class DatabasesPage {
  readonly dialog: Locator;

  constructor(
    readonly page: Page,
    private readonly org: string,
    private readonly scripted: boolean,
  ) {
    this.dialog = page.getByTestId("overlay--container");
  }

  address(rest = ""): string {
    return `/orgs/${this.org}/settings/databases${rest}`;
  }

  async open(rest = ""): Promise<void> {
    await this.page.goto(this.address(rest));
    if (this.scripted) await hydrated(this.page);
  }

  row(name: string): Locator {
    return this.page.getByTestId(`gate-card ${name}`);
  }

  bucket(name: string): Locator {
    return this.page.getByTestId(`gate-bucket ${name}`);
  }

  async bind(bucket: string, database: string): Promise<void> {
    await this.page.getByTestId("bind-bucket").click();
    await this.page.getByLabel("Bucket", { exact: true }).fill(bucket);
    await this.page.getByLabel("Database", { exact: true }).fill(database);
    await this.page.getByTestId("bind-bucket-submit").click();
  }

  /** Binds buckets to databases, and compares the gate with a database that has none of these. */
  async suspend(database: Database, bindings: Record<string, string>): Promise<void> {
    database.names = [];
    await this.open("/plant");
    for (const [bucket, name] of Object.entries(bindings)) {
      await this.bind(bucket, name);
      await expect(this.bucket(bucket)).toContainText(name);
    }
    database.names = ["another"];
    await this.page.getByTestId("compare-gate").click();
    for (const bucket of Object.keys(bindings)) await expect(this.bucket(bucket)).toContainText("Suspended");
  }
}

const test = base.extend<{ database: Database; databases: DatabasesPage }>({
  database: async ({}, use) => {
    const database = await Database.start();
    await use(database);
    await database.stop();
  },

  serverArgs: async ({ database }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "jeton-gates-"));
    const file = join(folder, "jeton.toml");
    const gate = `[[gate]]\nname = "plant"\nkind = "influxdb1"\nauth = "classify"\nlisten = "127.0.0.1:0"\nupstream = "${database.url}"\norg = "my-org"\ndatabases = ["*"]\n`;
    await writeFile(file, gate);
    await use(["--config", file]);
    await rm(folder, { recursive: true, force: true });
  },

  // The other page's fixture signs Alice in.
  databases: async ({ page, first, tokens, javaScriptEnabled }, use) => {
    expect(tokens.page).toBe(page);
    await use(new DatabasesPage(page, first.org.id, javaScriptEnabled ?? true));
  },
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled });

    test("a gate is shown with its database, and a bucket is bound and unbound", async ({ page, database, databases, api }) => {
      await databases.open();
      await expect(page.getByTestId("nav-subitem-databases")).toHaveAttribute("aria-current", "page");
      await expect(databases.row("plant")).toContainText(database.url);
      await expect(databases.row("plant")).toContainText("InfluxDB 1.x");
      await page.getByTestId("gate-name plant").click();
      await expect(page.getByTestId("overlay--header")).toContainText("plant");
      await databases.bind("telemetry", "telegraf");
      await says(page, "The bucket was bound");
      await expect(databases.bucket("telemetry")).toContainText("telegraf");
      const bindings = await api.get("/api/v2/gates/plant/bindings");
      expect(bindings.body.bindings).toMatchObject([{ bucket: "telemetry", database: "telegraf", suspended: false }]);
      await page.getByRole("link", { name: "End the binding of telemetry" }).click();
      await expect(page.getByTestId("unbind-bucket-choice")).toHaveText("telemetry (telegraf)");
      await page.getByTestId("unbind-bucket-submit").click();
      await says(page, "The binding was ended");
      await expect(databases.bucket("telemetry")).toHaveCount(0);
      expect((await api.get("/api/v2/gates/plant/bindings")).body.bindings).toEqual([]);
    });

    test("the list is filtered by text and by mode, and says how to add a gate", async ({ page, databases }) => {
      await databases.open();
      const filter = page.getByRole("searchbox", { name: "Filter Databases" });
      await filter.fill("influxdb 1");
      await filter.press("Enter");
      await expect(page).toHaveURL(/searchTerm=influxdb/);
      await expect(databases.row("plant")).toBeVisible();
      await filter.fill("nothing");
      await filter.press("Enter");
      await expect(page.getByTestId("empty-state")).toContainText("No databases match “nothing”");
      await page.getByTestId("empty-state").getByRole("link", { name: "Clear filter" }).click();
      await expect(databases.row("plant")).toBeVisible();
      await page.getByTestId("mode-filter--button").click();
      await page.getByTestId("mode-filter--observe").click();
      await expect(page.getByTestId("empty-state")).toContainText("No matching databases");
      await page.getByTestId("mode-filter--button").click();
      await page.getByTestId("mode-filter--all").click();
      await expect(databases.row("plant")).toBeVisible();
      await page.getByText("How to add one").click();
      await expect(page.getByText("[[gate]]")).toBeVisible();
    });

    test("a request is explained with the token of one's choice", async ({ page, databases, api, first }) => {
      const resource = { type: "buckets", id: first.bucket.id, orgID: first.org.id };
      const { id } = await api.authorization(first.org.id, "Telegraf on the roof", { permissions: [{ action: "write", resource }] });
      await databases.open("/plant");
      await databases.bind("telemetry", "telegraf");
      await says(page, "The bucket was bound");
      await page.getByText("Explain a request…").click();
      const request = page.getByLabel("Method and address");
      await request.fill("POST /write?db=telegraf");
      await page.getByTestId("gate-explain-token").selectOption({ label: "Telegraf on the roof" });
      await page.getByTestId("gate-explain-ask").click();
      const answer = page.getByTestId("gate-explanation");
      await expect(answer).toContainText("write database telegraf");
      await expect(answer).toContainText("Allowed");
      await expect(answer).toContainText(`write:orgs/${first.org.id}/buckets/${first.bucket.id}`);
      await expect(page).toHaveURL(new RegExp(`token=${id}`));
      await expect(request).toHaveValue("POST /write?db=telegraf");
      await expect(page.getByTestId("gate-explain-token")).toHaveValue(id);
      await page.getByTestId("gate-explain-token").selectOption({ label: "No token" });
      await page.getByTestId("gate-explain-ask").click();
      await expect(answer).toContainText("Refused with status 401");
      await expect(page.getByTestId("gate-refusals")).toHaveCount(0);
    });

    test("what vanished is suspended until it is confirmed, and what is unknown is bound from the list", async ({ page, database, databases, api, first }) => {
      await api.bucket(first.org.id, "spare");
      await databases.open("/plant");
      await databases.bind("telemetry", "telegraf");
      await says(page, "The bucket was bound");
      database.names = ["other"];
      await page.getByTestId("compare-gate").click();
      await says(page, "The gate was compared with its database");
      await expect(databases.bucket("telemetry")).toContainText("Suspended");
      await page.getByRole("button", { name: "Confirm telemetry" }).click();
      await says(page, "The bucket is available again");
      await expect(databases.bucket("telemetry")).not.toContainText("Suspended");
      await page.getByRole("link", { name: "Bind a bucket to other" }).click();
      await expect(page.getByLabel("Database", { exact: true })).toHaveValue("other");
      await page.getByLabel("Bucket", { exact: true }).fill("spare");
      await page.getByTestId("bind-bucket-submit").click();
      await expect(databases.bucket("spare")).toContainText("other");
      await expect(page.getByTestId("gate-unknown")).toHaveCount(0);
    });

    test("all suspended buckets are confirmed at once, after a question", async ({ page, database, databases, api, first }) => {
      await api.bucket(first.org.id, "spare");
      await databases.suspend(database, { telemetry: "telegraf", spare: "other" });
      const link = page.getByRole("link", { name: "Confirm all suspended buckets" });
      const dialog = page.getByRole("alertdialog", { name: "Confirm all suspended buckets of plant?" });
      await link.click();
      await expect(dialog).toContainText("2 buckets are suspended.");
      await expect(dialog).toContainText("This confirms each suspended bucket whose database is there again.");
      await dialog.getByRole("link", { name: "Cancel" }).click();
      await expect(databases.bucket("telemetry")).toContainText("Suspended");
      database.names = ["telegraf"];
      await link.click();
      await dialog.getByRole("button", { name: "Confirm all" }).click();
      await says(page, "Some buckets are available again, the others stay suspended");
      await expect(databases.bucket("telemetry")).not.toContainText("Suspended");
      await expect(databases.bucket("spare")).toContainText("Suspended");
      database.names = ["telegraf", "other"];
      await link.click();
      await expect(dialog).toContainText("1 bucket is suspended.");
      await dialog.getByRole("button", { name: "Confirm all" }).click();
      await says(page, "The suspended buckets are available again");
      await expect(databases.bucket("spare")).not.toContainText("Suspended");
      await expect(link).toHaveCount(0);
    });

    test("what is refused is told at its field, and what was typed stays", async ({ page, databases, expectRefusal }) => {
      expectRefusal(422);
      expectRefusal(400);
      await databases.open("/plant");
      await databases.bind("nothing", "telegraf");
      await expect(page.getByText("my-org has no bucket with this name or id.", { exact: true })).toBeVisible();
      await expect(page.getByLabel("Bucket", { exact: true })).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByLabel("Database", { exact: true })).toHaveValue("telegraf");
    });

    test("a refused request is listed with its reason and its remedy", async ({ page, databases, api }) => {
      const [gate] = (await api.get("/api/v2/gates")).body.gates;
      const refused = await fetch(`http://${gate.address}/write?db=telegraf`, { method: "POST", body: "m v=1", headers: { Authorization: "Token none" } });
      expect(refused.status).toBe(401);
      await databases.open("/plant");
      const refusals = page.getByTestId("gate-refusals");
      await expect(refusals).toContainText("Unauthorized access");
      await expect(refusals).toContainText("Give the client a token");
      await expect(refusals).toContainText("1 time from 127.0.0.1");
    });
  });
}

test("the drawer opens and closes by the keyboard, and the focus returns", async ({ page, databases }) => {
  await databases.open();
  const link = page.getByTestId("gate-name plant");
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("gate-facts")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(databases.dialog).toHaveCount(0);
  await expect(link).toBeFocused();
});

test("all suspended buckets are confirmed by the keyboard alone", async ({ page, database, databases }) => {
  await databases.suspend(database, { telemetry: "telegraf" });
  database.names = ["telegraf"];
  await page.getByRole("link", { name: "Confirm all suspended buckets" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alertdialog").getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await says(page, "The suspended buckets are available again");
  await expect(databases.bucket("telemetry")).not.toContainText("Suspended");
});

test("a request is explained by the keyboard alone", async ({ page, databases }) => {
  await databases.open("/plant");
  await page.getByText("Explain a request…").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Method and address")).toBeFocused();
  await page.keyboard.type("GET /ping");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("gate-explanation")).toContainText("Allowed");
});

test("a token that is typed into a request does not stay in the address", async ({ page, databases, first }) => {
  await databases.open("/plant");
  await page.getByText("Explain a request…").click();
  await page.getByLabel("Method and address").fill(`GET /ping?p=${first.auth.token}`);
  await page.getByTestId("gate-explain-ask").click();
  await expect(page.getByTestId("gate-explanation")).toContainText("Decision");
  expect(page.url()).not.toContain(first.auth.token);
});

for (const width of [1280, 390]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: 844 }, contextOptions: { reducedMotion: "reduce" } });

    test("axe finds nothing, and nothing scrolls sideways", async ({ page, database, databases }) => {
      await databases.suspend(database, { telemetry: "telegraf" });
      for (const rest of ["", "?searchTerm=nothing", "/plant", "/plant?request=POST+%2Fwrite%3Fdb%3Dtelegraf", "/plant/bind", "/plant/unbind", "/plant/confirm-all"]) {
        await databases.open(rest);
        if (rest === "") await page.getByText("How to add one").click();
        await page.evaluate(axe.source);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const found = await page.evaluate(async () => {
            const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] });
            return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
          });
          expect.soft(found, `${rest}, ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth), rest).toBeLessThanOrEqual(width);
      }
    });
  });
}

base("without a gate the page says how to add one", async ({ page, tokens, first }) => {
  await tokens.open();
  await page.goto(`/orgs/${first.org.id}/settings/databases`);
  await hydrated(page);
  await expect(page.getByTestId("empty-state")).toContainText("No gate guards a database of this organization");
  await expect(page.getByTestId("empty-state").locator("pre")).toContainText('org = "my-org"');
});

test("the examples for a new token have the address of the gate", async ({ page, tokens, databases, api }) => {
  await databases.open("/plant");
  await databases.bind("telemetry", "telegraf");
  await says(page, "The bucket was bound");
  const [gate] = (await api.get("/api/v2/gates")).body.gates;
  await tokens.open("/generate/custom-api");
  await tokens.box("Write bucket telemetry").check();
  await page.getByTestId("generate-token-overlay--buton").click();
  await tokens.newToken();
  await expect(page.locator(".tab-panel").first()).toContainText(`http://${gate.address}/write?db=telegraf`);
});
