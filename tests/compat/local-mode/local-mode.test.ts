import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_CASES } from "./local-mode-cases.fixture.ts";
import { DIFFERENCES } from "./local-mode-differences.fixture.ts";
import { type Compared, runSideBySide, whyNoReference } from "./side-by-side.fixture.ts";

/**
 * `sluice local` beside the local mode of the AWS agent: `SLUICE_LONG=1 SLUICE_REFERENCE_AGENT=DIR`, where DIR has that agent's source and Ruby its
 * libraries (on Debian ruby-aws-sdk-s3, ruby-zip, ruby-logging, ruby-minitar, ruby-concurrent). Nothing of it is part of this repository.
 */
const PAGE = resolve(import.meta.dirname, "../../../docs/reference/agent-differences.md");
const obstacle = process.env.SLUICE_LONG ? whyNoReference() : "only with SLUICE_LONG=1";
const only = process.env.SLUICE_CASE;

it("every difference that a case may show is told in agent-differences.md", () => {
  const told = new Set([...readFileSync(PAGE, "utf8").matchAll(/<a id="([a-z-]+)">/g)].map(([, id]) => id));
  const used = new Set(LOCAL_CASES.flatMap(({ differs = [] }) => differs));
  expect(used).toEqual(new Set(DIFFERENCES.map(({ id }) => id)));
  expect([...used].filter((id) => !told.has(id))).toEqual([]);
});

describe.concurrent("sluice local and the reference's local mode", () => {
  let base: string;
  const rows: string[] = [];
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), "sluice-side-by-side-"));
    // Scripts of other users pass it.
    chmodSync(base, 0o755);
    mkdirSync(join(base, "world"));
  });
  afterAll(() => {
    if (process.env.SLUICE_KEEP) console.log(`kept: ${base}`);
    else rmSync(base, { recursive: true, force: true });
    if (rows.length > 0) console.log(["", ...rows, `${rows.length} bundles`].join("\n"));
  });

  it.for(
    LOCAL_CASES.map((localCase, index) => ({ ...localCase, index })).filter(
      ({ name }) => only === undefined || name.includes(only),
    ),
  )("$name", async (localCase, context) => {
    context.skip(obstacle !== undefined, obstacle);
    const { name, index, differs = [] } = localCase;
    const home = join(base, String(index));
    const compared: Compared = await runSideBySide(localCase, home, join(base, "world"));
    const verdict =
      compared.lines.length === 0
        ? "equal"
        : `${compared.lines.length} differ: ${[...compared.explainedBy].join(", ")}`;
    rows.push(
      `${name.padEnd(75)} ${String(compared.compared).padStart(5)} compared  ${verdict}${compared.unexplained.length > 0 ? `, ${compared.unexplained.length} UNEXPLAINED` : ""}`,
    );
    expect(compared.unexplained).toEqual([]);
    expect(compared.explainedBy).toEqual(new Set(differs));
  });
});
