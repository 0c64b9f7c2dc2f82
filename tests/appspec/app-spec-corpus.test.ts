import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppSpecError } from "@sluice/model/app-spec/app-spec-error.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import { describe, expect, it } from "vitest";
import { dumpAppSpec, expectedDump, type Verdict } from "./reference-dump.fixture.ts";

const SYNTHETIC = join(import.meta.dirname, "synthetic");
/** Files that people published; they are not the project's, so they stay outside the repository. */
const REAL = join(import.meta.dirname, "../../../shared/reference/appspec/real");

describe("synthetic AppSpec files", () => {
  corpus(SYNTHETIC);
});

describe("real AppSpec files", () => {
  if (existsSync(REAL)) corpus(REAL);
  else it.skip(`there is no corpus of real files at ${REAL}`);
});

function corpus(folder: string): void {
  for (const verdict of JSON.parse(readFileSync(join(folder, "verdicts.json"), "utf8")) as Verdict[]) {
    it(`${verdict.id} is ${verdict.verdict}`, () => agree(folder, verdict));
  }
}

function agree(folder: string, verdict: Verdict): void {
  const parse = () => parseAppSpec(readFileSync(join(folder, `${verdict.id}.yml`)), { os: verdict.host });
  if (verdict.verdict === "accepted") {
    if (verdict.dump === undefined) throw new Error("the verdict has no dump");
    expect(dumpAppSpec(parse())).toEqual(expectedDump(verdict.dump));
    expect(refusals(folder, verdict).filter((check) => !NOT_BY_OUR_AGENT.has(check))).toEqual([]);
    return;
  }
  const error = errorOf(parse);
  expect(error).toBeInstanceOf(AppSpecError);
  if (verdict.errorClass === "AppSpecValidationException") {
    expect(error?.message).toBe(verdict.error);
    return;
  }
  // The reference crashed, so the message is ours: it names a line or a field, and says more than where.
  expect(error?.message).toMatch(/^The application specification file .*(\bline \d+\b.{10,}|wrong kind for .*, and then try again\.$)/s);
}

/** What the AWS agent's parser accepts, and the Sluice agent or any Install does not. */
const NOT_BY_OUR_AGENT = new Set(["windows", "unusable-value"]);

function refusals(folder: string, { id }: Verdict): string[] {
  const { findings } = lintAppSpec(readFileSync(join(folder, `${id}.yml`)), null);
  return findings.filter(({ severity }) => severity === "error").map(({ check }) => check);
}

function errorOf(parse: () => unknown): Error | null {
  try {
    parse();
    return null;
  } catch (error) {
    return error as Error;
  }
}
