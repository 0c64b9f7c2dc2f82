import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "@sluice/wire/sigv4/http-request.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { deploy, joinSimulatedHosts } from "./installation.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { callAsText, signedCall } from "./signed-call.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const HOSTS = 200;
const CONNECTIONS = 16;
const REPETITIONS = 5;
const GOAL_RATIO = 1.5;
/** Longer than a deployment takes; the loop ends with it. */
const LOOP_SECONDS = 20;
const CONFIGURATIONS = {
  on: "{}\n",
  off: "throttle:\n  callsPerSecond: 1000000\n  burst: 1000000\n",
} as const;

/** Whether somebody's loop takes the agents' turn. */
export const clientInALoop: Figure = {
  name: "client-in-a-loop",
  title: `a client in a tight loop on ${CONNECTIONS} connections while ${HOSTS} agents deploy`,
  async measure(context) {
    const on = await measureWith("on", context);
    const off = await measureWith("off", context);
    return [resultOf("on", on, true), resultOf("off", off, false)];
  },
};

interface Times {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly loops: readonly LoadResult[];
}

async function measureWith(
  throttle: keyof typeof CONFIGURATIONS,
  { release, folder, repetitions = REPETITIONS, say }: BenchContext,
): Promise<Times> {
  const own = join(folder, throttle);
  mkdirSync(own);
  const config = join(own, "sluice.yml");
  writeFileSync(config, CONFIGURATIONS[throttle]);
  const revision = join(own, "revision");
  writeTrivialRevision(revision, join(own, "destination"));
  const server = await startServer(release, own, ["--config", config]);
  const hosts = await joinSimulatedHosts(server, revision, HOSTS);
  try {
    const { accessKey, secretAccessKey } = await server.sluice.call("CreateAccessKey", {
      role: "user",
      userName: "looping",
      policyNames: ["AWSCodeDeployReadOnlyAccess"],
    });
    const credentials = { accessKeyId: accessKey.accessKeyId, secretAccessKey };
    await deploy(server, HOSTS);
    const times = { alone: [] as number[], beside: [] as number[], loops: [] as LoadResult[] };
    for (let round = 0; round < repetitions; round++) {
      times.alone.push((await deploy(server, HOSTS)).observed);
      const { seconds, loop } = await besideLoop(server, credentials);
      times.beside.push(seconds);
      times.loops.push(loop);
      say(
        `throttle ${throttle}: alone ${times.alone.at(-1)!.toFixed(2)} s, beside the loop ${seconds.toFixed(2)} s ` +
          `(${loop.requestsPerSecond.toFixed(0)} calls/s, ${loop.refusedPerSecond.toFixed(0)} refused)`,
      );
    }
    return times;
  } finally {
    await hosts.close();
    await server.close();
  }
}

/** The loop has gone on for long enough to have spent its burst when the deployment begins. */
async function besideLoop(
  server: RunningServer,
  credentials: Credentials,
): Promise<{ seconds: number; loop: LoadResult }> {
  const generator = startHelper("load-generator.ts");
  try {
    const looping = generator.ask<LoadResult>({
      port: Number(new URL(server.url).port),
      request: callAsText(signedCall(server, "ListApplications", {}, credentials)),
      connections: CONNECTIONS,
      warmUpSeconds: 4,
      seconds: LOOP_SECONDS - 4,
      mayBeRefused: true,
    } satisfies LoadOrder);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const { observed } = await deploy(server, HOSTS);
    return { seconds: observed, loop: await looping };
  } finally {
    generator.close();
  }
}

function resultOf(throttle: keyof typeof CONFIGURATIONS, { alone, beside, loops }: Times, hasGoal: boolean): Measured {
  const ratio = median(beside) / median(alone);
  const calls = median(loops.map(({ requestsPerSecond }) => requestsPerSecond));
  return {
    figure: `${HOSTS} hosts deployed beside a client in a loop on ${CONNECTIONS} connections, throttle ${throttle}`,
    unit: "times",
    reached: ratio,
    detail: `median of ${beside.length}: ${median(beside).toFixed(2)} s, worst ${worst(beside).toFixed(2)} s; the loop made ${calls.toFixed(0)} calls/s`,
    ...(hasGoal ? { goal: { value: GOAL_RATIO } } : {}),
    reference: `the same without the loop: median ${median(alone).toFixed(2)} s`,
  };
}
