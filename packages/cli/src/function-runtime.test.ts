import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const MAIN = resolve(import.meta.dirname, "main.ts");

it.each(["main.ts", "main-single-file.ts"])("%s becomes a function's runtime", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-function-runtime-"));
  const file = join(folder, "runtime.cjs");
  writeFileSync(file, "console.log(JSON.stringify([process.argv.slice(1), __filename]))");
  const { stdout } = await run(process.execPath, [resolve(import.meta.dirname, name), "function-runtime", file]);
  expect(JSON.parse(stdout)).toEqual([[file], file]);
  rmSync(folder, { recursive: true });
});

it("is no verb that anybody is told of", async () => {
  const { stdout } = await run(process.execPath, [MAIN, "--help"]);
  expect(stdout).not.toContain("function-runtime");
  await expect(run(process.execPath, [MAIN, "function-runtime"])).rejects.toMatchObject({ code: 2 });
});
