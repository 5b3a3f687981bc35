// The Telegraf page: configurations, their text, and the tokens that are for them.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { type Api, clipboard, expect, hydrated, says, test } from "./console.ts";
import type { FirstRun } from "./server.ts";

const text = `# Roof
[agent]
  interval = "10s"

[[outputs.influxdb_v2]]
  urls = ["https://influx.example"]
  token = "$INFLUX_TOKEN"
  organization = "my-org"
  bucket = "telemetry"
`;

/** The page of an organization. */
class TelegrafPage {
  constructor(
    readonly page: Page,
    readonly first: FirstRun,
    private readonly scripted = true,
  ) {}

  address(rest = ""): string {
    return `/orgs/${this.first.org.id}/load-data/telegrafs${rest}`;
  }

  async open(rest = ""): Promise<void> {
    await this.page.goto(this.address(rest));
    if (this.scripted) await hydrated(this.page);
  }

  row(name: string) {
    return this.page.getByTestId(`telegraf-row ${name}`);
  }

  get text() {
    return this.page.getByTestId("telegraf-text");
  }

  get status() {
    return this.page.getByTestId("toml-status");
  }

  get save() {
    return this.page.getByTestId("save-telegraf");
  }
}

function create(api: Api, first: FirstRun, name: string, config = text): Promise<{ id: string; config: string }> {
  return api.create("/api/v2/telegrafs", { orgID: first.org.id, name, config });
}

/** The text as agents fetch it. */
async function saved(api: Api, id: string): Promise<string> {
  return (await api.get(`/api/v2/telegrafs/${id}`)).body;
}

function onlyThis(first: FirstRun, id: string) {
  return [{ action: "read" as const, resource: { type: "telegrafs", id, orgID: first.org.id } }];
}

test("the list says where a configuration writes and how many tokens are for it", async ({ page, tokens, api, first }) => {
  const roof = await create(api, first, "Roof");
  await create(api, first, "Cellar", "[agent]\n");
  await api.authorization(first.org.id, "One", { permissions: onlyThis(first, roof.id) });
  await api.authorization(first.org.id, "Asleep", { permissions: onlyThis(first, roof.id), status: "inactive" });
  await tokens.open();
  const telegrafs = new TelegrafPage(page, first);
  await page.getByTestId("telegrafs--tab").click();
  await expect(page).toHaveURL(telegrafs.address());
  await expect(telegrafs.row("Roof")).toContainText("writes telemetry · 1 token");
  await expect(telegrafs.row("Cellar")).toContainText("writes no bucket · no token");
  await telegrafs.row("Roof").click();
  await expect(page).toHaveURL(telegrafs.address(`/${roof.id}`));
  await expect(page.getByRole("heading", { name: "Roof" })).toBeVisible();
  await expect(telegrafs.text).toHaveValue(text);
  await expect(telegrafs.status).toHaveText("Valid TOML");
  await expect(page.getByTestId("telegraf-tokens")).toHaveAttribute("href", `/orgs/${first.org.id}/load-data/tokens?telegraf=${roof.id}&status=live`);
  await telegrafs.row("Cellar").click();
  await expect(telegrafs.text).toHaveValue("[agent]\n");
  await page.goBack();
  await expect(telegrafs.text).toHaveValue(text);
});

test("the filter keeps the chosen configuration in view", async ({ page, tokens, api, first }) => {
  const roof = await create(api, first, "Roof");
  await create(api, first, "Cellar");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${roof.id}`);
  await telegrafs.text.fill("[agent]\n");
  await tokens.filter.fill("cell");
  await expect(telegrafs.row("Roof")).toHaveCount(0);
  await expect(telegrafs.row("Cellar")).toBeVisible();
  await expect(telegrafs.text).toHaveValue("[agent]\n");
  await tokens.filter.fill("nothing");
  await expect(page.getByText("No configurations match “nothing”")).toBeVisible();
});

test("a text is changed and saved", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await expect(telegrafs.save).toBeDisabled();
  await telegrafs.text.fill(text.replace("10s", "20s"));
  await expect(page.getByText("1 line changed")).toBeVisible();
  await expect(page.locator(".editor-gutter .changed")).toHaveText(["3"]);
  await telegrafs.save.click();
  await says(page, "The configuration was saved");
  await expect(page.getByText("1 line changed")).toHaveCount(0);
  await expect(telegrafs.save).toBeDisabled();
  expect(await saved(api, id)).toBe(text.replace("10s", "20s"));
  await page.reload();
  await expect(telegrafs.text).toHaveValue(text.replace("10s", "20s"));
});

test("the text is coloured as TOML, letter by letter where it is typed", async ({ page, tokens, api, first }) => {
  const roof = await create(api, first, "Roof", `${text}${"# more\n".repeat(60)}# ${"x".repeat(400)}`);
  await tokens.open();
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${roof.id}`);
  const colours = page.locator(".editor-colours");
  await expect(colours.locator("b").first()).toHaveText("[agent]");
  await expect(colours.locator(".comment").first()).toHaveText("# Roof");
  await expect(colours.locator(".value").first()).toHaveText(' "10s"');

  // What is seen is what is typed, wherever the text was moved to.
  await telegrafs.text.press("Control+End");
  await telegrafs.text.pressSequentially(" <b> & more");
  const seen = () => colours.evaluate((element) => element.textContent);
  expect(await seen()).toBe(await telegrafs.text.inputValue());
  const place = (locator: typeof colours) => locator.evaluate((element) => [element.scrollTop, element.scrollLeft]);
  await expect.poll(async () => (await place(telegrafs.text)).every((moved) => moved > 0)).toBe(true);
  await expect.poll(() => place(colours)).toEqual(await place(telegrafs.text));
});

test("a text that is no TOML is not saved, and the line is named", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await telegrafs.text.fill(text.replace('"10s"', "10s"));
  await expect(telegrafs.status).toHaveText('Line 3: put the value in quotes, such as "10s".');
  await expect(telegrafs.text).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(".editor-gutter .wrong")).toHaveText(["3"]);
  await expect(telegrafs.save).toBeDisabled();
  await page.getByTestId("discard-telegraf").click();
  await expect(telegrafs.text).toHaveValue(text);
  await expect(telegrafs.status).toHaveText("Valid TOML");
  expect(await saved(api, id)).toBe(text);
});

test("Tab indents, Esc and Tab leave", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof", "a = 1\nb = 2");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await telegrafs.text.focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Tab");
  await expect(telegrafs.text).toHaveValue("  a = 1\nb = 2");
  await expect(page.getByText("Line 1, column 3")).toBeVisible();
  await page.keyboard.press("Shift+Tab");
  await expect(telegrafs.text).toHaveValue("a = 1\nb = 2");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Tab");
  await expect(telegrafs.text).toHaveValue("  a = 1\n  b = 2");
  await page.keyboard.press("Control+Z");
  await expect(telegrafs.text).toHaveValue("a = 1\nb = 2");
  await expect(telegrafs.text).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(telegrafs.text).not.toBeFocused();
});

test("leaving an unsaved text is asked about once", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof");
  await create(api, first, "Cellar", "[agent]\n");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await telegrafs.text.fill("# new\n");
  const asked: string[] = [];
  let stay = true;
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await (stay ? dialog.dismiss() : dialog.accept());
  });
  await telegrafs.row("Cellar").click();
  await expect(telegrafs.text).toHaveValue("# new\n");
  await page.getByTestId("rename-telegraf").click();
  await expect(tokens.header).toHaveText(/Rename configuration/);
  await page.keyboard.press("Escape");
  await expect(telegrafs.text, "a dialog about it takes nothing away").toHaveValue("# new\n");
  stay = false;
  await telegrafs.row("Cellar").click();
  await expect(telegrafs.text).toHaveValue("[agent]\n");
  await page.getByTestId("tokens--tab").click();
  await expect(page).toHaveURL(tokens.address());
  expect(asked).toEqual(["confirm", "confirm"]);
});

test("going back from an unsaved text is asked about too", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open();
  await telegrafs.row("Roof").click();
  await telegrafs.text.fill("# new\n");
  const asked: string[] = [];
  let stay = true;
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await (stay ? dialog.dismiss() : dialog.accept());
  });
  await page.evaluate(() => history.back());
  await expect.poll(() => asked).toEqual(["confirm"]);
  await expect(page).toHaveURL(new RegExp(`/telegrafs/${id}$`));
  await expect(telegrafs.text).toHaveValue("# new\n");
  stay = false;
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL(/\/telegrafs$/);
  expect(asked).toEqual(["confirm", "confirm"]);
});

test("a pasted token is warned about and replaced", async ({ page, tokens, api, first }) => {
  const { id } = await create(api, first, "Roof");
  const { token } = await api.authorization(first.org.id, "Pasted");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await expect(page.getByTestId("replace-token")).toHaveCount(0);
  await telegrafs.text.fill(text.replace("$INFLUX_TOKEN", token));
  await expect(page.getByRole("alert").filter({ hasText: "There is a token in this text." })).toBeVisible();
  await page.getByTestId("replace-token").click();
  await expect(telegrafs.text).toHaveValue(text);
  await expect(page.getByTestId("replace-token")).toHaveCount(0);
  expect(await saved(api, id)).toBe(text);
});

test("a configuration is created, renamed and deleted", async ({ page, tokens, api, first }) => {
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open();
  await expect(page.getByTestId("empty-state")).toContainText("There are no Telegraf configurations in my-org yet");
  await page.getByTestId("create-telegraf").first().click();
  await page.getByLabel("Name", { exact: true }).fill("Roof");
  await page.getByLabel("Description").fill("All of the roof");
  await page.getByLabel("Bucket").fill("telemetry");
  await page.getByTestId("create-telegraf--save").click();
  await says(page, "The configuration was created");
  await expect(telegrafs.text).toHaveValue(/bucket = "telemetry"/);
  await expect(telegrafs.status).toHaveText("Valid TOML");
  await expect(telegrafs.row("Roof")).toHaveAttribute("aria-current", "page");
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(await saved(api, id)).toContain('token = "$INFLUX_TOKEN"');

  await page.getByTestId("rename-telegraf").click();
  await expect(page.getByLabel("Description")).toHaveValue("All of the roof");
  await page.getByLabel("Name", { exact: true }).fill("Attic");
  await page.getByTestId("rename-telegraf--save").click();
  await says(page, "The configuration was saved");
  await expect(telegrafs.row("Attic")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Attic" })).toBeVisible();

  await page.getByTestId("telegraf-menu").click();
  await page.getByTestId("delete-telegraf").click();
  await expect(tokens.header).toHaveText("Delete “Attic”?");
  await expect(page.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.getByTestId("delete-telegraf--confirm").click();
  await says(page, "The configuration was deleted");
  await expect(page).toHaveURL(telegrafs.address());
  await expect(telegrafs.row("Attic")).toHaveCount(0);
  expect((await api.get(`/api/v2/telegrafs/${id}`)).status).toBe(404);
});

test("an error in the dialog stands at its field", async ({ page, tokens, first, expectRefusal }) => {
  expectRefusal(422);
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open("/new");
  await page.getByLabel("Name", { exact: true }).fill("Roof");
  await page.getByText("Start with your own text").click();
  await page.getByLabel("Text", { exact: true }).fill("[agent");
  await page.getByTestId("create-telegraf--save").click();
  await expect(page.getByText("Line 1: close the header with ].").first()).toBeVisible();
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("[agent");
});

test("what an agent needs is copied, downloaded and generated from here", async ({ page, context, tokens, api, first, server }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await create(api, first, "Roof");
  expect(tokens.address()).toContain(first.org.id);
  const telegrafs = new TelegrafPage(page, first);
  await telegrafs.open(`/${id}`);
  await page.getByRole("button", { name: "Copy the command" }).click();
  await expect.poll(() => clipboard(page)).toBe(`telegraf --config ${server.url}/api/v2/telegrafs/${id}`);
  await page.getByTestId("telegraf-menu").click();
  await page.getByTestId("copy-telegraf-id").click();
  await says(page, "The ID was copied");
  expect(await clipboard(page)).toBe(id);
  await page.getByTestId("telegraf-menu").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("download-telegraf").click()]);
  expect(download.suggestedFilename()).toBe("Roof.toml");
  expect(await readFile(await download.path(), "utf8")).toBe(text);
  const to = new URL((await page.getByTestId("generate-telegraf-token").getAttribute("href")) ?? "", server.url);
  expect(to.pathname).toBe(tokens.address("/generate/custom-api"));
  expect(to.searchParams.get("read")).toBe(`telegrafs/${id}`);
  expect(to.searchParams.get("write")).toBe("buckets/telemetry");
});

test("a configuration that is not there is told, and leads back", async ({ page, tokens, first, expectRefusal }) => {
  expectRefusal(404);
  expect(tokens.address()).toContain(first.org.id);
  await new TelegrafPage(page, first).open("/00000000000000ff");
  await expect(page.getByText("There is no such configuration.")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the list, then the editor as a page of its own", async ({ page, tokens, api, first }) => {
    await create(api, first, "Roof");
    expect(tokens.address()).toContain(first.org.id);
    const telegrafs = new TelegrafPage(page, first);
    await telegrafs.open();
    await expect(page.getByText("Choose a configuration")).toBeHidden();
    await telegrafs.row("Roof").click();
    await expect(telegrafs.text).toBeVisible();
    await expect(telegrafs.row("Roof")).toBeHidden();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole("link", { name: "All configurations" }).click();
    await expect(telegrafs.row("Roof")).toBeVisible();
  });
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("everything is done by forms and links", async ({ page, tokens, api, first, expectRefusal }) => {
    expectRefusal(422);
    expect(tokens.address()).toContain(first.org.id);
    const telegrafs = new TelegrafPage(page, first, false);
    await telegrafs.open("/new");
    await page.getByLabel("Name", { exact: true }).fill("Roof");
    await page.getByLabel("Bucket").fill("telemetry");
    await page.getByTestId("create-telegraf--save").click();
    await expect(page.getByText("The configuration was created")).toBeVisible();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";

    await telegrafs.text.fill("[agent]\n  interval = 10s\n");
    await telegrafs.save.click();
    await expect(telegrafs.status).toHaveText('Line 2: put the value in quotes, such as "10s".');
    await expect(telegrafs.text, "what was typed stays").toHaveValue("[agent]\n  interval = 10s\n");
    const { token } = await api.authorization(first.org.id, "Pasted");
    await telegrafs.text.fill(`x = "${token}"\n<`);
    await telegrafs.save.click();
    await expect(telegrafs.text).toHaveValue(`x = "${token}"\n<`);
    await telegrafs.text.fill(`x = "${token}"\n`);
    await page.getByTestId("replace-token").click();
    await expect(page.getByText("The configuration was saved")).toBeVisible();
    await expect(telegrafs.text).toHaveValue('x = "$INFLUX_TOKEN"\n');
    expect(await saved(api, id)).toBe('x = "$INFLUX_TOKEN"\n');

    await page.getByTestId("telegraf-menu").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("download-telegraf").click()]);
    expect(await readFile(await download.path(), "utf8")).toBe('x = "$INFLUX_TOKEN"\n');
    await page.getByTestId("telegraf-menu").click();

    await page.getByTestId("rename-telegraf").click();
    await page.getByLabel("Name", { exact: true }).fill("Attic");
    await page.getByTestId("rename-telegraf--save").click();
    await expect(page.getByRole("heading", { name: "Attic" })).toBeVisible();
    await page.getByTestId("telegraf-menu").click();
    await page.getByTestId("delete-telegraf").click();
    await page.getByTestId("delete-telegraf--confirm").click();
    await expect(page.getByText("The configuration was deleted")).toBeVisible();
    await expect(page.getByTestId("empty-state")).toBeVisible();
  });
});
