import { setTimeout as sleep } from "node:timers/promises";
import { SimulatedHost } from "./simulated-host.ts";
import type { SimulatorCounts, SimulatorOrder, SimulatorRequest } from "./simulated-hosts.ts";

/** The process that plays many hosts; `simulated-hosts.ts` starts it and speaks to it. */
const ENROLMENTS_AT_ONCE = 16;
/** Hosts do not start in step, and neither do their heartbeats. */
const STARTS_SPREAD_MILLISECONDS = 5_000;

const hosts: SimulatedHost[] = [];

async function start(order: SimulatorOrder): Promise<void> {
  const { server, token, count, tag, prefix = "simulated", localAddresses = [], ...each } = order;
  let next = 0;
  const enrolSome = async () => {
    while (next < count) {
      const number = next++;
      const name = `${prefix}-${number}`;
      const localAddress = localAddresses[number % localAddresses.length];
      hosts.push(await SimulatedHost.enrol({ ...each, server, token, name, tag, localAddress }));
    }
  };
  await Promise.all(Array.from({ length: ENROLMENTS_AT_ONCE }, enrolSome));
  for (const host of hosts) {
    void host.run().catch((error: unknown) => {
      if (process.connected && !host.isStopped) throw error;
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
    lateHeartbeats: hosts.reduce((sum, host) => sum + host.lateHeartbeats, 0),
    lastFailure: hosts.find((host) => host.lastFailure !== "")?.lastFailure ?? "",
    processorSeconds: (user + system) / 1e6,
  };
}

process.on("message", (request: SimulatorRequest) => {
  if (request === "count") process.send?.(counts());
  else if ("silence" in request) {
    for (const host of hosts.slice(0, request.silence)) host.stop();
    process.send?.("silenced");
  } else void start(request).then(() => process.send?.("started"));
});
process.on("disconnect", () => process.exit(0));
