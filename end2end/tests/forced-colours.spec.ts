// In forced colours (Windows' contrast themes) the browser takes our colours away: focus, edges and states are seen all the
// same.

import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, test } from "./console.ts";

test.use({ contextOptions: { forcedColors: "active", reducedMotion: "reduce" } });

/** A picture of an element, to be compared with another. */
function look(element: Locator): Promise<string> {
  return element.screenshot({ animations: "disabled" }).then((bytes) => bytes.toString("base64"));
}

/** What stands behind the focus while one goes through the page by Tab and shows no outline. */
async function withoutOutline(page: Page, steps: number): Promise<string[]> {
  const found: string[] = [];
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press("Tab");
    const bare = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "";
      // A hidden box is drawn by what surrounds it.
      const drawn = [element, element.parentElement, element.closest(".input-box, .editor, .tab, label")];
      const outlined = drawn.some((one) => {
        if (!one) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
      });
      return outlined ? "" : element.outerHTML.slice(0, 120);
    });
    if (bare) found.push(bare);
  }
  return found;
}

/** Buttons, fields and menus whose edge can't be told from the page. */
function withoutEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll("a.button, button.button, summary.button, .input, .switch, .menu-panel, dialog[open], .toast")) {
      if (!element.checkVisibility()) continue;
      // A switch's track is drawn by a pseudo-element.
      const style = getComputedStyle(element, element.matches(".switch") ? "::before" : undefined);
      const behind = getComputedStyle(document.body).backgroundColor;
      const edge = Number.parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none" && style.borderTopColor !== behind && !/, 0\)$/.test(style.borderTopColor);
      const filled = style.backgroundColor !== behind && !/, 0\)$/.test(style.backgroundColor);
      if (!edge && !filled) found.push(element.outerHTML.slice(0, 120));
    }
    return found;
  });
}

test("the focus is seen wherever it is", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Roof");
  await tokens.open();
  expect(await withoutOutline(page, 45), "the token page").toEqual([]);
  await tokens.open("/generate/custom-api");
  expect(await withoutOutline(page, 40), "the custom dialog").toEqual([]);
  await tokens.open(`/${id}`);
  expect(await withoutOutline(page, 25), "the drawer").toEqual([]);
});

test("buttons, fields and menus have edges", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Roof");
  await tokens.open();
  expect(await withoutEdge(page), "the token page").toEqual([]);
  await page.getByTestId("dropdown-button--gen-token").click();
  expect(await withoutEdge(page), "a menu").toEqual([]);
  for (const rest of ["/generate/custom-api", "/generate/all-access", `/${id}`, `/${id}/delete`]) {
    await tokens.open(rest);
    expect(await withoutEdge(page), rest).toEqual([]);
  }
});

test("a box that is checked looks unlike one that is not", async ({ page, tokens }) => {
  await tokens.open("/generate/custom-api");
  const box = tokens.box("Read bucket telemetry");
  const before = await look(box);
  await box.check();
  await page.mouse.move(0, 0);
  expect(await look(box)).not.toBe(before);
});

test("a switch that is on looks unlike one that is off", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "Awake");
  await api.authorization(first.org.id, "Asleep", { status: "inactive" });
  // On a phone it stands alone, without its word.
  await page.setViewportSize({ width: 390, height: 844 });
  await tokens.open();
  await page.mouse.move(0, 0);
  const toggle = (name: string) => tokens.row(name).getByTestId("slide-toggle");
  expect(await look(toggle("Awake"))).not.toBe(await look(toggle("Asleep")));
});

test("what is selected, current or pressed is told from the rest", async ({ page, tokens, api, first }) => {
  await api.authorization(first.org.id, "One");
  await api.authorization(first.org.id, "Two");
  await tokens.open();
  const mark = (element: Locator) =>
    element.evaluate((one) => {
      const { outlineStyle, outlineColor, backgroundColor, borderTopColor } = getComputedStyle(one);
      const { content, backgroundColor: line } = getComputedStyle(one, "::after");
      return [outlineStyle === "none" ? "" : outlineColor, backgroundColor, borderTopColor, content === "none" ? "" : line].join();
    });
  const nav = page.getByTestId("nav");
  expect(await mark(nav.getByTestId("nav-subitem-tokens")), "the page in the navigation").not.toBe(await mark(nav.getByTestId("nav-subitem-buckets")));
  expect(await mark(page.getByTestId("tokens--tab")), "the tab").not.toBe(await mark(page.getByTestId("buckets--tab")));
  await tokens.row("One").hover();
  await tokens.row("One").getByRole("checkbox").check();
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  expect(await mark(tokens.row("One")), "the selected row").not.toBe(await mark(tokens.row("Two")));
  await tokens.open("/generate/custom-api");
  const chips = page.locator("dialog [aria-pressed]");
  await chips.first().click();
  await expect(chips.first()).toHaveAttribute("aria-pressed", "true");
  expect(await mark(chips.first()), "the template").not.toBe(await mark(chips.nth(1)));
});

test("what went wrong is seen at its field", async ({ page, first, expectRefusal }) => {
  expectRefusal(401);
  expect(first.user.name).toBe("alice");
  await page.goto("/sign-in");
  await hydrated(page);
  await page.getByLabel("Username").fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("wrong-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toBeVisible();
  expect(await alert.evaluate((element) => getComputedStyle(element).borderTopStyle)).toBe("solid");
});
