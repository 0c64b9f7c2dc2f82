import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { createToken, deploy, prepareApplication, untilAlive } from "./installation.ts";
import { memoryOf } from "./process-figures.ts";
import { startAgent, startServer } from "./sluice-process.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const GOAL_MEGABYTES = 55;
/** Long enough for a poll that ends empty-handed, and for several heartbeats. */
const IDLE_MILLISECONDS = 30_000;
const DEPLOYMENTS = 5;
const REFERENCE = "documented: the reference agent's two processes take 75 MB";

export const agentMemory: Figure = {
  name: "agent-memory",
  title: "memory of an idle agent",
  async measure({ release, folder }) {
    const revision = join(folder, "revision");
    writeTrivialRevision(revision, join(folder, "destination"));
    const server = await startServer(release, folder);
    const token = await createToken(server, 1);
    const agent = await startAgent(release, server.url, { name: "bench-1", token, data: join(folder, "agent") });
    try {
      await prepareApplication(server, revision);
      await untilAlive(server, 1);
      await sleep(IDLE_MILLISECONDS);
      const idle = memoryOf(agent.processId);
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
          reference: REFERENCE,
        },
        {
          figure: "idle agent after deployments, RSS",
          unit: "MB",
          reached: after.rss,
          detail: `${IDLE_MILLISECONDS / 1000} s after ${DEPLOYMENTS} deployments; PSS ${after.pss.toFixed(1)} MB`,
          reference: REFERENCE,
        },
      ];
    } finally {
      await agent.close();
      await server.close();
    }
  },
};
