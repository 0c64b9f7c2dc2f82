import { readFileSync, writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

const ALLOWED_SKIPS_FILE = "tests/allowed-skips.txt";

/** A test that did not run, as `test file > full name`, with what `ctx.skip(…)` gave as its reason. */
interface Skip {
  readonly test: string;
  readonly reason: string | undefined;
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
 * Counts for the last line of scripts/test.sh, written to the file that SLUICE_TEST_TOTALS names as `passed failed skipped`, and
 * prints every skip with its reason. A file that cannot be loaded, a suite whose hook failed and an error outside of any test each
 * count as a failure. With CI=true so does a skip that is not on the committed list.
 */
export default class TestTotals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const skips: Skip[] = [];
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") passed += 1;
        else if (result.state === "skipped")
          skips.push({ test: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note });
        else failed += 1;
      }
    }
    if (skips.length > 0) console.log("\nSkipped:");
    for (const skip of skips)
      console.log(`  ${skip.test}\n    ${skip.reason ?? "no reason given: use ctx.skip(reason)"}`);
    failed += this.#countForbidden(skips);
    const totalsFile = process.env.SLUICE_TEST_TOTALS;
    if (totalsFile !== undefined) writeFileSync(totalsFile, `${passed} ${failed} ${skips.length}\n`);
  }

  #countForbidden(skips: readonly Skip[]): number {
    if (process.env.CI !== "true") return 0;
    const allowed = parseAllowedSkips(readFileSync(ALLOWED_SKIPS_FILE, "utf8"));
    const forbidden = skips.filter((skip) => !isAllowed(skip.test, allowed));
    for (const skip of forbidden)
      console.log(`With CI=true this may not be skipped (${ALLOWED_SKIPS_FILE}): ${skip.test}`);
    if (forbidden.length > 0) process.exitCode = 1;
    return forbidden.length;
  }
}
