// Whoever asked their system for less motion gets none.

import type { Page } from "@playwright/test";
import { expect, test } from "./console.ts";

/** What would move: elements that an animation or a transition is set for, and whatever is under way. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = document.getAnimations().map((animation) => `under way: ${animation.constructor.name}`);
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    for (const element of document.querySelectorAll("body *")) {
      for (const part of [undefined, "::before", "::after", ...(element.matches("dialog") ? ["::backdrop"] : [])]) {
        const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element, part);
        if (animationName !== "none") found.push(`${name(element)}${part ?? ""} is animated: ${animationName}`);
        if (transitionDuration.split(", ").some((duration) => duration !== "0s")) found.push(`${name(element)}${part ?? ""} changes in ${transitionDuration}`);
        if (scrollBehavior === "smooth") found.push(`${name(element)} scrolls smoothly`);
      }
    }
    return found;
  });
}

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("nothing moves on the page, in a menu, a dialog, the drawer or a notification", async ({ page, tokens, api, first }) => {
  const { id } = await api.authorization(first.org.id, "Roof");
  await tokens.open();
  expect(await moving(page), "the list").toEqual([]);
  await page.getByTestId("dropdown-button--gen-token").click();
  expect(await moving(page), "a menu").toEqual([]);
  await page.getByTestId("dropdown-item generate-token--custom-api").click();
  await expect(tokens.dialog).toBeVisible();
  expect(await moving(page), "the custom dialog").toEqual([]);
  await tokens.open(`/${id}`);
  expect(await moving(page), "the drawer").toEqual([]);
  await tokens.open();
  await tokens.row("Roof").getByTestId("slide-toggle").click();
  await expect(page.getByTestId("notification-success")).toBeVisible();
  expect(await moving(page), "a notification").toEqual([]);
});

test.describe("without that wish", () => {
  test.use({ contextOptions: { reducedMotion: "no-preference" } });

  test("there is motion to be left out", async ({ page, tokens }) => {
    await tokens.open();
    expect((await moving(page)).length).toBeGreaterThan(0);
  });
});
