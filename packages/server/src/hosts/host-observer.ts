import type { HeardTime } from "@sluice/engine/heard-time.ts";
import type { HostLiveness } from "@sluice/engine/observation.ts";
import type { Store } from "../store/open-store.ts";

/** What the planner has to know of hosts. Hosts that are gone are absent from the answer. */
export interface HostObserver {
  observe(store: Pick<Store, "db">, targetIds: readonly string[]): Promise<ReadonlyMap<string, HostLiveness>>;
  /** When this server could hear them. */
  heardTime(): HeardTime;
}
