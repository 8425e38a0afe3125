// The pages of every example: each contract has other clauses, whose words and figures must fit too.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, violations, widths } from "./look.mjs";
import { serve } from "./serve.mjs";

const binary = process.env.RISKSHARE_TEST_BINARY;
const pictures = process.argv[2];
const examples = join(new URL(".", import.meta.url).pathname, "../../examples");

/** The last question of an example's figures: every contract year in it, at one pair of times. */
function asked(example) {
  const rows = readFileSync(join(examples, example, "figures.csv"), "utf8").trim().split("\n").slice(1);
  const cells = rows.map((row) => row.split(","));
  const [, , as_of, known_at] = cells.sort((a, b) => `${a[2]} ${a[3]}`.localeCompare(`${b[2]} ${b[3]}`)).at(-1);
  const years = new Map(cells.filter((row) => row[2] === as_of && row[3] === known_at).map(([c, y]) => [c, y]));
  return { times: new URLSearchParams({ as_of, known_at }), years };
}

/** The addresses of an example's pages, by name. */
function pages(example, origin) {
  const { times, years } = asked(example);
  const all = [[`${example}-home`, `${origin}/?${times}`]];
  for (const [contract, year] of years) {
    all.push([contract, `${origin}/contracts/${contract}?${times}`]);
    const query = new URLSearchParams({ year, ...Object.fromEntries(times) });
    all.push([`${contract}-year`, `${origin}/contracts/${contract}/statement?${query}`]);
  }
  return all;
}

mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "riskshare-tour-"));
const browser = await launch();
try {
  execFileSync(binary, ["load", "--each", examples, "--into", folder], { stdio: "pipe" });
  const found = [];
  let looked = 0;
  for (const ledger of readdirSync(folder).filter((name) => name.endsWith(".db"))) {
    const server = await serve(binary, ["--ledger", `sqlite:${join(folder, ledger)}`, "serve", "--port", "0"]);
    const all = pages(ledger.replace(/\.db$/, ""), new URL(server.address).origin);
    for (const width of widths) {
      const context = await browser.newContext({ viewport: { width, height: 800 } });
      const page = await context.newPage();
      for (const [name, address] of all) {
        found.push(...(await violations(page, address, `${name} at ${width}`)));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${name} is ${wide} pixels wide in a window of ${width}`);
        await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
        looked += 1;
      }
      await context.close();
    }
    await server.stop();
  }
  assert.equal(found.length, 0, `axe-core found:\n${found.join("\n")}`);
  console.log(`${looked} pages of every example looked at`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
