import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closeWithHaproxy } from "../haproxy/close-with-haproxy.fixture.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { DATABASES, type DatabaseChoice, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { CALLS } from "./fuzz-calls.fixture.ts";
import { tryOddTexts } from "./fuzz-odd-texts.fixture.ts";
import { readEverything } from "./fuzz-reading.fixture.ts";
import { type FuzzOutcome, tryRounds } from "./fuzz-rounds.fixture.ts";
import { troublesOf } from "./store-integrity.fixture.ts";

/** Calls that are tried. `SLUICE_FUZZ_CASES=1000000` tries more, by hand. */
const CASES: Readonly<Record<DatabaseChoice, number>> = { sqlite: 17_000, postgres: 3_000 };
/** A machine that is not busy with other things answers in a hundredth of it. */
const MILLISECONDS_A_CASE = 200;
const WHOLE_TEST_MILLISECONDS = 120_000;

const seed = Number(process.env.SLUICE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const path = process.env.SLUICE_FUZZ_PATH;

/** A long run by hand has a balancer, which serves listeners and so lets services be made. Elsewhere its reloads would cost more than all else. */
const hasBalancer = process.env.SLUICE_FUZZ_CASES !== undefined && whyNoHaproxy() === null;
const PROGRAM = hasBalancer ? "" : "program: /nonexistent/haproxy, ";

/** Containers, a balancer and functions whose programs are not there: what is tried is the server. */
const CONFIG = `throttle: { callsPerSecond: 1000000, burst: 1000000 }
bindings:
  - { match: "*", port: task-sets, driver: docker, settings: { socket: /nonexistent/docker.sock } }
  - { match: "*", port: weighted-router, driver: haproxy, settings: { ${PROGRAM}awsOnly: ignore } }
  - { match: "*", port: function-alias, driver: functions, settings: { isolation: none } }
`;

describe.each(DATABASES)("inputs of roughly the right shapes, on %s", (choice) => {
  const cases = Number(process.env.SLUICE_FUZZ_CASES ?? CASES[choice]);
  it(
    `${cases} are served or refused as modelled, and never break anything`,
    async (context) => {
      const missing = whyNoDatabase(choice);
      context.skip(missing !== null, missing ?? "");
      const database = await openDatabase(choice);
      const folder = mkdtempSync(join(tmpdir(), "sluice-fuzz-"));
      const config = join(folder, "sluice.yml");
      writeFileSync(config, CONFIG);
      const server = await startSluiceServer({ databaseUrl: database.url, args: ["--config", config] });
      try {
        if (path === undefined && choice === "sqlite") await tryOddTexts(server);
        const outcome = await tryRounds(server, { seed, path, cases });
        process.stdout.write(`${report(choice, outcome)}\n`);
        expect(outcome.failure?.message, replay(choice, outcome)).toBeUndefined();
        if (path === undefined) expect(outcome.operations.size).toBe(CALLS.length);
        await readEverything(server);
        await server.stop();
        expect(
          await troublesOf({ dataDirectory: server.data, databaseUrl: database.url }),
          replay(choice, outcome),
        ).toEqual([]);
      } finally {
        await (hasBalancer ? closeWithHaproxy(server) : server.close());
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    cases * MILLISECONDS_A_CASE + WHOLE_TEST_MILLISECONDS,
  );
});

function report(choice: DatabaseChoice, { cases, served, operations }: FuzzOutcome): string {
  const counts = [...operations].sort(([, one], [, other]) => one.tried - other.tried);
  const [least, count] = counts[0]!;
  const never = counts.filter(([, each]) => each.served === 0).map(([name]) => name);
  return `fuzz on ${choice}: seed ${seed}, ${cases} cases of ${operations.size} operations, ${served} served; least tried: ${least} (${count.tried}); never served: ${never.join(", ") || "none"}`;
}

function replay(choice: DatabaseChoice, { failure }: FuzzOutcome): string {
  if (!failure) return "";
  const command = (settings: string) =>
    `${settings} sh scripts/with-node.sh node_modules/vitest/vitest.mjs run tests/compat/fuzz.test.ts -t ${choice}`;
  return `${failure.message}\nAgain, this round alone: ${command(`SLUICE_FUZZ_SEED=${seed} SLUICE_FUZZ_PATH=${failure.path}`)}\nAgain, from the beginning: ${command(`SLUICE_FUZZ_SEED=${seed}`)}\n`;
}
