import { existsSync } from "node:fs";
import { defineConfig, type LaunchOptions } from "@playwright/test";

// Debian's Chromium where it is installed, Playwright's own elsewhere.
const debians = "/usr/bin/chromium";

// What Playwright 1.65 turns off, which a second flag would turn on again.
const offAnyway = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
  "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin",
  "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
];
// The suggestions of the address bar are pages themselves, loaded anew for every test: a third of its time.
const suggestions = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"];

function chromium(): LaunchOptions {
  if (!existsSync(debians)) return {};
  const quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  const off = `--disable-features=${[...offAnyway, ...suggestions].join(",")}`;
  // Chromium refuses to run as root inside its sandbox.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { executablePath: debians, args: [...quiet, off, ...sandbox] };
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
