import { join } from "node:path";
import { endProcesses } from "@sluice/drivers/haproxy-balancer/haproxy-process.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";

const HAPROXY = "/usr/sbin/haproxy";

/** Ends a server, and the HAProxy of its load balancers, which would outlive it and its data directory. */
export async function closeWithHaproxy(server: SluiceServer): Promise<void> {
  await server.kill();
  await endProcesses({ program: HAPROXY, config: join(server.data, "haproxy", "haproxy.cfg") });
  await server.close();
}
