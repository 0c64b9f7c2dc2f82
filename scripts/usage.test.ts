import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
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
