import fc from "fast-check";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { BEGINNING } from "./fuzz-beginning.fixture.ts";
import { FuzzCaller } from "./fuzz-caller.fixture.ts";
import { CALLS, type FuzzCall } from "./fuzz-calls.fixture.ts";

/** Between two beginnings. */
const CALLS_IN_A_PART = 90;
/** pino's levels error and fatal. */
const ERROR_LINE = /"level":(50|60)/;

export interface FuzzRun {
  readonly seed: number;
  /** Of a failure before: its round alone. */
  readonly path: string | undefined;
  readonly cases: number;
}

export interface FuzzOutcome {
  readonly cases: number;
  readonly served: number;
  /** How often each operation was tried, and how often it was served. */
  readonly operations: ReadonlyMap<string, { readonly tried: number; readonly served: number }>;
  /** Undefined: nothing broke. */
  readonly failure: { readonly path: string; readonly message: string } | undefined;
}

/** Every operation once, in an order of its own. */
const round = fc
  .tuple(fc.tuple(...CALLS), fc.array(fc.nat(), { minLength: CALLS.length, maxLength: CALLS.length }))
  .map(([calls, order]) => calls.map((call, at) => [order[at]!, call] as const).sort(([a], [b]) => a - b))
  .map((calls) => calls.map(([, call]) => call));

/** Tries rounds until there are so many cases. Ends with the first that breaks something: each call's answer, and after each round the log. */
export async function tryRounds(server: SluiceServer, { seed, path, cases }: FuzzRun): Promise<FuzzOutcome> {
  const caller = new FuzzCaller(server);
  const operations = new Map<string, { tried: number; served: number }>();
  let served = 0;
  let tried = 0;
  const tryCall = async (call: FuzzCall) => {
    const name = `${call.service} ${call.operation}`;
    const count = operations.get(name) ?? { tried: 0, served: 0 };
    operations.set(name, count);
    tried += 1;
    count.tried += 1;
    if (!(await caller.try(call))) return;
    served += 1;
    count.served += 1;
  };
  const property = fc.asyncProperty(round, async (calls) => {
    for (let from = 0; from < calls.length; from += CALLS_IN_A_PART) {
      for (const call of BEGINNING) await caller.try(call);
      for (const call of calls.slice(from, from + CALLS_IN_A_PART)) await tryCall(call);
    }
    const line = errorLine(server);
    if (line !== undefined) throw new Error("the server's log has an error");
  });
  try {
    await caller.putRevision();
    const numRuns = Math.max(1, Math.ceil(cases / CALLS.length));
    const result = await fc.check(property, { seed, numRuns, endOnFailure: true, ...(path !== undefined && { path }) });
    const failure = result.failed
      ? { path: result.counterexamplePath ?? "0", message: messageOf(result.errorInstance, errorLine(server)) }
      : undefined;
    return { cases: tried, served, operations, failure };
  } finally {
    caller.close();
  }
}

function errorLine(server: SluiceServer): string | undefined {
  return server
    .log()
    .split("\n")
    .find((line) => ERROR_LINE.test(line));
}

function messageOf(error: unknown, logged: string | undefined): string {
  return `${error instanceof Error ? error.message : String(error)}${logged === undefined ? "" : `\nlogged: ${logged}`}`;
}
