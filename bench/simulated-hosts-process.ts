import { setTimeout as sleep } from "node:timers/promises";
import { SimulatedHost } from "./simulated-host.ts";
import type { SimulatorCounts, SimulatorOrder } from "./simulated-hosts.ts";

/** The process that plays many hosts; `simulated-hosts.ts` starts it and speaks to it. */
const ENROLMENTS_AT_ONCE = 16;
/** Hosts do not start in step, and neither do their heartbeats. */
const STARTS_SPREAD_MILLISECONDS = 5_000;

const hosts: SimulatedHost[] = [];

async function start({ server, token, count, tag }: SimulatorOrder): Promise<void> {
  let next = 0;
  const enrolSome = async () => {
    while (next < count) {
      const name = `simulated-${next++}`;
      hosts.push(await SimulatedHost.enrol({ server, token, name, tag }));
    }
  };
  await Promise.all(Array.from({ length: ENROLMENTS_AT_ONCE }, enrolSome));
  for (const host of hosts) {
    void host.run().catch((error: unknown) => {
      if (process.connected) throw error;
    });
    await sleep(STARTS_SPREAD_MILLISECONDS / count);
  }
}

function counts(): SimulatorCounts {
  const { user, system } = process.cpuUsage();
  return {
    completed: hosts.reduce((sum, host) => sum + host.completed, 0),
    requests: hosts.reduce((sum, host) => sum + host.requests, 0),
    failures: hosts.reduce((sum, host) => sum + host.failures, 0),
    lastFailure: hosts.find((host) => host.lastFailure !== "")?.lastFailure ?? "",
    processorSeconds: (user + system) / 1e6,
  };
}

process.on("message", (order: SimulatorOrder | "count") => {
  if (order === "count") process.send?.(counts());
  else void start(order).then(() => process.send?.("started"));
});
process.on("disconnect", () => process.exit(0));
