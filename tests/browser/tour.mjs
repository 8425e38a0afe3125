// Every kind of page of every example: each contract has other clauses, whose words and figures must fit too.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, picture, violations, widths } from "./look.mjs";
import { serve } from "./serve.mjs";

const binary = process.env.RISKSHARE_TEST_BINARY;
const pictures = process.argv[2];
const examples = join(new URL(".", import.meta.url).pathname, "../../examples");
/** The example that is imported; the others tell their history in a `timeline.csv`. */
const imported = "us-aco";

/** The rows of a table of an example, without its heading; none of their first five cells is quoted. */
function rows(example, table) {
  const path = join(examples, example, table);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").trim().split("\n").slice(1).map((row) => row.split(","));
}

/** The contract years that an example asks about last, with the times of that question and of its first. */
function asked(example) {
  const all = rows(example, "figures.csv").map(([contract, year, as_of, known_at]) => ({ contract, year, as_of, known_at }));
  if (all.length === 0) return { times: {}, first: {}, years: new Map([["mssp-2023-A2164", "2023"]]) };
  const when = ({ as_of, known_at }) => `${as_of} ${known_at}`;
  all.sort((a, b) => when(a).localeCompare(when(b)));
  const [first, last] = [all[0], all.at(-1)];
  const years = new Map(all.filter((row) => when(row) === when(last)).map((row) => [row.contract, row.year]));
  return { times: { as_of: last.as_of, known_at: last.known_at }, first, years };
}

/** The addresses of an example's pages, by name. */
function pages(example, origin) {
  const { times, first, years } = asked(example);
  const to = (path, query = {}) => `${origin}${path}?${new URLSearchParams({ ...query, ...times })}`;
  const all = [[`${example}-home`, to("/")]];
  for (const [contract, year] of years) {
    all.push([contract, to(`/contracts/${contract}`)]);
    all.push([`${contract}-year`, to(`/contracts/${contract}/statement`, { year })]);
  }
  const [contract, year] = first.contract ? [first.contract, first.year] : [...years][0];
  const from = first.contract ? { from: first.known_at, from_as_of: first.as_of } : { from: "@1" };
  all.push([`${example}-months`, to(`/contracts/${contract}/months`, { year, ...(first.contract && { from: from.from }) })]);
  all.push([`${example}-history`, to(`/contracts/${contract}/history`)]);
  if (first.contract) all.push([`${example}-compare`, to(`/contracts/${contract}/compare`, { year, ...from })]);
  all.push([`${example}-what-if-asked`, to(`/contracts/${contract}/what-if`, { year })]);
  for (const [contract, year, as_of, known_at, set] of rows(example, "what-if.csv").slice(0, 1)) {
    const query = new URLSearchParams({ year, as_of, known_at, set });
    all.push([`${example}-what-if`, `${origin}/contracts/${contract}/what-if?${query}`]);
  }
  all.push([`${example}-problem`, to("/contracts/nobody-knows-it")]);
  return all;
}

/** The first link to a page of a kind on the page that is open. */
function link(page, path) {
  return page.evaluate((part) => document.querySelector(`main a[href*="${part}"]`)?.href, path);
}

/** Looks at an address at both widths; the page is asked for once. */
async function look(page, name, address, found) {
  const response = await page.goto(address);
  assert.equal(response.status() < 400, !name.endsWith("-problem"), `${response.status()} ${address}`);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    found.push(...(await picture(page, width, name, pictures)));
    found.push(...(await violations(page, `${name} at ${width}`)));
  }
}

/** Looks at every page of an example, and at the first page of each further kind that they lead to. */
async function tour(page, example, origin) {
  const found = [];
  const waiting = pages(example, origin);
  let looked = 0;
  for (const [name, address] of waiting) {
    await look(page, name, address, found);
    looked += 1;
    for (const [kind, path] of [["line", "/lines?line="], ["lines", "/lines?month="], ["party", "/parties/"]]) {
      const next = `${example}-${kind}`;
      const to = await link(page, path);
      if (to && !waiting.some(([name]) => name === next)) waiting.push([next, to]);
    }
  }
  console.log([`${example}: ${looked} pages looked at`, ...found].join("\n  "));
  return found;
}

mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "riskshare-tour-"));
const ledger = (example) => `sqlite:${join(folder, `${example}.db`)}`;
const browser = await launch();
try {
  execFileSync(binary, ["load", "--each", examples, "--into", folder], { stdio: "pipe" });
  execFileSync(binary, ["--ledger", ledger(imported), "import", "medicare", join(examples, imported)], { stdio: "pipe" });
  const all = readdirSync(folder).filter((name) => name.endsWith(".db")).map((name) => name.replace(/\.db$/, ""));
  const page = await browser.newPage();
  // An unoptimised server on a busy machine.
  page.setDefaultTimeout(180_000);
  const found = [];
  for (const example of all) {
    const server = await serve(binary, ["--ledger", ledger(example), "serve", "--port", "0"]);
    try {
      found.push(...(await tour(page, example, new URL(server.address).origin)));
    } finally {
      await server.stop();
    }
  }
  assert.equal(found.length, 0, `found:\n${found.join("\n")}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
