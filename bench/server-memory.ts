import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { joinSimulatedHosts } from "./installation.ts";
import { memoryOf } from "./process-figures.ts";
import { startServer } from "./sluice-process.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const HOSTS = 1_000;
const IDLE_GOAL_MEGABYTES = 120;
const CONNECTED_GOAL_MEGABYTES = 160;
/** Longer than a poll is held, so that every host has come back once. */
const IDLE_MILLISECONDS = 30_000;
const REFERENCE = "none: there is no other server of this kind";

export const serverMemory: Figure = {
  name: "server-memory",
  title: "memory of the server, idle and with 1,000 connected agents",
  async measure({ release, folder }) {
    const revision = join(folder, "revision");
    writeTrivialRevision(revision, join(folder, "destination"));
    const server = await startServer(release, folder);
    await sleep(IDLE_MILLISECONDS);
    const idle = memoryOf(server.processId);
    const hosts = await joinSimulatedHosts(server, revision, HOSTS);
    try {
      await sleep(IDLE_MILLISECONDS);
      const connected = memoryOf(server.processId);
      return [
        {
          figure: "idle server, RSS",
          unit: "MB",
          reached: idle.rss,
          detail: `${IDLE_MILLISECONDS / 1000} s after its first start; PSS ${idle.pss.toFixed(1)} MB`,
          goal: { value: IDLE_GOAL_MEGABYTES },
          reference: REFERENCE,
        },
        {
          figure: "server with 1,000 connected agents, RSS",
          unit: "MB",
          reached: connected.rss,
          detail: `${IDLE_MILLISECONDS / 1000} s after they enrolled, all polling and sending heartbeats; PSS ${connected.pss.toFixed(1)} MB`,
          goal: { value: CONNECTED_GOAL_MEGABYTES },
          reference: REFERENCE,
        },
      ];
    } finally {
      await hosts.close();
      await server.close();
    }
  },
};
