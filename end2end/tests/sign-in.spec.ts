// Signing in and out.

import { expect, hydrated, sessionKey, signIn, test } from "./console.ts";

test("whoever is not signed in signs in, and comes back to the address asked for", async ({ page, first }) => {
  const wanted = `/orgs/${first.org.id}/load-data/tokens/generate/all-access?searchTerm=alice`;
  await page.goto(wanted);
  await expect(page).toHaveURL(`/sign-in?to=${encodeURIComponent(wanted)}`);
  await hydrated(page);
  await signIn(page);
  await expect(page).toHaveURL(wanted);
  await hydrated(page);
  await expect(page.getByTestId("overlay--header")).toHaveText("Generate All Access API Token");
});

test("the start leads to the tokens of the organization last used", async ({ page, api, tokens }) => {
  const other = await api.create("/api/v2/orgs", { name: "another" });
  await tokens.open();
  await page.goto("/");
  await expect(page).toHaveURL(tokens.address());
  await page.goto(`/orgs/${other.id}/load-data/tokens`);
  await page.goto("/");
  await expect(page).toHaveURL(`/orgs/${other.id}/load-data/tokens`);
});

test("a wrong password is refused in one sentence, and the name stays", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  await page.goto("/sign-in");
  await hydrated(page);
  await signIn(page, "wrong-password");
  await expect(page.getByRole("alert")).toContainText("Username or password is wrong.");
  await expect(page.getByLabel("Username")).toHaveValue("alice");
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await signIn(page);
  await expect(page).toHaveURL(`/orgs/${first.org.id}/load-data/tokens`);
});

test("an unknown name is refused in the same words", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  expect(first.user.name).toBe("alice");
  await page.goto("/sign-in");
  await hydrated(page);
  await signIn(page, "password1", "nobody");
  await expect(page.getByRole("alert")).toContainText("Username or password is wrong.");
});

test("after five failures even the right password waits, and the button counts down", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  expectRefusal(429);
  expect(first.user.name).toBe("alice");
  await page.clock.install();
  await page.goto("/sign-in");
  await hydrated(page);
  const refused = () => page.waitForResponse((response) => response.url().includes("/fn/"));
  for (let failure = 1; failure <= 5; failure++) {
    const answer = refused();
    await signIn(page, `guess-${failure}`);
    expect((await answer).status()).toBe(401);
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  }
  await signIn(page);
  await expect(page.getByRole("alert")).toContainText("Too many attempts.");
  const button = page.getByRole("button", { name: "Sign in" });
  await expect(button).toBeDisabled();
  const left = async () => Number((await page.getByRole("alert").innerText()).match(/Try again in (\d+) seconds/)?.[1]);
  const before = await left();
  expect(before).toBeGreaterThan(30);
  expect(before).toBeLessThanOrEqual(41);
  await page.clock.runFor(10_000);
  await expect.poll(left).toBeLessThanOrEqual(before - 9);
  await page.clock.runFor(35_000);
  await expect(button).toBeEnabled();
});

test("signing out ends the session, on the server too", async ({ page, server, tokens, context }) => {
  await tokens.open();
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await page.getByTestId("user-nav").click();
  await page.getByTestId("user-nav-item-logout").click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto(tokens.address());
  await expect(page).toHaveURL(/\/sign-in\?to=/);
  const old = await server.api(tokens.address(), { headers: { cookie: cookies }, redirect: "manual" });
  expect(old.status).toBe(303);
  expect(old.headers.get("location")).toContain("/sign-in");
});

test("whoever was signed out elsewhere meanwhile is led to sign in and back", async ({ page, server, tokens, context, expectRefusal }) => {
  expectRefusal(401);
  await tokens.open("/generate/all-access");
  const [session] = (await context.cookies()).filter(({ name }) => name === "jeton");
  await server.api("/sign-out", { method: "POST", headers: { cookie: `jeton=${session!.value}` }, redirect: "manual" });
  await page.getByTestId("button--save").click();
  await expect(page).toHaveURL(`/sign-in?to=${encodeURIComponent(tokens.address("/generate/all-access"))}`);
  await hydrated(page);
  await signIn(page);
  await expect(page).toHaveURL(tokens.address("/generate/all-access"));
});

test("a session survives in its cookie, which scripts cannot read", async ({ page, server, first, context }) => {
  expect(await sessionKey(server)).not.toBe("");
  await page.goto("/sign-in");
  await hydrated(page);
  await signIn(page);
  await expect(page).toHaveURL(`/orgs/${first.org.id}/load-data/tokens`);
  const cookie = (await context.cookies()).find(({ name }) => name === "jeton");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(await page.evaluate(() => document.cookie)).not.toContain("jeton=");
});
