import { existsSync } from "node:fs";
import { defineConfig, type LaunchOptions } from "@playwright/test";

// Debian's Chromium where it is installed, Playwright's own elsewhere.
const debians = "/usr/bin/chromium";

function chromium(): LaunchOptions {
  if (!existsSync(debians)) return {};
  const quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  // Chromium refuses to run as root inside its sandbox.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { executablePath: debians, args: [...quiet, ...sandbox] };
}

export default defineConfig({
  testDir: "tests",
  outputDir: "artefacts/results",
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "artefacts/report.json" }]],
  use: {
    browserName: "chromium",
    launchOptions: chromium(),
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    // Recorded beside every test, a trace would make all of them a third slower: for the one in question, --trace on.
    trace: "off",
  },
});
