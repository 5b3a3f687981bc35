// A token is rotated without an outage: the new one is shown once, the old one works until the overlap ends.

import { expect, says, test, type Permission } from "./console.ts";

test("a token is rotated from its row: both work, and the list shows when the old one ends", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Collector");
  await tokens.open();
  await (await tokens.menu("Collector")).getByTestId("context-rotate-token").click();
  await expect(page).toHaveURL(tokens.address(`/${id}/rotate`));
  await expect(tokens.header).toHaveText(/Rotate “Collector”\?/);
  await expect(tokens.dialog.getByRole("radio", { name: "24 hours" })).toBeChecked();
  await expect(tokens.dialog.getByText(/^Ends on .* You can end it earlier\.$/).filter({ visible: true })).toHaveCount(1);
  await tokens.dialog.getByTestId("rotate-token--confirm-button").click();
  await says(page, "API token was created successfully");
  await expect(tokens.header).toContainText("You've successfully rotated an API Token");
  await expect(page.getByTestId("old-token")).toContainText(/works until .* UTC/);
  const successor = await tokens.newToken();
  expect(await api.with(successor).status()).toBe(200);
  expect(await api.with(token).status()).toBe(200);
  const old = (await api.get(`/api/v2/authorizations/${id}`)).body;
  const made = (await api.get(`/api/v2/authorizations/${old.replacedBy}`)).body;
  expect(made).toMatchObject({ description: "Collector", replaces: id, permissions: old.permissions });
  const left = Date.parse(old.expiresAt) - Date.now();
  expect(left).toBeGreaterThan(23 * 3_600_000);
  expect(left).toBeLessThanOrEqual(24 * 3_600_000);
});

test("stop now says what that means, and the old token is refused at once", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Leaky");
  await tokens.open(`/${id}/rotate`);
  await expect(tokens.dialog.getByText("Both tokens work")).toBeVisible();
  await tokens.dialog.getByRole("radio", { name: "Stop now" }).check();
  await expect(tokens.dialog.getByText("Both tokens work")).toBeHidden();
  await expect(tokens.dialog.getByText("The old token is refused at once.")).toBeVisible();
  await tokens.dialog.getByTestId("rotate-token--confirm-button").click();
  await expect(page.getByTestId("old-token")).toContainText("no longer works");
  expect(await api.with(await tokens.newToken()).status()).toBe(200);
  expect(await api.with(token).status()).toBe(401);
});

test("the details show the chain, who still uses the old token, and end the overlap", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Fleet");
  const rotated = (await api.send("POST", `/api/v2/authorizations/${id}/rotate`, { overlap: "7d" })).body;
  expect(await api.with(token).status()).toBe(200);
  await tokens.open(`/${rotated.id}`);
  const chain = page.getByTestId("token-chain");
  await expect(chain).toContainText("overlap ends in 7 days");
  await expect(chain.getByRole("listitem")).toHaveCount(2);
  await expect(chain.getByTestId("still-used")).toContainText(/still used just now, ends in 7 days/);
  await expect(tokens.dialog.getByRole("button", { name: "Rotate" })).toBeDisabled();
  // It was used a moment ago: that is asked about.
  await chain.getByText("End overlap now").click();
  await expect(chain).toContainText("Programs that still use it are refused at once.");
  await chain.getByTestId("end-overlap").click();
  await says(page, "The old token no longer works");
  await expect(chain).toContainText("Ended just now");
  await expect(chain.getByTestId("end-overlap")).toHaveCount(0);
  expect(await api.with(token).status()).toBe(401);
  expect(await api.with(rotated.token).status()).toBe(200);
  await chain.getByRole("link", { name: "Old token" }).click();
  await expect(page).toHaveURL(tokens.address(`/${id}`));
  await expect(page.getByTestId("token-chain").getByRole("link", { name: "New token" })).toBeVisible();
});

test("what can't be rotated says why, and leads to its successor", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Twice");
  const rotated = (await api.send("POST", `/api/v2/authorizations/${id}/rotate`, {})).body;
  await tokens.open(`/${id}/rotate`);
  await expect(tokens.dialog).toContainText("This token was already rotated.");
  await tokens.dialog.getByRole("link", { name: "Rotate its successor" }).click();
  await expect(page).toHaveURL(tokens.address(`/${rotated.id}/rotate`));
  await expect(tokens.header).toHaveText(/Rotate “Twice”\?/);
});

test("the details tell of the last use, and how often each day", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Busy");
  await tokens.open(`/${id}`);
  await expect(page.getByTestId("token-uses")).toContainText("0 requests");
  await api.with(token).status();
  await api.with(token).status();
  await page.reload();
  await expect(page.getByTestId("last-used")).toContainText(/just now.*from 127\.0\.0\.1/);
  const uses = page.getByTestId("token-uses");
  await expect(uses).toContainText("2 requests");
  await expect(uses.locator("rect")).toHaveCount(30);
  await expect(uses.getByRole("table", { name: "Requests per day, without days that had none" }).getByRole("row")).toHaveCount(2);
});

test("a token is rotated with changes: other permissions, another name", async ({ page, tokens, api, first }) => {
  const { id, token } = await api.authorization(first.org.id, "Narrow");
  await tokens.open(`/${id}/rotate`);
  await page.getByTestId("rotate-token--with-changes").click();
  await expect(page).toHaveURL(tokens.address(`/generate/custom-api?rotate=${id}`));
  await expect(tokens.header).toHaveText("Rotate with changes");
  await expect(page.getByTestId("custom-api-token-input")).toHaveValue("Narrow");
  await page.getByTestId("custom-api-token-input").fill("Wider");
  await tokens.box("Write bucket telemetry").check();
  await tokens.dialog.getByRole("radio", { name: "Stop now" }).check();
  await page.getByTestId("generate-token-overlay--buton").click();
  await expect(tokens.header).toContainText("You've successfully rotated an API Token");
  await expect(page.getByTestId("old-token")).toContainText("no longer works");
  expect(await api.with(await tokens.newToken()).status()).toBe(200);
  expect(await api.with(token).status()).toBe(401);
  const old = (await api.get(`/api/v2/authorizations/${id}`)).body;
  const made = (await api.get(`/api/v2/authorizations/${old.replacedBy}`)).body;
  expect(made.description).toBe("Wider");
  const written = made.permissions.filter((one: any) => one.action === "write" && one.resource.id === first.bucket.id);
  expect(written).toHaveLength(1);
});

test("a token is rotated to what it used: the rest is told and not ticked", async ({ page, tokens, api, first }) => {
  const permissions: Permission[] = [
    { action: "read", resource: { type: "buckets", id: first.bucket.id, orgID: first.org.id } },
    { action: "read", resource: { type: "telegrafs", orgID: first.org.id } },
  ];
  const { id } = await api.authorization(first.org.id, "Too wide", { permissions });
  await tokens.open(`/generate/custom-api?rotate=${id}&narrow=1`);
  await expect(tokens.header).toHaveText("Rotate with changes");
  await expect(page.getByTestId("prefill-gaps")).toContainText("Read “telemetry” was not ticked: no gate saw a use in 30 days.");
  await expect(tokens.box("Read bucket telemetry")).not.toBeChecked();
  await page.getByTestId("generate-token-overlay--buton").click();
  await expect(tokens.header).toContainText("You've successfully rotated an API Token");
  const old = (await api.get(`/api/v2/authorizations/${id}`)).body;
  const made = (await api.get(`/api/v2/authorizations/${old.replacedBy}`)).body;
  expect(made.permissions.map((one: any) => one.resource.type)).toEqual(["telegrafs"]);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("a token is rotated by a form, and its overlap ended by another", async ({ page, tokens, api, first }) => {
    const { id, token } = await api.authorization(first.org.id, "By form");
    await tokens.open(`/${id}`);
    await page.getByTestId("context-rotate-token").click();
    await page.getByRole("radio", { name: "1 hour" }).check();
    await page.getByTestId("rotate-token--confirm-button").click();
    await expect(page.getByTestId("overlay--header")).toHaveText("You've successfully rotated an API Token");
    const successor = await tokens.newToken();
    expect(await api.with(successor).status()).toBe(200);
    expect(await api.with(token).status()).toBe(200);
    const made = (await api.get(`/api/v2/authorizations/${id}`)).body.replacedBy;

    await tokens.open(`/${made}`);
    expect(await page.content()).not.toContain(successor.slice(8));
    await page.getByText("End overlap now").click();
    await page.getByTestId("end-overlap").click();
    await expect(page.getByText("The old token no longer works")).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/${made}\\?done=overlap-ended$`));
    expect(await api.with(token).status()).toBe(401);
  });

  test("a refused form says what to mend, and nothing happens", async ({ page, tokens, api, first, expectRefusal }) => {
    expectRefusal(422);
    const { id } = await api.authorization(first.org.id, "Patient");
    await tokens.open(`/${id}/rotate`);
    await page.getByRole("radio", { name: "Custom" }).check();
    await page.getByTestId("rotate-token--confirm-button").click();
    await expect(page.getByText("Choose the day on which it expires.").first()).toBeVisible();
    expect((await api.get(`/api/v2/authorizations/${id}`)).body.replacedBy).toBeUndefined();
  });
});
