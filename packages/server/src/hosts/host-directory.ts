import type { FleetHost } from "@sluice/engine/ports/fleet.ts";
import { listLivingHosts, tagsOf } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";

/** What the enrolled fleet reads: every host that is not retired, alive or not. */
export function hostDirectory({ db }: Pick<Store, "db">): () => Promise<FleetHost[]> {
  return async () =>
    (await listLivingHosts(db)).map((row) => ({
      hostId: row.host_id,
      hostName: row.host_name,
      kind: row.kind,
      tags: tagsOf(row),
      zone: row.zone,
    }));
}
