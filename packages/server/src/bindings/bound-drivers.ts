import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import type { Ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import type { ArchiveBuckets } from "@sluice/drivers/github/kept-archives.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { FunctionAlias } from "@sluice/engine/ports/function-alias.ts";
import type { HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import type { Notifier } from "@sluice/engine/ports/notifier.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { WeightedRouter } from "@sluice/engine/ports/weighted-router.ts";
import type { Logger } from "pino";
import type { SluiceConfig } from "../config/sluice-yml.ts";
import type { Timers } from "../loops/timers.ts";
import type { Store } from "../store/open-store.ts";
import type { BoundDriver } from "./bound-driver.ts";

export interface DriverParts {
  readonly store: Store;
  readonly config: SluiceConfig;
  readonly region: string;
  /** The embedded bucket, in which bundles are looked for. */
  readonly bucket: Pick<BucketStore, "head" | "open" | "sha256"> & ArchiveBuckets;
  readonly timers: Timers;
  readonly log: Logger;
  /** Drivers that are parts of this server. Absent: sluice.yml cannot name them. */
  readonly local?: LocalDrivers | undefined;
}

/**
 * The drivers that keep what they are asked for in this server's store: each is made when a binding names it, once, since there is one
 * store. Its settings are those that its schema in bindable-drivers.ts has checked.
 */
export interface LocalDrivers {
  /** The driver `docker` of task sets. */
  readonly taskSets?: ((settings: object) => TaskSets) | undefined;
  /** The driver `haproxy` of weighted routers. */
  readonly weightedRouter?: ((settings: object) => WeightedRouter) | undefined;
  /** The driver `functions` of function aliases. */
  readonly functionAlias?: ((settings: object) => FunctionAlias) | undefined;
  /** The driver `functions` of hook invokers. */
  readonly hookInvoker?: ((settings: object) => HookInvoker) | undefined;
}

/** What sluice.yml binds, by port. */
export interface BoundDrivers {
  readonly revisions: readonly BoundDriver<RevisionSource>[];
  readonly fleets: readonly BoundDriver<Ec2Fleet>[];
  readonly alarms: readonly BoundDriver<AlarmReader>[];
  readonly notifiers: readonly BoundDriver<Notifier>[];
  readonly taskSets: readonly BoundDriver<TaskSets>[];
  readonly weightedRouters: readonly BoundDriver<WeightedRouter>[];
  readonly functionAliases: readonly BoundDriver<FunctionAlias>[];
  readonly hookInvokers: readonly BoundDriver<HookInvoker>[];
  readonly traffic: readonly BoundDriver<TrafficRouter>[];
  readonly reconciler: { start(): void; close(): Promise<void> };
}
