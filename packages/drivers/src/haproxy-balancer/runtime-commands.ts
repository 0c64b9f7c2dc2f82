import type { GroupPlan } from "@sluice/engine/ports/balancer.ts";
import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import type { BalancerLayout, LaidOutServer } from "./balancer-layout.ts";
import { commandWord } from "./config-word.ts";
import { backendName } from "./configured-names.ts";
import { stateKey } from "./server-states.ts";
import { serverWords, weightOf } from "./server-words.ts";

/** What a running process has. */
export interface RunningBalancer {
  readonly servers: readonly ServerState[];
  readonly weights: ReadonlyMap<string, string>;
}

export interface WantedBalancer {
  readonly groups: readonly GroupPlan[];
  readonly layout: BalancerLayout;
  readonly weights: ReadonlyMap<string, string>;
  /** Absolute path of the weights' map, as the configuration has it. */
  readonly weightsPath: string;
}

/**
 * Commands that bring a running process of the same digest to what is wanted. Servers come before weights, which come before servers that
 * leave: no request is sent where nobody is. A server that leaves stays in maintenance until the next reload: `del server` of HAProxy 2.6
 * may crash a process that still has a request for it.
 */
export function planRuntimeCommands(running: RunningBalancer, wanted: WantedBalancer): readonly string[] {
  const checks = new Map(wanted.groups.map(({ groupId, healthCheck }) => [groupId, healthCheck]));
  const states = new Map(running.servers.map((state) => [stateKey(state.backend, state.server), state]));
  const wantedKeys = new Set<string>();
  const changes = wanted.layout.servers.flatMap((server) => {
    const key = stateKey(backendName(server.groupId), server.name);
    wantedKeys.add(key);
    const state = states.get(key);
    return state ? serverChanges(key, server, state) : additions(key, server, checks.get(server.groupId) ?? null);
  });
  const weights = [...wanted.weights]
    .filter(([action, split]) => running.weights.get(action) !== split)
    .map(([action, split]) => `set map ${commandWord(wanted.weightsPath)} ${action} ${split}`);
  const removals = [...states]
    .filter(([key, { isForcedMaintenance }]) => !wantedKeys.has(key) && !isForcedMaintenance)
    .map(([key]) => `set server ${key} state maint`);
  return [...changes, ...weights, ...removals];
}

/** Servers that have left, and that only a reload removes. */
export function countLeftServers(running: RunningBalancer, { servers }: BalancerLayout): number {
  const wanted = new Set(servers.map(({ groupId, name }) => stateKey(backendName(groupId), name)));
  return running.servers.filter(({ backend, server }) => !wanted.has(stateKey(backend, server))).length;
}

function serverChanges(
  key: string,
  server: LaidOutServer,
  { weight, isForcedMaintenance }: ServerState,
): readonly string[] {
  const changes: string[] = [];
  if (weight !== weightOf(server)) changes.push(`set server ${key} weight ${weightOf(server)}`);
  if (isForcedMaintenance) changes.push(`set server ${key} state ready`);
  return changes;
}

/**
 * HAProxy takes a server that leaves maintenance for healthy. So a new one has no weight until it was told to be down, from where its
 * checks raise it.
 */
function additions(key: string, server: LaidOutServer, check: GroupPlan["healthCheck"]): readonly string[] {
  const add = `add server ${key} ${serverWords(server, check)} weight 0`;
  const enable = `set server ${key} state ready`;
  const weigh = `set server ${key} weight ${weightOf(server)}`;
  if (!check) return [add, enable, weigh];
  return [add, `enable health ${key}`, enable, `set server ${key} health down`, weigh];
}
