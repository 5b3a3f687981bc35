// With 200 % zoom, and at 320 pixels (WCAG 1.4.4 and 1.4.10), nothing is lost: no page scrolls sideways, and every control
// can be reached.

import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./console.ts";
import { everyPlace } from "./places.ts";

/** How far a page reaches beyond the window, and which controls can't be brought into it. */
function lost(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    const beyond = document.documentElement.scrollWidth - width;
    if (beyond > 0) found.push(`the page is ${beyond} pixels too wide`);
    const dialog = document.querySelector("dialog[open]");
    if (dialog && dialog.scrollWidth > dialog.clientWidth) found.push("the dialog scrolls sideways");
    const name = (element: Element) => element.getAttribute("aria-label") ?? (element.textContent?.trim() || element.id || element.outerHTML.slice(0, 80));
    for (const element of (dialog ?? document).querySelectorAll<HTMLElement>("a[href], button, input:not([type='hidden']), select, textarea, summary")) {
      // The link that skips to the content is there once it has the focus.
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".sr-only, .skip, thead")) continue;
      if (element.classList.contains("sr-only") || element.closest("[popover]:not(:popover-open)")) continue;
      element.scrollIntoView({ block: "center", inline: "nearest" });
      const area = element.getBoundingClientRect();
      if (area.left < -1 || area.right > width + 1) found.push(`${name(element)} lies at ${Math.round(area.left)} to ${Math.round(area.right)} of ${width}`);
      if (area.top >= window.innerHeight || area.bottom <= 0) found.push(`${name(element)} can't be scrolled to`);
    }
    return found;
  });
}

const sizes = [
  { what: "200 % zoom of a window of 1280 by 800", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { what: "320 pixels, as 400 % zoom of 1280 by 1024", viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
];

for (const { what, viewport, deviceScaleFactor } of sizes) {
  test.describe(what, () => {
    test.use({ viewport, deviceScaleFactor, contextOptions: { reducedMotion: "reduce" } });

    test("no page scrolls sideways, and every control can be reached", async ({ page, tokens, api, first }) => {
      test.slow();
      const places = await everyPlace(api, first);
      await tokens.open();
      for (const place of places) {
        await page.goto(place);
        if (place !== "/docs") await hydrated(page);
        expect.soft(await lost(page), place).toEqual([]);
      }
    });

    test("what opens on a press stays in the window", async ({ page, tokens }) => {
      await tokens.open();
      for (const testid of ["dropdown-button--gen-token", "resource-sorter--button", "page-size--button"]) {
        const button = page.getByTestId(testid);
        await button.click();
        const item = page.locator("details.menu[open] .menu-item").last();
        await item.scrollIntoViewIfNeeded();
        await expect(item, testid).toBeInViewport({ ratio: 0.9 });
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Open navigation" }).click();
      const out = page.getByTestId("user-nav");
      await out.scrollIntoViewIfNeeded();
      await expect(out).toBeInViewport();
    });

    test("set-up and sign-in", async ({ page, server }) => {
      expect(server.url).toContain("127.0.0.1");
      await page.goto("/setup");
      expect(await lost(page), "set-up").toEqual([]);
    });
  });
}
