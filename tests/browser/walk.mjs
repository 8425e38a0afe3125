// The pages as a finance manager and an auditor walk them, without JavaScript, on a telephone and on a desk.
//
// Afterwards axe-core, which is itself a script, looks at every address that they met in a browser that runs scripts.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch, picture, violations, widths } from "./look.mjs";
import { serve } from "./serve.mjs";

const binary = process.env.RISKSHARE_TEST_BINARY;
const pictures = process.argv[2];

mkdirSync(pictures, { recursive: true });

/** A person at a browser of one width: what they click, and what they then see. */
class Walker {
  constructor(page, width, origin, seen) {
    Object.assign(this, { page, width, origin, seen });
    page.on("request", (request) => assert.equal(new URL(request.url()).origin, origin, "a page asks elsewhere"));
    page.on("response", (response) => assert.ok(response.status() < 400, `${response.status()} ${response.url()}`));
  }

  /** A page is there: its heading, nothing cut off at the side, a picture of it. */
  async see(name, heading) {
    assert.match(await this.page.locator("h1").innerText(), heading, name);
    assert.deepEqual(await picture(this.page, this.width, name, pictures), []);
    this.seen.set(this.page.url(), name);
  }

  async read(...words) {
    const text = await this.page.locator("main").innerText();
    for (const word of words) assert.ok(text.includes(word), `${this.page.url()} does not say ${word}`);
  }

  async follow(name, place = this.page) {
    await place.getByRole("link", { name, exact: typeof name === "string" }).first().click();
  }

  async send(button, fields) {
    for (const [label, value] of Object.entries(fields)) {
      await this.page.locator(`main [id="${label}"]`).fill(value);
    }
    await this.page.locator("main").getByRole("button", { name: button }).click();
  }

  /** A file that a link gives, as bytes and where it lies. */
  async fetch(name, place = this.page) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.follow(name, place)]);
    const path = join(pictures, `${this.width}-${download.suggestedFilename()}`);
    await download.saveAs(path);
    return { path, bytes: readFileSync(path) };
  }
}

/** What a year came to, why, what it would be otherwise, and the workbook of it. */
async function financeManager(at, home) {
  const { page } = at;
  await page.goto(home);
  await at.see("home", /^Contracts$/);
  await at.read("What needs doing next", "Agree the statement", "NHS Northmoor Clinical Commissioning Group");
  await at.follow("In the manner of Pennine MSK Partnership");
  await at.see("contract", /Pennine MSK Partnership/);
  await at.follow("2013/14");
  await at.see("year", /Pennine MSK Partnership/);
  await at.read("£21,952,561.72", "£20,700,000.00", "£1,252,561.72");
  const top = { x: 0, y: 0, width: at.width, height: 1412 };
  await page.screenshot({ path: join(pictures, `year-top-${at.width}.png`), clip: top, fullPage: true });
  const year = page.url();

  await at.follow(/^Share of the pool: NHS Northmoor/);
  await at.see("line", /Share of the pool/);
  await page.locator("details:not([open]) > summary").first().click();
  await at.see("events", /Share of the pool/);
  await at.read("recorded", "entry", "sha256:");

  await page.goto(year);
  await at.follow(/^Month by month/);
  await at.see("months", /^Month by month$/);
  await at.send("Compare", { from: "31/3/2014" });
  await at.see("months-beside", /^Month by month$/);

  await page.goto(year);
  await at.follow("Compare with another time");
  await at.see("compare-asked", /^Compare two times$/);
  await at.send("Compare", { from: "30/4/2014" });
  await at.see("compare", /^Compare two times$/);

  await page.goto(year);
  await at.follow(/^What if/);
  await at.see("what-if-asked", /^What if$/);
  await at.send("Show", { set: "@140/value=0.80; /pay/0/withheld=12%" });
  await at.see("what-if", /^What if$/);

  await page.goto(year);
  const workbook = await at.fetch("Download as a workbook");
  assert.equal(workbook.bytes.subarray(0, 2).toString(), "PK", "the workbook is no workbook");

  await page.goto(home);
  await at.follow("Tarn Valley MSK Partnership Ltd");
  await at.see("party", /MSK Partnership/);
}

/** What was recorded, as known on another day, and a proof of it that needs no trust in the server. */
async function auditor(at, home) {
  const { page } = at;
  await page.goto(home);
  await page.getByLabel("As known on").fill("31/5/2014");
  await page.getByRole("button", { name: "Show" }).click();
  await at.see("home-then", /^Contracts$/);
  await at.follow("In the manner of Pennine MSK Partnership, peer support");
  await at.follow("Everything recorded about this contract");
  await at.see("history", /^Everything recorded$/);
  await page.getByLabel("With the words").fill("support-score");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByText("Check this without trusting us").click();
  await at.see("history-filtered", /^Everything recorded$/);

  const key = await at.fetch("The public key");
  const proof = await at.fetch("Proof of entry 137");
  const told = verify(proof.path, key.path);
  assert.ok(told.out.includes("outcome-measured") && told.out.endsWith("verified\n"), told.out);
  const forged = `${proof.path}.forged`;
  writeFileSync(forged, withScore(proof.bytes.toString(), '"value":"0.5"', '"value":"0.6"'));
  assert.equal(verify(forged, key.path).exit, 6, "a forged proof was believed");
}

/** A proof whose event says another score. */
function withScore(proof, from, to) {
  return proof.replace(/^extra (.*)$/m, (_, event) => {
    const text = Buffer.from(event, "base64").toString();
    assert.ok(text.includes(from), `the proof holds no ${from}: ${text}`);
    return `extra ${Buffer.from(text.replace(from, to)).toString("base64")}`;
  });
}

function verify(file, key) {
  try {
    const out = execFileSync(binary, ["verify", file, "--key", key], { encoding: "utf8", stdio: "pipe" });
    return { exit: 0, out };
  } catch (fault) {
    return { exit: fault.status, out: `${fault.stdout}${fault.stderr}` };
  }
}

const server = await serve(binary, ["demo", "--port", "0"]);
const browser = await launch();
try {
  const found = [];
  for (const width of widths) {
    // What cannot be shown is a page too.
    const seen = new Map([[`${new URL(server.address).origin}/contracts/nobody-knows-it`, "problem"]]);
    for (const walk of [financeManager, auditor]) {
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 800 } });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await walk(new Walker(page, width, new URL(server.address).origin, seen), server.address);
      await context.close();
    }
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    for (const [address, name] of seen) {
      await page.goto(address);
      found.push(...(await violations(page, `${name} at ${width}`)));
    }
    await context.close();
    console.log(`${width} pixels: ${seen.size} pages walked`);
  }
  assert.equal(found.length, 0, `axe-core found:\n${found.join("\n")}`);
} finally {
  await browser.close();
  await server.stop();
}
