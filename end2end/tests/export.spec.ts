// The list as a file: what is listed, and never a token.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./console.ts";

async function saved(page: Page, format: string): Promise<{ name: string; text: string }> {
  const download = page.waitForEvent("download");
  await page.getByTestId(`export--${format}`).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled: scripted });

    test("what is listed is saved as CSV and as JSON", async ({ page, tokens, api, first }) => {
      const secrets = [first.auth.token];
      for (const name of ["Apple, red", "=cmd()", "Zebra"]) secrets.push((await api.authorization(first.org.id, name)).token);
      await tokens.open("?kind=custom&perPage=10");
      const csv = await saved(page, "csv");
      expect(csv.name).toBe("api-tokens.csv");
      const lines = csv.text.trimEnd().split("\r\n");
      expect(lines).toHaveLength(4);
      expect(lines[0]).toMatch(/^id,description,prefix,type,permissions,owner,/);
      expect(lines[1]).toContain(",'=cmd(),jtn_");
      expect(lines[2]).toContain(',"Apple, red",jtn_');
      const json = await saved(page, "json");
      expect(json.name).toBe("api-tokens.json");
      expect(JSON.parse(json.text).map((one: { description: string }) => one.description)).toEqual(["=cmd()", "Apple, red", "Zebra"]);
      for (const secret of secrets) expect(csv.text + json.text).not.toContain(secret);
    });
  });
}
