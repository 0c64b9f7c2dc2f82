import { embeddedBucketSource } from "@sluice/drivers/embedded-bucket/embedded-bucket-source.ts";
import { enrolledFleet } from "@sluice/drivers/fleet/enrolled-fleet.ts";
import { githubSource } from "@sluice/drivers/github/github-source.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { Fleet, HostTerminator } from "@sluice/engine/ports/fleet.ts";
import type { Notifier } from "@sluice/engine/ports/notifier.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { EMPTY_CONFIG, loadSluiceYml, type SluiceConfig } from "../config/sluice-yml.ts";
import { hostDirectory, knownHosts } from "../hosts/host-directory.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import type { KeyOwner } from "../store/access-keys.ts";
import { archivesInUse } from "../store/archives-in-use.ts";
import { gitHubTokens } from "../store/closest-github-token.ts";
import { retireHost } from "../store/hosts.ts";
import { boundAlarmReader } from "./bound-alarm-reader.ts";
import type { BoundDrivers, DriverParts } from "./bound-drivers.ts";
import { boundFleet, boundHostTerminator } from "./bound-fleet.ts";
import { boundFunctionAlias } from "./bound-function-alias.ts";
import { boundHookInvoker } from "./bound-hook-invoker.ts";
import { boundNotifier } from "./bound-notifier.ts";
import { boundRevisionSource, driverOfObject } from "./bound-revision-source.ts";
import { boundTaskSets } from "./bound-task-sets.ts";
import { boundTrafficRouter } from "./bound-traffic-router.ts";
import { boundWeightedRouter } from "./bound-weighted-router.ts";

export interface Drivers {
  readonly fleet: Fleet;
  readonly hostTerminator: HostTerminator;
  readonly revisions: RevisionSource;
  /** The driver that reads an object of that name for deployments, where it is not this server's own bucket. */
  readonly driverElsewhere: (object: { readonly bucket: string; readonly key: string }) => string | undefined;
  readonly trafficRouter: TrafficRouter;
  readonly alarmReader: AlarmReader;
  readonly notifier: Notifier;
  /** Whoever is asked for what no binding names says which binding to add. */
  readonly shiftPorts: ShiftPorts;
  /** Begins to watch for balancers that were restarted. */
  start(): void;
  close(): Promise<void>;
}

const NOTHING_BOUND: BoundDrivers = {
  revisions: [],
  fleets: [],
  alarms: [],
  notifiers: [],
  taskSets: [],
  weightedRouters: [],
  functionAliases: [],
  hookInvokers: [],
  traffic: [],
  reconciler: { start() {}, close: async () => {} },
};

/** `sluice.yml`, checked against the drivers that there are; nothing is bound without one. */
export async function loadConfig(path: string | undefined): Promise<SluiceConfig> {
  if (path === undefined) return EMPTY_CONFIG;
  const { BINDABLE_DRIVERS } = await import("./bindable-drivers.ts");
  return loadSluiceYml(path, BINDABLE_DRIVERS);
}

/** Who serves which port: the bindings first, and what works on one machine by default. Rejects with a ConfigError about a binding. */
export async function composeDrivers(
  parts: DriverParts,
  /** A host was terminated, and its keys with it. */
  forgetKeys: (owner: KeyOwner) => void = () => {},
): Promise<Drivers> {
  const { store, config, region, timers, bucket } = parts;
  const embedded = embeddedBucketSource.create({}, { now: timers.now, region, buckets: bucket });
  const gitHubParts = {
    tokenFor: gitHubTokens(store, timers.now),
    buckets: bucket,
    archivesInUse: () => archivesInUse(store),
    now: timers.now,
    region,
  };
  const gitHub = githubSource.create({}, gitHubParts);
  const bound =
    config.bindings.length === 0
      ? NOTHING_BOUND
      : (await import("./bindable-drivers.ts")).bindAll(parts, { embedded, gitHubParts });
  return {
    fleet: boundFleet(enrolledFleet.create({}, { listHosts: hostDirectory(store) }), bound.fleets, {
      knownHosts: knownHosts(store),
    }),
    hostTerminator: boundHostTerminator(bound.fleets, {
      retireHosts: async (hostIds) => {
        if (hostIds.length === 0) return;
        await store.write(async (transaction) => {
          for (const hostId of hostIds) await retireHost(transaction, hostId, timers.now());
        });
        for (const hostId of hostIds) forgetKeys({ hostId });
      },
    }),
    revisions: boundRevisionSource(bound.revisions, { s3: embedded, gitHub }),
    driverElsewhere: (object) => {
      const driver = driverOfObject(bound.revisions, object);
      return driver === embeddedBucketSource.name ? undefined : driver;
    },
    trafficRouter: boundTrafficRouter(bound.traffic),
    alarmReader: boundAlarmReader(bound.alarms),
    notifier: boundNotifier(bound.notifiers),
    shiftPorts: {
      taskSets: boundTaskSets(bound.taskSets),
      weightedRouter: boundWeightedRouter(bound.weightedRouters),
      functionAlias: boundFunctionAlias(bound.functionAliases),
      hookInvoker: boundHookInvoker(bound.hookInvokers),
    },
    start: () => bound.reconciler.start(),
    close: () => bound.reconciler.close(),
  };
}
