// Generating tokens: what they may do is what was ticked, and they are shown once.

import type { Page } from "@playwright/test";
import { clipboard, expect, says, test } from "./console.ts";

const generate = (page: Page) => page.getByTestId("generate-token-overlay--buton");
const can = (page: Page) => page.getByTestId("token-can").getByRole("listitem");

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
});

test("an All Access token is generated, copied and used", async ({ page, tokens, api, first }) => {
  await tokens.open();
  await page.getByTestId("dropdown-button--gen-token").first().click();
  await page.getByTestId("dropdown-item generate-token--all-access").first().click();
  await expect(page).toHaveURL(tokens.address("/generate/all-access"));
  await expect(tokens.header).toHaveText("Generate All Access API Token");
  await page.getByTestId("all-access-token-input").fill("Backup job");
  await page.getByTestId("button--save").click();

  await says(page, "API token was created successfully");
  const token = await tokens.newToken();
  await page.getByTestId("button-copy").click();
  await says(page, "API token has been copied to clipboard");
  expect(await clipboard(page)).toBe(token);

  const backup = api.with(token);
  const made = await backup.bucket(first.org.id, "made-by-the-token");
  expect((await backup.get(`/api/v2/buckets/${made.id}`)).status).toBe(200);
  expect((await backup.send("PATCH", `/api/v2/orgs/${first.org.id}`, { name: "mine" })).status, "it may not change the organization").toBe(401);
  const [mine] = (await api.get("/api/v2/authorizations")).body.authorizations.filter((one: { description: string }) => one.description === "Backup job");
  expect(mine.permissions).toHaveLength(43);
});

test("an All Access token needs no description", async ({ page, tokens, api }) => {
  await tokens.open("/generate/all-access");
  await expect(page.getByTestId("all-access-token-input")).toBeFocused();
  await page.keyboard.press("Enter");
  const token = await tokens.newToken();
  await page.getByTestId("button-copy").click();
  await tokens.saved();
  await expect(tokens.row("")).toContainText("Describe this API Token");
  await expect(tokens.row("")).toContainText(token.slice(0, 8));
  expect(await api.with(token).status()).toBe(200);
});

test("a line separates the fields of an All Access token from what it includes", async ({ tokens }) => {
  await tokens.open("/generate/all-access");
  const width = (part: string) => tokens.dialog.locator(part).evaluate((one) => one.getBoundingClientRect().width);
  const full = await width(".can-list");
  expect(full).toBeGreaterThan(200);
  expect(await width("hr")).toBe(full);
});

test("a custom token reads the one bucket, writes the other, and nothing else", async ({ page, tokens, api, first }) => {
  const archive = await api.bucket(first.org.id, "archive");
  await tokens.open();
  await page.getByTestId("dropdown-button--gen-token").first().click();
  await page.getByTestId("dropdown-item generate-token--custom-api").first().click();
  await expect(tokens.header).toHaveText("Generate a Custom API Token");
  await tokens.box("Read bucket telemetry").check();
  await tokens.box("Write bucket archive").check();
  await expect(generate(page)).toContainText("2 permissions");
  await page.getByTestId("custom-api-token-input").fill("Mover");
  await generate(page).click();
  await says(page, "API token was created successfully");
  const mover = api.with(await tokens.newToken());

  const rename = (id: string) => mover.send("PATCH", `/api/v2/buckets/${id}`, { description: "seen" });
  expect((await mover.get(`/api/v2/buckets/${first.bucket.id}`)).status, "read telemetry").toBe(200);
  expect((await rename(first.bucket.id)).status, "write telemetry").toBe(401);
  expect((await mover.get(`/api/v2/buckets/${archive.id}`)).status, "read archive").toBe(401);
  expect((await rename(archive.id)).status, "write archive").toBe(200);
  const created = (await api.get("/api/v2/authorizations")).body.authorizations.find((one: { description: string }) => one.description === "Mover");
  expect(created.permissions.map((one: any) => `${one.action} ${one.resource.type} ${one.resource.id}`).sort()).toEqual(
    [`read buckets ${first.bucket.id}`, `write buckets ${archive.id}`].sort(),
  );
});

test("nothing is granted by default", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  await expect(tokens.box("Read bucket telemetry")).toBeVisible();
  await expect(page.getByRole("checkbox", { checked: true, includeHidden: true })).toHaveCount(0);
  await expect(page.getByText("This token cannot do anything yet")).toBeVisible();
  await expect(page.locator("#why-disabled")).toHaveText("Select at least one permission.");
  await expect(generate(page)).toBeDisabled();
  await tokens.box("Read bucket telemetry").check();
  await expect(generate(page)).toBeEnabled();
  await tokens.box("Read bucket telemetry").uncheck();
  await expect(generate(page)).toBeDisabled();
});

test("what a type implies is shown ticked and cannot be changed; without the type the single ticks return", async ({ page, tokens, api, first }) => {
  await api.bucket(first.org.id, "archive");
  await tokens.open("/generate/custom-api");
  await tokens.box("Read bucket telemetry").check();
  await expect(tokens.box("Read All Buckets")).toBeChecked({ indeterminate: true });
  await tokens.box("Read All Buckets").check();
  for (const name of ["Read bucket telemetry", "Read bucket archive", "Read bucket _tasks"]) {
    await expect(tokens.box(name)).toBeChecked();
    await expect(tokens.box(name)).toBeDisabled();
  }
  await expect(tokens.box("Write bucket telemetry")).not.toBeChecked();
  await expect(can(page)).toHaveText(["Read all buckets in my-org"]);
  await expect(generate(page)).toContainText("1 permission");

  await tokens.box("Read All Buckets").uncheck();
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  await expect(tokens.box("Read bucket telemetry")).toBeEnabled();
  await expect(tokens.box("Read bucket archive")).not.toBeChecked();
});

test("the box of the other resources sets every type and never turns one round", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  await page.getByTestId("accordion-header").filter({ hasText: "Other Resources" }).click();
  await tokens.box("Read Tasks").check();
  await expect(tokens.box("Read All Other Resources")).toBeChecked({ indeterminate: true });
  await tokens.box("Read All Other Resources").check();
  await expect(tokens.box("Read Tasks")).toBeChecked();
  await expect(tokens.box("Read Dashboards")).toBeChecked();
  await expect(generate(page)).toContainText("20 permissions");
  await tokens.box("Read All Other Resources").uncheck();
  await expect(tokens.box("Read Tasks")).not.toBeChecked();
  await expect(generate(page)).toBeDisabled();
});

test("the description is generated while none is typed", async ({ page, tokens, api }) => {
  await tokens.open("/generate/custom-api");
  const description = page.getByTestId("custom-api-token-input");
  await expect(description).toHaveAttribute("placeholder", "Describe this new token");
  await tokens.box("Read bucket telemetry").check();
  await expect(description).toHaveAttribute("placeholder", "Read buckets telemetry");
  await tokens.box("Write bucket telemetry").check();
  await expect(description).toHaveAttribute("placeholder", "Read buckets telemetry Write buckets telemetry");
  await tokens.box("Read All Telegrafs").check();
  await expect(description).toHaveAttribute("placeholder", "Read buckets telemetry Write buckets telemetry and 1 more");
  await generate(page).click();
  await tokens.newToken();
  const descriptions = (await api.get("/api/v2/authorizations")).body.authorizations.map((one: { description: string }) => one.description);
  expect(descriptions).toContain("Read buckets telemetry Write buckets telemetry and 1 more");
});

test("“This token can …”, both commands, the curl call and the JSON follow every tick", async ({ page, tokens, api, first }) => {
  await tokens.open("/generate/custom-api");
  const tab = async (name: string) => {
    await page.locator("label.tab").filter({ hasText: name }).click();
    return page.locator(".summary .tab-panel:visible code");
  };
  await tokens.box("Write bucket telemetry").check();
  await expect(can(page)).toHaveText(["Write to bucket telemetry"]);
  await expect(page.getByText("Everything else is refused.")).toBeVisible();
  const command = await tab("jeton");
  await expect(command).toContainText("--write-bucket telemetry");
  await tokens.box("Read bucket telemetry").check();
  await expect(can(page)).toHaveText(["Read from bucket telemetry", "Write to bucket telemetry"]);
  const lines = ["jeton auth create \\", `  --org ${first.org.name} \\`, "  --read-bucket telemetry \\", "  --write-bucket telemetry"];
  await expect(command).toHaveText(lines.join("\n"), { useInnerText: true });
  await page.locator(".summary .tab-panel:visible").getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => clipboard(page)).toBe(lines.join("\n"));
  const stock = await tab("influx");
  await expect(stock).toContainText("influx auth create");
  await expect(stock).toContainText(`--read-bucket ${first.bucket.id}`);
  await expect(stock).toContainText(`--write-bucket ${first.bucket.id}`);
  await expect(await tab("curl")).toContainText("/api/v2/authorizations");

  const json = await (await tab("JSON")).innerText();
  const made = await api.create("/api/v2/authorizations", JSON.parse(json));
  expect(made.permissions).toHaveLength(2);
  await page.locator(".summary .tab-panel:visible").getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => clipboard(page)).toBe(json);
});

test("where the stock command would grant something else, it is said; Jeton's own can say it", async ({ page, tokens, first }) => {
  await tokens.open("/generate/custom-api");
  await page.getByTestId("accordion-header").filter({ hasText: "Other Resources" }).click();
  await tokens.box("Read Orgs").check();
  const panel = page.locator(".summary .tab-panel:visible");
  await expect(panel).toContainText(`--can read:orgs/${first.org.name}`);
  await expect(panel.locator(".hint")).toHaveCount(0);
  await page.locator("label.tab").filter({ hasText: "influx" }).click();
  await expect(panel).toContainText("influx grants all organizations and users, not only yours: use jeton, curl or JSON.");
});

test("the search opens what it finds", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  await expect(tokens.box("Read Dashboards")).toBeHidden();
  await page.getByTestId("search-widget").fill("dashb");
  await expect(tokens.box("Read Dashboards")).toBeVisible();
  await expect(tokens.box("Read Tasks")).toHaveCount(0);
  await page.getByTestId("search-widget").fill("nothing is called so");
  const headers = page.getByTestId("accordion-header");
  for (const name of ["Buckets", "Telegraf Configurations", "Other Resources"]) {
    await expect(headers.filter({ hasText: name })).toContainText("No match");
  }
});

test("of 110 buckets every one can be picked: the search asks the server", async ({ page, tokens, api, first }) => {
  const ids = new Map<string, string>();
  const names = Array.from({ length: 110 }, (_, number) => `sensor-${String(number + 1).padStart(3, "0")}`);
  for (const name of names) ids.set(name, (await api.bucket(first.org.id, name)).id);
  await tokens.open("/generate/custom-api");
  await expect(page.getByText("100 of 113 buckets. Search to find the others.")).toBeVisible();
  await tokens.box("Read bucket sensor-001").check();
  await expect(tokens.box("Write bucket sensor-110")).toHaveCount(0);

  await page.getByTestId("search-widget").fill("sensor-11");
  await tokens.box("Write bucket sensor-110").check();
  await expect(page.getByTestId("accordion-header").first()).toContainText("1 of 113 match");
  await expect(tokens.box("Read bucket sensor-001")).toHaveCount(0);
  await expect(can(page)).toHaveText(["Read from bucket sensor-001", "Write to bucket sensor-110"]);
  await generate(page).click();
  const made = api.with(await tokens.newToken());
  expect((await made.get(`/api/v2/buckets/${ids.get("sensor-001")}`)).status).toBe(200);
  expect((await made.send("PATCH", `/api/v2/buckets/${ids.get("sensor-110")}`, { description: "seen" })).status).toBe(200);
});

test("nothing is created by Enter in the search", async ({ page, tokens, api }) => {
  await tokens.open("/generate/custom-api");
  await tokens.box("Read bucket telemetry").check();
  await page.getByTestId("search-widget").fill("telemetry");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("accordion-header").first()).toContainText("1 of 3 match");
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  expect((await api.get("/api/v2/authorizations")).body.authorizations).toHaveLength(1);
});

test("an error keeps the dialog, what was typed and what was ticked", async ({ page, tokens, expectRefusal }) => {
  expectRefusal(400);
  await tokens.open("/generate/custom-api");
  const long = "x".repeat(1100);
  await page.getByTestId("custom-api-token-input").fill(long);
  await tokens.box("Read bucket telemetry").check();
  await generate(page).click();
  await says(page, "Failed to create API tokens: ", "error");
  await expect(tokens.dialog).toContainText("Use at most 1024 bytes.");
  await expect(page.getByTestId("custom-api-token-input")).toHaveValue(long);
  await expect(tokens.box("Read bucket telemetry")).toBeChecked();
  await page.getByTestId("custom-api-token-input").fill("short");
  await generate(page).click();
  await tokens.newToken();
});

test.describe("the created dialog", () => {
  test.beforeEach(async ({ page, tokens }) => {
    await tokens.open("/generate/all-access");
    await page.getByTestId("all-access-token-input").fill("Precious");
    await page.getByTestId("button--save").click();
    await tokens.newToken();
  });

  test("stays at Esc and at a press outside", async ({ page, tokens }) => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 400);
    await expect(tokens.dialog).toBeVisible();
    await tokens.newToken();
  });

  test("asks once whoever has not copied", async ({ page, tokens }) => {
    await tokens.saved();
    await expect(page.getByText("You have not copied the token. Close anyway?")).toBeVisible();
    await page.getByRole("button", { name: "Keep open" }).click();
    await expect(page.getByTestId("saved-token--button")).toBeVisible();
    await tokens.saved();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await expect(tokens.dialog).toHaveCount(0);
    await expect(tokens.row("Precious")).toBeVisible();
  });

  test("leads whoever has copied to the list, with the new row marked", async ({ page, tokens, api }) => {
    await page.getByTestId("button-copy").click();
    await says(page, "API token has been copied to clipboard");
    await tokens.saved();
    await expect(tokens.dialog).toHaveCount(0);
    const id = (await api.get("/api/v2/authorizations")).body.authorizations.find((one: { description: string }) => one.description === "Precious").id;
    await expect(page).toHaveURL(tokens.address(`?show=${id}`));
    await expect(tokens.row("Precious")).toHaveClass(/marked/);
    await expect(tokens.row("Precious").getByText("New", { exact: true })).toBeVisible();
  });

  test("shows the token this once, and it is nowhere afterwards", async ({ page, tokens, api }) => {
    const token = await tokens.newToken();
    await page.getByTestId("button-copy").click();
    await tokens.saved();
    await expect(tokens.dialog).toHaveCount(0);
    const secret = token.slice(8);
    expect(await page.content()).not.toContain(secret);
    const list = await api.get("/api/v2/authorizations");
    expect(JSON.stringify(list.body)).not.toContain(secret);
    expect(new Set(list.body.authorizations.map((one: { token: string }) => one.token))).toEqual(new Set([""]));
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]))).not.toContain(secret);
    await page.goBack();
    await expect(page.getByTestId("all-access-token-input")).toBeVisible();
    expect(await page.content()).not.toContain(secret);
    await page.reload();
    expect(await page.content()).not.toContain(secret);
  });

  test("puts the whole token into what is copied from the examples", async ({ page, tokens }) => {
    const token = await tokens.newToken();
    for (const name of ["Shell", "influx CLI", "Telegraf", "Grafana", "Python"]) {
      await page.locator("label.tab").filter({ hasText: name }).click();
      const panel = page.locator(".created .tab-panel:visible");
      await expect(panel.locator("code")).toContainText(`${token.slice(0, 8)}…${token.slice(-6)}`);
      await panel.getByRole("button", { name: "Copy" }).click();
      await expect.poll(() => clipboard(page)).toContain(token);
      await page.evaluate(() => navigator.clipboard.writeText(""));
    }
  });

  test("offers the token in a file", async ({ page, tokens }) => {
    const token = await tokens.newToken();
    const download = page.waitForEvent("download");
    await page.getByTestId("button-download").click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("jeton.env");
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toContain(`INFLUX_TOKEN=${token}\n`);
    await tokens.saved();
    await expect(tokens.dialog).toHaveCount(0);
  });
});

test("where the browser refuses the clipboard, the token is selected instead", async ({ page, tokens }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
  });
  await tokens.open("/generate/all-access");
  await page.getByTestId("button--save").click();
  const token = await tokens.newToken();
  await page.getByTestId("button-copy").click();
  await expect(page.getByText("Press Ctrl+C to copy.")).toBeVisible();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(token);
  await tokens.saved();
  await expect(tokens.dialog).toHaveCount(0);
});

test("on plain http, the whole token is copied from the examples, by the button and by hand", async ({ page, tokens, context }) => {
  await page.addInitScript(() => {
    delete (Navigator.prototype as unknown as { clipboard?: unknown }).clipboard;
  });
  await tokens.open("/generate/all-access");
  await page.getByTestId("button--save").click();
  const token = await tokens.newToken();
  // Another page reads what this one copied.
  const reader = await context.newPage();
  await reader.goto(new URL("/health", page.url()).href);
  const copied = async () => {
    await reader.bringToFront();
    const text = await clipboard(reader);
    await reader.evaluate(() => navigator.clipboard.writeText(""));
    await page.bringToFront();
    return text;
  };
  const panel = page.locator(".created .tab-panel:visible");
  await panel.getByRole("button", { name: "Copy" }).click();
  expect(await copied()).toContain(token);
  await panel.locator("code").evaluate((code) => getSelection()?.selectAllChildren(code));
  await page.keyboard.press("ControlOrMeta+C");
  expect(await copied()).toContain(token);
  await page.getByTestId("button-copy").click();
  await says(page, "API token has been copied to clipboard");
  expect(await copied()).toBe(token);
});
