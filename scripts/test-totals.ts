import { readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

const ALLOWED_SKIPS_FILE = "tests/allowed-skips.txt";

/** A test that did not run, as `test file > full name`, with what `ctx.skip(…)` gave as its reason. */
interface Skip {
  readonly test: string;
  readonly reason: string | undefined;
}

/** What counts as a failure, as `test file > full name`, with the first line of what was thrown. */
interface Failure {
  readonly test: string;
  readonly reason: string;
}

function failureOf(test: string, errors: readonly { readonly message?: string }[] | undefined): Failure {
  const message = errors?.[0]?.message ?? "no error was given";
  return { test, reason: stripVTControlCharacters(message).split("\n", 1)[0]! };
}

/** The lines of tests/allowed-skips.txt that are neither empty nor comments. */
export function parseAllowedSkips(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
}

/** Named in full, or by a line that ends in `*` and begins it. */
function isAllowed(test: string, allowed: ReadonlySet<string>): boolean {
  return [...allowed].some((line) => (line.endsWith("*") ? test.startsWith(line.slice(0, -1)) : test === line));
}

/**
 * Counts for the last lines of scripts/test.sh, written to the file that SLUICE_TEST_TOTALS names: a line `passed failed skipped`, and then each failure
 * in two lines, since what Vitest prints of it may be thousands of lines before the end. Prints every skip with its reason. A file that cannot be loaded,
 * a suite whose hook failed and an error outside of any test each count as a failure. With CI=true so does a skip that is not on the committed list.
 */
export default class TestTotals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    const failures: Failure[] = unhandledErrors.map((error) => failureOf("outside of any test", [error]));
    const skips: Skip[] = [];
    for (const module of modules) {
      for (const error of module.errors()) failures.push(failureOf(module.relativeModuleId, [error]));
      for (const suite of module.children.allSuites())
        for (const error of suite.errors())
          failures.push(failureOf(`${module.relativeModuleId} > ${suite.fullName}`, [error]));
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (result.state === "passed") passed += 1;
        else if (result.state === "skipped") skips.push({ test: name, reason: result.note });
        else failures.push(failureOf(name, result.errors));
      }
    }
    if (skips.length > 0) console.log("\nSkipped:");
    for (const skip of skips)
      console.log(`  ${skip.test}\n    ${skip.reason ?? "no reason given: use ctx.skip(reason)"}`);
    failures.push(...forbiddenSkips(skips));
    const totalsFile = process.env.SLUICE_TEST_TOTALS;
    if (totalsFile === undefined) return;
    const lines = failures.map(({ test, reason }) => `  ${test}\n    ${reason}\n`);
    writeFileSync(totalsFile, `${passed} ${failures.length} ${skips.length}\n${lines.join("")}`);
  }
}

function forbiddenSkips(skips: readonly Skip[]): Failure[] {
  if (process.env.CI !== "true") return [];
  const allowed = parseAllowedSkips(readFileSync(ALLOWED_SKIPS_FILE, "utf8"));
  const forbidden = skips.filter((skip) => !isAllowed(skip.test, allowed));
  if (forbidden.length > 0) process.exitCode = 1;
  return forbidden.map(({ test }) => ({ test, reason: `with CI=true it may not be skipped: ${ALLOWED_SKIPS_FILE}` }));
}
