import { cloudWatchAlarmReader } from "@sluice/drivers/cloudwatch/cloudwatch-alarm-reader.ts";
import { ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import { elbv2Router } from "@sluice/drivers/elbv2/elbv2-router.ts";
import { embeddedBucketSource } from "@sluice/drivers/embedded-bucket/embedded-bucket-source.ts";
import { enrolledFleet } from "@sluice/drivers/fleet/enrolled-fleet.ts";
import { githubSource } from "@sluice/drivers/github/github-source.ts";
import { haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import { prometheusAlarmReader } from "@sluice/drivers/prometheus/prometheus-alarm-reader.ts";
import { s3Source } from "@sluice/drivers/s3/s3-source.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { Fleet, HostTerminator } from "@sluice/engine/ports/fleet.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Logger } from "pino";
import { ALARM_READER_PORT, boundAlarmReader } from "./config/bound-alarm-reader.ts";
import { type BindableDriver, bindable, bindDrivers } from "./config/bound-driver.ts";
import { boundFleet, boundHostTerminator, FLEET_PORT } from "./config/bound-fleet.ts";
import { boundRevisionSource } from "./config/bound-revision-source.ts";
import { boundTrafficRouter, routerOfGroup, TRAFFIC_ROUTER_PORT } from "./config/bound-traffic-router.ts";
import { type ConfigurableDriver, EMPTY_CONFIG, loadSluiceYml, type SluiceConfig } from "./config/sluice-yml.ts";
import { hostDirectory } from "./hosts/host-directory.ts";
import type { Timers } from "./runner/timers.ts";
import type { AccessKey } from "./store/access-keys.ts";
import { retireHost } from "./store/hosts.ts";
import type { Store } from "./store/open-store.ts";
import { StoredTrafficRouter } from "./traffic/stored-traffic-router.ts";
import { TrafficReconciler } from "./traffic/traffic-reconciler.ts";

/**
 * Every driver that a binding in sluice.yml can name. To list one costs little: what is heavy (the clients of AWS's SDK) is imported by
 * the driver's first call, so a server without such a binding never loads it.
 */
const DRIVERS: readonly ConfigurableDriver[] = [
  embeddedBucketSource,
  s3Source,
  githubSource,
  ec2Fleet,
  haproxyRouter,
  elbv2Router,
  cloudWatchAlarmReader,
  prometheusAlarmReader,
];

export interface DriverParts {
  readonly store: Store;
  readonly config: SluiceConfig;
  /** Signs the URLs by which hosts fetch bundles from the embedded bucket. */
  readonly rootKey: AccessKey;
  readonly region: string;
  readonly timers: Timers;
  readonly log: Logger;
}

export interface Drivers {
  readonly fleet: Fleet;
  readonly hostTerminator: HostTerminator;
  readonly revisions: RevisionSource;
  readonly trafficRouter: TrafficRouter;
  readonly alarmReader: AlarmReader;
  /** Begins to watch for balancers that were restarted. */
  start(): void;
  close(): Promise<void>;
}

/** `sluice.yml`, checked against the drivers that there are; nothing is bound without one. */
export async function loadConfig(path: string | undefined): Promise<SluiceConfig> {
  return path === undefined ? EMPTY_CONFIG : loadSluiceYml(path, DRIVERS);
}

/** Who serves which port: the bindings first, and what works on one machine by default. Throws a ConfigError about a binding. */
export function composeDrivers(parts: DriverParts): Drivers {
  const { store, config, timers } = parts;
  const { bindings } = config;
  const { now } = timers;
  const clouds = bindDrivers(FLEET_PORT, bindings, [bindable(ec2Fleet, {})]);
  const alarms = bindDrivers(ALARM_READER_PORT, bindings, [
    bindable(cloudWatchAlarmReader, {}),
    bindable(prometheusAlarmReader, {}),
  ]);
  const traffic = composeTraffic(parts);
  return {
    fleet: boundFleet(enrolledFleet.create({}, { listHosts: hostDirectory(store) }), clouds),
    hostTerminator: boundHostTerminator(clouds, {
      retireHosts: async (hostIds) => {
        if (hostIds.length === 0) return;
        await store.write(async (transaction) => {
          for (const hostId of hostIds) await retireHost(transaction, hostId, now());
        });
      },
    }),
    revisions: composeRevisions(parts),
    trafficRouter: traffic.router,
    alarmReader: boundAlarmReader(alarms),
    start: () => traffic.reconciler.start(),
    close: () => traffic.reconciler.close(),
  };
}

function composeRevisions({ config, rootKey, region, timers: { now } }: DriverParts): RevisionSource {
  const embedded = embeddedBucketSource.create({}, { now, region, serverKey: rootKey });
  const gitHub = githubSource.create({}, {});
  const drivers: readonly BindableDriver<RevisionSource>[] = [
    { name: embeddedBucketSource.name, create: () => embedded },
    bindable(s3Source, { now }),
    { name: githubSource.name, create: () => gitHub },
  ];
  return boundRevisionSource(config.bindings, drivers, { s3: embedded, gitHub });
}

function composeTraffic({ store, config, timers, log }: DriverParts) {
  const haproxy = bindable(haproxyRouter, { now: timers.now });
  const bound = bindDrivers<TrafficRouter>(TRAFFIC_ROUTER_PORT, config.bindings, [
    { name: haproxy.name, create: (settings) => new StoredTrafficRouter(haproxy.create(settings), store) },
    bindable(elbv2Router, {}),
  ]);
  const reconciled = new Map(
    bound.flatMap(({ binding, instance: router }) => {
      if (!(router instanceof StoredTrafficRouter)) return [];
      const isOurs = (group: string) => routerOfGroup(bound, group)?.instance === router;
      return [[router, { router, name: binding.match, isOurs }] as const];
    }),
  );
  return {
    router: boundTrafficRouter(bound),
    reconciler: new TrafficReconciler([...reconciled.values()], timers, log),
  };
}
