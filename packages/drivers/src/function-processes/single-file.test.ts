import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { callOf, environmentOf, payloadOf } from "../contracts/function-runner-contract.fixture.ts";
import { openRunner } from "./process-runner.fixture.ts";
import { embeddedSdkModules } from "./sdk-modules.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
/** Functions that are isolated have a /tmp of their own, so that they do not see a checkout there. */
const IS_HIDDEN = ROOT.startsWith(`${tmpdir()}/`);
const HANDLER = `exports.handler = async () => ({
  argv: process.argv, options: process.env.NODE_OPTIONS, isWarned: process.execArgv.length,
  megabytes: require("v8").getHeapStatistics().heap_size_limit / 1024 ** 2,
});`;

it("runs functions by the program that Sluice is, where that is no node by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-single-file-"));
  const program = join(folder, "sluice");
  const main = join(ROOT, "packages/cli/src/main.ts");
  // Node takes its options out of the command line of such a program before its main script runs.
  const takeOptions = `options=\${1#--node-options=}\nshift\nexec '${process.execPath}' $options '${main}' "$@"`;
  writeFileSync(program, `#!/bin/sh\n${takeOptions}\n`);
  chmodSync(program, 0o755);
  const settings = IS_HIDDEN ? ({ isolation: "none" } as const) : { folders: [ROOT] };
  const world = openRunner({ settings, node: { path: program, isSluice: true } });
  const run = async (variables: Readonly<Record<string, string>>) => {
    const plan = world.plan({ "index.js": HANDLER }, { variables, ...(IS_HIDDEN ? { uid: null } : {}) });
    const environment = environmentOf(
      await world.runner.start(plan, { write: () => undefined }, new AbortController().signal),
    );
    const end = await environment.call(callOf({}));
    await environment.end();
    return payloadOf(end) as { argv: string[]; options?: string; megabytes: number };
  };
  const found = await run({});
  expect(found.argv).toEqual([expect.any(String), expect.stringMatching(/\/node-runtime\.cjs$/)]);
  expect(found).not.toHaveProperty("options");
  // 90 % of 256, and what young objects take.
  expect(found.megabytes).toBeLessThan(2 * 256);
  const own = await run({ NODE_OPTIONS: "--no-warnings --max-old-space-size=8000" });
  expect(own.options).toBe("--no-warnings --max-old-space-size=8000");
  expect(own.megabytes).toBe(found.megabytes);
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

it("finds the SDK among the assets of a program, by the names of its files", () => {
  const assets: Record<string, string> = {
    "function-modules/@aws-sdk/client-lambda/package.json": "{}",
    "function-modules/@aws-sdk/client-lambda/index.js": "exports.a = 1;",
  };
  expect([...embeddedSdkModules((name) => assets[name])]).toEqual([
    ["@aws-sdk/client-lambda/package.json", "{}"],
    ["@aws-sdk/client-lambda/index.js", "exports.a = 1;"],
  ]);
  expect(embeddedSdkModules().size).toBe(0);
});
