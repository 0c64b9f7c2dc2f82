import type { HeardTime } from "@sluice/engine/heard-time.ts";
import type { HostLiveness } from "@sluice/engine/observation.ts";
import type { Store } from "../store/open-store.ts";

export interface HostAgent {
  /** Null: nobody has spoken yet. */
  readonly agent: "sluice" | "aws" | null;
  readonly agentVersion: string | null;
}

/** What the planner has to know of hosts. Hosts that are gone are absent from the answer. */
export interface HostObserver {
  observe(store: Pick<Store, "db">, targetIds: readonly string[]): Promise<ReadonlyMap<string, HostLiveness>>;
  /** Whose agent each host runs, by what it said last. Hosts that are gone are absent. */
  agentsOf(store: Pick<Store, "db">, targetIds: readonly string[]): Promise<ReadonlyMap<string, HostAgent>>;
  /** When this server could hear them. */
  heardTime(): HeardTime;
}
