// The browser, and what axe-core finds wrong in it.

import assert from "node:assert/strict";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

/** A telephone and a desk, in pixels. */
export const widths = [360, 1280];

/** Debian's browser, with nothing but the pages to ask for. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.RISKSHARE_TEST_CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Keeps a picture of the page that is open, and says where it is wider than its window. */
export async function picture(page, width, name, folder) {
  await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide <= width ? [] : [`${name} is ${wide} pixels wide in a window of ${width}`];
}

/** What axe-core finds wrong with the page that is open, everything on it unfolded. */
export async function violations(page, name) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await page.evaluate(axe.source);
  const result = await page.evaluate(() => window.axe.run());
  assert.ok(result.passes.length > 10, `axe-core looked at nothing on ${name}`);
  return result.violations.map((violation) => {
    const places = violation.nodes.slice(0, 3).map((node) => `    ${node.target.join(" ")}: ${node.html}`);
    return `${name}: ${violation.id}, ${violation.help}\n${places.join("\n")}`;
  });
}
