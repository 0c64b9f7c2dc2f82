import type { BalancerState } from "../haproxy-runtime/balancer-state.ts";
import type { BalancerLayout } from "./balancer-layout.ts";
import { backendName } from "./configured-names.ts";
import { hasPassed } from "./server-health.ts";
import { stateKey } from "./server-states.ts";

export interface RaisedServers {
  readonly commands: readonly string[];
  /** Once HAProxy has taken the commands. */
  readonly layout: BalancerLayout;
}

/**
 * One check that passes is enough for a new server, as with ELBv2; one that was healthy before has to pass the group's count. Undefined:
 * none is new and has passed.
 */
export function planRaisedServers(layout: BalancerLayout, state: BalancerState): RaisedServers | undefined {
  const states = new Map(state.servers.map((server) => [stateKey(server.backend, server.server), server]));
  const isRaised = (server: BalancerLayout["servers"][number]) => {
    const found = states.get(stateKey(backendName(server.groupId), server.name));
    return !server.isProven && found !== undefined && hasPassed(found);
  };
  const raised = layout.servers.filter(isRaised);
  if (raised.length === 0) return undefined;
  const servers = layout.servers.map((server) => (isRaised(server) ? { ...server, isProven: true } : server));
  const commands = raised.map(({ groupId, name }) => `set server ${stateKey(backendName(groupId), name)} health up`);
  return { commands, layout: { ...layout, servers } };
}
