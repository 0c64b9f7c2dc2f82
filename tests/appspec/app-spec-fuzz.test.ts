import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppSpecError } from "@sluice/model/app-spec/app-spec-error.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { listBundle } from "@sluice/model/lint/bundle-listing.ts";
import { describeFinding } from "@sluice/model/lint/finding.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "synthetic");
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yml"))
  .map((name) => readFileSync(join(FOLDER, name)));

/** Raised by hand for a long run. */
const RUNS = Number(process.env["SLUICE_FUZZ_RUNS"] ?? 300);

const YAML_PIECE = fc.constantFrom(
  ..."\n,  ,- ,: ,? ,#,\t,[,],{,},',\",|,>,&a,*a,!!float,!ruby/object:X,---,...,%YAML 1.1,<<,0:0,.nan,1_0,~,\\".split(","),
  ",",
  "\u{1f600}",
  "\ufeff",
  "\0",
  "version: 0.0\nos: linux\n",
  "hooks:\n",
  "permissions:\n  - object: a\n    ",
  "mode: ",
  "acls: ",
  "context: ",
  "range: s0-s1:c0.c1,",
);

const MUTATED = fc
  .tuple(
    fc.constantFrom(...FILES),
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(YAML_PIECE, fc.string())), { minLength: 1, maxLength: 6 }),
  )
  .map(([file, edits]) => edits.reduce<Uint8Array>((bytes, edit) => splice(bytes, ...edit), file));

function splice(bytes: Uint8Array, at: number, removed: number, inserted: string): Uint8Array {
  const start = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(inserted), bytes.subarray(start + removed)]);
}

const LISTING = listBundle([
  ["a/b.sh", { kind: "file", isExecutable: false, start: "text-cr" }],
  ["l", { kind: "link", target: "a" }],
]);

/** Whatever comes in, the outcome is an AppSpec that survives JSON, or an AppSpecError that says something; and checks of it have an end. */
function endsWell(input: string | Uint8Array): void {
  for (const finding of lintAppSpec(input, LISTING).findings) expect(describeFinding("f", finding)).not.toBe("");
  try {
    expect(JSON.parse(JSON.stringify(parseAppSpec(input)))).toMatchObject({ version: 0 });
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    expect(error.message).not.toBe("");
  }
}

it("parsing any text ends in an AppSpec or an AppSpecError", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), endsWell), { numRuns: RUNS });
});

it("parsing any bytes ends in an AppSpec or an AppSpecError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), endsWell), { numRuns: RUNS });
});

it("parsing any sequence of YAML's own signs ends in an AppSpec or an AppSpecError", () => {
  fc.assert(fc.property(fc.array(YAML_PIECE, { maxLength: 40 }).map((pieces) => pieces.join("")), endsWell), { numRuns: RUNS });
});

it("parsing any damaged file ends in an AppSpec or an AppSpecError", () => {
  fc.assert(fc.property(MUTATED, endsWell), { numRuns: RUNS });
});
