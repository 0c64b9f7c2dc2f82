import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerService } from "./container-service.ts";
import type { Measured } from "./figure.ts";
import { memoryOf } from "./process-figures.ts";

const IDLE_MILLISECONDS = 30_000;

export async function containerMemory({ server }: ContainerService): Promise<readonly Measured[]> {
  await sleep(IDLE_MILLISECONDS);
  const { rss, pss } = memoryOf(server.processId);
  return [
    {
      figure: "server with docker and haproxy bound and one service, RSS",
      unit: "MB",
      reached: rss,
      detail: `${IDLE_MILLISECONDS / 1000} s after the service was steady; PSS ${pss.toFixed(1)} MB; HAProxy and the containers are not in it`,
      reference: "the idle server without bindings: npm run bench -- server-memory",
    },
  ];
}
