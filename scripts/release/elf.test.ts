import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { putIntoNode } from "./elf.ts";
import { run } from "./run.ts";

it("Node finds what is put into its file, and is smaller without its symbols", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-elf-"));
  try {
    const node = realpathSync(process.execPath);
    writeFileSync(join(folder, "main.cjs"), `console.log(require("node:sea").getAsset("a", "utf8"), process.argv[2])`);
    writeFileSync(join(folder, "a"), "an asset");
    const config = { main: "main.cjs", output: "blob", disableExperimentalSEAWarning: true, assets: { a: "a" } };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    run(node, ["--experimental-sea-config", "config.json"], folder);
    const program = join(folder, "program");
    writeFileSync(program, putIntoNode(readFileSync(node), readFileSync(join(folder, "blob"))));
    chmodSync(program, 0o755);
    expect(execFileSync(program, ["and a word"], { encoding: "utf8" })).toBe("an asset and a word\n");
    expect(statSync(program).size).toBeLessThan(statSync(node).size);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("refuses what is no such file, and a second time", () => {
  expect(() => putIntoNode(Buffer.from("#!/bin/sh\n"), Buffer.alloc(1))).toThrow("no ELF file");
  expect(() => putIntoNode(Buffer.from("7f454c460201", "hex"), Buffer.alloc(1))).toThrow();
});
