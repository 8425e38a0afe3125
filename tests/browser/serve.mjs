// A server of the binary's own, ended by its own process.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts the binary and waits for the address that it names; its ledger lies in a folder that `stop` removes. */
export async function serve(binary, args) {
  const folder = mkdtempSync(join(tmpdir(), "riskshare-browser-"));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(binary, args, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  let said = "";
  const address = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
    child.stdout.on("data", (text) => {
      said += text;
      const named = said.match(/Serving (http:\S+) until interrupted/);
      if (named) resolve(named[1]);
    });
  });
  try {
    return { address: await address, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
