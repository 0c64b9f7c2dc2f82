import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../scripts/release/run.ts";

const ROOT = resolve(import.meta.dirname, "../..");

it("two clones in different folders make the same release, byte for byte", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-same-bytes-"));
  try {
    const sums = ["one", "another/folder/of/a/longer/name"].map((name) => {
      const clone = join(folder, name);
      mkdirSync(clone, { recursive: true });
      run("git", ["clone", "--quiet", ROOT, clone]);
      cpSync(join(ROOT, "node_modules"), join(clone, "node_modules"), { recursive: true, verbatimSymlinks: true });
      const out = join(clone, "release");
      run("sh", ["scripts/release.sh", "--out", out], clone);
      return readFileSync(join(out, "SHA256SUMS"), "utf8");
    });
    expect(sums[0]).toBe(sums[1]);
    expect(sums[0]?.trim().split("\n")).toHaveLength(8);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
