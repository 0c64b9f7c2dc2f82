import type { Measured } from "./figure.ts";
import { bareProgram, type FunctionRuntime, functionFigure } from "./function-service.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { descendantsOf, processorSecondsOf } from "./process-figures.ts";
import type { ProcessPerCallOrder, ProcessPerCallResult } from "./process-per-call.ts";
import { median, worst } from "./statistics.ts";

const CONNECTIONS = 16;
const WARM_UP_SECONDS = 2;
const SECONDS = 4;
const REPETITIONS = 5;
const GOAL = 2_000;
const RUNTIMES: readonly FunctionRuntime[] = ["nodejs", "python3"];

/** One event, read from the input, to its answer: what a handler without any platform around it costs. */
const PER_CALL: Readonly<Record<FunctionRuntime, readonly string[]>> = {
  nodejs: ["-e", 'JSON.parse(require("node:fs").readFileSync(0, "utf8")); console.log(JSON.stringify(null))'],
  python3: ["-c", "import json, sys; json.load(sys.stdin); print(json.dumps(None))"],
};

interface Round {
  readonly ours: number;
  readonly bare: number;
  readonly perCall: number;
  /** Microseconds of processor time for a call: of the server, and of all processes of the function. */
  readonly server: number;
  readonly handlers: number;
}

export const functionRate = functionFigure(
  "function-rate",
  "warm invocations of a handler that does nothing",
  async (service, context) => {
    const { repetitions = REPETITIONS, say } = context;
    const bare = startHelper("bare-http.ts");
    const perCall = startHelper("process-per-call.ts");
    const generator = startHelper("load-generator.ts");
    try {
      const barePort = await bare.ask<number>({});
      const load = (request: string, port: number) =>
        generator.ask<LoadResult>({
          port,
          request,
          connections: CONNECTIONS,
          warmUpSeconds: WARM_UP_SECONDS,
          seconds: SECONDS,
        } satisfies LoadOrder);
      const measured: Measured[] = [];
      for (const runtime of RUNTIMES) {
        const name = `empty-${runtime}`;
        await service.create(name, runtime);
        const rounds: Round[] = [];
        for (let round = 0; round < repetitions; round++) {
          // Signed anew for every round: a signature is good for five minutes.
          const request = service.invocation(name);
          const before = usedBy(service.server.processId);
          const ours = await load(request, service.port);
          const after = usedBy(service.server.processId);
          // The warm-up is in both: processor time is of all calls.
          const calls = ours.requestsPerSecond * (WARM_UP_SECONDS + SECONDS);
          const theirs = await load(request, barePort);
          const { callsPerSecond } = await perCall.ask<ProcessPerCallResult>({
            program: bareProgram(runtime),
            args: PER_CALL[runtime],
            payload: "{}",
            atOnce: CONNECTIONS,
            seconds: SECONDS,
          } satisfies ProcessPerCallOrder);
          const each = {
            ours: ours.requestsPerSecond,
            bare: theirs.requestsPerSecond,
            perCall: callsPerSecond,
            server: ((after.server - before.server) / calls) * 1e6,
            handlers: ((after.handlers - before.handlers) / calls) * 1e6,
          };
          rounds.push(each);
          say(
            `${runtime}: ${each.ours.toFixed(0)}/s (99 of 100 within ${(ours.latency.high * 1000).toFixed(1)} ms; about ${each.server.toFixed(0)} µs of the server a call, ` +
              `${each.handlers.toFixed(0)} µs of the handlers), bare HTTP ${each.bare.toFixed(0)}/s, a process for each call ${each.perCall.toFixed(1)}/s`,
          );
        }
        measured.push(figureOf(runtime, rounds));
      }
      return measured;
    } finally {
      bare.close();
      perCall.close();
      generator.close();
    }
  },
);

function figureOf(runtime: FunctionRuntime, rounds: readonly Round[]): Measured {
  const of = (pick: (round: Round) => number) => median(rounds.map(pick));
  return {
    figure: `warm invocations of an empty handler, ${runtime}, ${CONNECTIONS} connections`,
    unit: "requests/s",
    reached: of(({ ours }) => ours),
    detail:
      `median of ${rounds.length}, worst ${(-worst(rounds.map(({ ours }) => -ours))).toFixed(0)}; processor time of a call: ` +
      `${of(({ server }) => server).toFixed(0)} µs of the server, ${of(({ handlers }) => handlers).toFixed(0)} µs of the function's processes`,
    ...(runtime === "nodejs" ? { goal: { value: GOAL, isAtLeast: true } } : {}),
    reference:
      `a bare Node HTTP handler: median ${of(({ bare }) => bare).toFixed(0)} requests/s; ` +
      `a bare process for each call: median ${of(({ perCall }) => perCall).toFixed(1)}/s`,
  };
}

function usedBy(server: number): { readonly server: number; readonly handlers: number } {
  const handlers = descendantsOf(server).reduce((sum, each) => sum + processorSecondsOf(each), 0);
  return { server: processorSecondsOf(server), handlers };
}
