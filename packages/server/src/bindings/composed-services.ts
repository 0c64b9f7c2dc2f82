import type { TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { TargetHealth } from "../balancing/target-health.ts";
import type { LocalServices } from "../services/local-services.ts";
import type { TaskLogs } from "../services/task-logs.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { DriverParts } from "./bound-drivers.ts";

export interface ServicesParts extends Pick<DriverParts, "store" | "config" | "timers" | "log"> {
  readonly scope: ArnScope;
  /** Names this server: of several on one database one runs the services. */
  readonly owner: string;
  readonly randomText: (alphabet: string, length: number) => string;
  /** What the balancer of this server says of tasks. */
  readonly targets: TargetHealth;
  /** Whoever changes services, task sets or tasks publishes there. */
  readonly wakes: WakeFeed;
  readonly onError: (error: unknown) => void;
}

/** The container services of this server, on the engine that sluice.yml names. */
export interface ComposedServices {
  readonly services: LocalServices;
  readonly taskSets: TaskSets;
  readonly logs: TaskLogs;
  start(): void;
  /** Containers go on as they are. */
  close(): Promise<void>;
}
