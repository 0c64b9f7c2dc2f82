import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import type { Ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { Notifier } from "@sluice/engine/ports/notifier.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
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
  readonly bucket: Pick<BucketStore, "head" | "open" | "sha256">;
  readonly timers: Timers;
  readonly log: Logger;
}

/** What sluice.yml binds, by port. */
export interface BoundDrivers {
  readonly revisions: readonly BoundDriver<RevisionSource>[];
  readonly fleets: readonly BoundDriver<Ec2Fleet>[];
  readonly alarms: readonly BoundDriver<AlarmReader>[];
  readonly notifiers: readonly BoundDriver<Notifier>[];
  readonly traffic: readonly BoundDriver<TrafficRouter>[];
  readonly reconciler: { start(): void; close(): Promise<void> };
}
