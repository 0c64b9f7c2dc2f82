import type { BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import { serverName } from "./configured-names.ts";

/** A server of the plan as HAProxy knows it. */
export interface LaidOutServer {
  readonly groupId: string;
  readonly serverId: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly isDraining: boolean;
  /** Epoch milliseconds. */
  readonly addedAt: number;
  /** It has passed a health check since it was put in, or has none to pass. */
  readonly isProven: boolean;
}

/** What is remembered between plans, and over restarts of the caller. */
export interface BalancerLayout {
  readonly servers: readonly LaidOutServer[];
  /** Of the server that was put in last. */
  readonly generation: number;
}

export const EMPTY_LAYOUT: BalancerLayout = { servers: [], generation: 0 };

/** A server that was there before keeps its name, and with it its health; one that is new, or stands elsewhere now, gets a new name. */
export function planLayout(
  { groups }: Pick<BalancerPlan, "groups">,
  before: BalancerLayout,
  now: number,
): BalancerLayout {
  let { generation } = before;
  const known = new Map(before.servers.map((server) => [placeOf(server), server]));
  const servers = groups.flatMap(({ groupId, healthCheck, servers: wanted }) =>
    wanted.map(({ serverId, address, port, isDraining }): LaidOutServer => {
      const place = { groupId, serverId, address, port };
      const same = known.get(placeOf(place));
      if (same) return { ...same, isDraining, isProven: same.isProven || healthCheck === null };
      generation += 1;
      const name = serverName(serverId, generation);
      return { ...place, name, isDraining, addedAt: now, isProven: healthCheck === null };
    }),
  );
  return { servers, generation };
}

function placeOf({
  groupId,
  serverId,
  address,
  port,
}: Pick<LaidOutServer, "groupId" | "serverId" | "address" | "port">): string {
  return JSON.stringify([groupId, serverId, address, port]);
}
