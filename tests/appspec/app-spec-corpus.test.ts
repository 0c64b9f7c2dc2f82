import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { AppSpecError } from "@sluice/model/app-spec/app-spec-error.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { referenceVerdict } from "@sluice/model/reference/reference-verdict.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import { describe, expect, it } from "vitest";

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

/** An entry of a corpus's verdicts.json: what the reference agent's parser made of the file `${id}.yml`. */
interface Verdict {
  readonly id: string;
  /** The operating system of the agent that read the file. */
  readonly host: "linux" | "windows";
  readonly verdict: "accepted" | "rejected";
  readonly dump?: object;
  readonly error?: string;
  readonly errorClass?: string;
}

function corpus(folder: string): void {
  const verdicts = JSON.parse(readFileSync(join(folder, "verdicts.json"), "utf8")) as Verdict[];
  for (const verdict of verdicts) it(`${verdict.id} is ${verdict.verdict}`, () => agree(folder, verdict));

  it("has the reference's verdicts, messages and dumps in full", () => {
    const equal = verdicts.filter((verdict) => isDeepStrictEqual(judged(folder, verdict), expected(verdict)));
    process.stdout.write(`${equal.length} of ${verdicts.length} verdicts, messages and dumps of ${folder} are equal\n`);
    expect(equal).toHaveLength(verdicts.length);
  });
}

/** As a program reads it: JSON knows neither -0 nor a missing prototype. */
function judged(folder: string, { id, host }: Verdict): unknown {
  return JSON.parse(JSON.stringify(referenceVerdict(readFileSync(join(folder, `${id}.yml`)), { os: host })));
}

function expected({ verdict, dump, error, errorClass }: Verdict): unknown {
  // JSON keeps the sign of -0.0, which says nothing here.
  const plain = JSON.stringify({ verdict, dump, error, errorClass });
  return JSON.parse(plain);
}

function agree(folder: string, verdict: Verdict): void {
  const parse = () => parseAppSpec(readFileSync(join(folder, `${verdict.id}.yml`)), { os: verdict.host });
  if (verdict.verdict === "accepted") {
    parse();
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

it("the reference refuses a hook that only the Sluice agent knows, with every other that it does not know", () => {
  const text = "version: 0.0\nos: linux\nhooks:\n  OnFailure: [{location: a}]\n  AfterInstall: [{location: b}]\n  Foo: [{location: c}]\n";
  expect(referenceVerdict(text)).toEqual({
    verdict: "rejected",
    error: 'appspec.yml file contains unknown lifecycle events: ["OnFailure", "Foo"]',
    errorClass: "ArgumentError",
  });
  expect(referenceVerdict("version: 0.0\nos: linux\ndirectory_link_behavior: none\nhooks:\n  Foo: [{location: c}]\n")).toMatchObject({
    verdict: "accepted",
    dump: { hooks: { Foo: [{ location: "c", timeout: 3600, sudo: null }] } },
  });
});

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
