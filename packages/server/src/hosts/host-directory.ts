import type { FleetHost } from "@sluice/engine/ports/fleet.ts";
import { findHosts, type HostRow, listLivingHosts, tagsOf } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";

/** What the enrolled fleet reads: every host that is not retired, alive or not. */
export function hostDirectory({ db }: Pick<Store, "db">): () => Promise<FleetHost[]> {
  return async () => (await listLivingHosts(db)).map(fleetHost);
}

/** What is known here of hosts that others name, by id. Those that nobody enrolled or declared are left out. */
export function knownHosts({ db }: Pick<Store, "db">): (hostIds: readonly string[]) => Promise<KnownHosts> {
  return async (hostIds) => {
    const rows = await findHosts(db, hostIds);
    return new Map(rows.map((row) => [row.host_id, row.retired_at === null ? fleetHost(row) : "retired"]));
  };
}

/** `retired`: removed here, though its cloud may go on running it. */
export type KnownHosts = ReadonlyMap<string, FleetHost | "retired">;

function fleetHost(row: HostRow): FleetHost {
  return { hostId: row.host_id, hostName: row.host_name, kind: row.kind, tags: tagsOf(row), zone: row.zone };
}
