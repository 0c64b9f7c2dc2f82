import type { WakeFeed } from "../store/wake-feed.ts";

/** What the binding of the driver `docker` says of the engine's machine, for those who check what is asked of it. */
export interface EnginePlace {
  /** The engine's socket: no task may mount it. */
  readonly socket: string;
  /** Tasks may mount these folders and what is in them. */
  readonly folders: readonly string[];
  /** Names of the secrets that tasks may have. */
  readonly secretNames: readonly string[];
  /** Callers may name what only AWS has (subnets, roles of tasks, log groups), and it means nothing here. */
  readonly ignoresAwsOnly: boolean;
}

/** The container services of this server. There are none without a binding of the driver `docker` to the task sets. */
export interface LocalServices {
  readonly place: EnginePlace;
  /** Whoever changed services, task sets or tasks publishes after the commit. */
  readonly wakes: WakeFeed;
}
