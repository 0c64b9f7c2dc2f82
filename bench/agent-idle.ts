import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseProgram } from "@sluice/cli/release/program-choice.ts";
import type { Figure, Measured } from "./figure.ts";
import { deploy } from "./installation.ts";
import { memoryOf, processorSecondsOf } from "./process-figures.ts";
import { type SingleHost, withSingleHost } from "./single-host.ts";

const GOAL_MEGABYTES = 50;
/** Long enough for a poll that ends empty-handed, and for several heartbeats. */
const IDLE_MILLISECONDS = 30_000;
/** In which its processor time is counted: ten heartbeats or so, and the polls. */
const WATCHED_MILLISECONDS = 60_000;
const DEPLOYMENTS = 5;
const REFERENCE = "documented: the reference agent's two processes take 75 MB";

export const agentIdle: Figure = {
  name: "agent-idle",
  title: "memory and processor time of an idle agent",
  measure: (context) => withSingleHost(context, measure),
};

async function measure({ server, agent }: SingleHost): Promise<readonly Measured[]> {
  await sleep(IDLE_MILLISECONDS);
  const idle = memoryOf(agent.processId);
  const bare = await bareNode();
  const before = processorSecondsOf(agent.processId);
  await sleep(WATCHED_MILLISECONDS);
  const used = processorSecondsOf(agent.processId) - before;
  for (let round = 0; round < DEPLOYMENTS; round++) await deploy(server, 1);
  await sleep(IDLE_MILLISECONDS);
  const after = memoryOf(agent.processId);
  return [
    {
      figure: "idle agent, RSS",
      unit: "MB",
      reached: idle.rss,
      detail: `${IDLE_MILLISECONDS / 1000} s after its start, never deployed to; PSS ${idle.pss.toFixed(1)} MB`,
      goal: { value: GOAL_MEGABYTES },
      reference: `a Node that does nothing, with the same settings: ${bare.rss.toFixed(1)} MB; ${REFERENCE}`,
    },
    {
      figure: "idle agent, processor time of a minute",
      unit: "ms",
      reached: (used * 1000 * 60_000) / WATCHED_MILLISECONDS,
      detail: `counted for ${WATCHED_MILLISECONDS / 1000} s in ticks of 10 ms; polls and heartbeats over plain HTTP`,
      reference: "none",
    },
    {
      figure: "idle agent after deployments, RSS",
      unit: "MB",
      reached: after.rss,
      detail: `${IDLE_MILLISECONDS / 1000} s after ${DEPLOYMENTS} deployments; PSS ${after.pss.toFixed(1)} MB`,
      reference: REFERENCE,
    },
  ];
}

async function bareNode(): Promise<ReturnType<typeof memoryOf>> {
  const child = spawn(
    process.execPath,
    [...chooseProgram(["agent", "run"]).options, "-e", "setInterval(() => {}, 1e9)"],
    {
      stdio: "ignore",
      env: { MALLOC_ARENA_MAX: "1" },
    },
  );
  try {
    await sleep(IDLE_MILLISECONDS / 10);
    return memoryOf(child.pid!);
  } finally {
    child.kill();
  }
}
