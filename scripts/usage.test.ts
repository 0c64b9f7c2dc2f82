import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
/** Another program's. */
const WITHOUT_USAGE = ["format"];

test.each(Object.keys(scripts).filter((name) => !WITHOUT_USAGE.includes(name)))(
  "npm run %s -- --help prints its usage and does nothing else",
  async (name) => {
    for (const help of ["--help", "-h"]) {
      const { stdout, stderr } = await promisify(execFile)("sh", ["-c", `${scripts[name]} ${help}`], { cwd: ROOT });
      expect(stdout).toMatch(name === "test" ? /^Usage: npm test\b/ : new RegExp(`^Usage: npm run ${name}\\b`));
      expect(stderr).toBe("");
    }
  },
);

test("the demo refuses what it does not know before it installs or builds anything", () => {
  // Without Node it could do neither.
  const tools = mkdtempSync(join(tmpdir(), "sluice-usage-"));
  try {
    symlinkSync("/usr/bin/dirname", join(tools, "dirname"));
    const options = { cwd: ROOT, env: { PATH: tools }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["scripts/demo.sh", "--nope"], options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Unknown option '--nope'\nUsage: npm run demo -- [--once]");
  } finally {
    rmSync(tools, { recursive: true });
  }
});
