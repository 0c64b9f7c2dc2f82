import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openBucketStore } from "@sluice/drivers/bucket/bucket-store.ts";
import type { HostState } from "@sluice/wire/sluice/operations.ts";
import type { Logger } from "pino";
import { composeDrivers } from "./compose-drivers.ts";
import type { SluiceConfig } from "./config/sluice-yml.ts";
import type { DataDirectory } from "./data-directory.ts";
import { hostState } from "./hosts/host-summary.ts";
import { Liveness } from "./hosts/liveness.ts";
import { authenticate } from "./http/authenticate.ts";
import { jsonServices } from "./http/json-services.ts";
import { createMetrics } from "./http/metrics.ts";
import { authorizeByRole } from "./http/s3-access.ts";
import { s3Handler } from "./http/s3-routes.ts";
import { signedRoute } from "./http/signed-route.ts";
import { DeploymentLogs } from "./logs/deployment-logs.ts";
import { createNotifications } from "./notifications/notifications.ts";
import { newDeploymentId } from "./operations/codedeploy/new-deployment-id.ts";
import type { Principal } from "./operations/operation.ts";
import { LETTERS_AND_DIGITS, randomText } from "./random-text.ts";
import type { MatchHosts } from "./runner/rollout-facts.ts";
import { createRunner } from "./runner/runner.ts";
import { systemTimers } from "./runner/timers.ts";
import { mayHostReadObject } from "./signing/bundle-access.ts";
import { SpecificationDesk } from "./signing/specification-desk.ts";
import type { SpecificationSigningKey } from "./signing/specification-envelope.ts";
import { type AccessKey, AccessKeys } from "./store/access-keys.ts";
import { listLivingHosts } from "./store/hosts.ts";
import type { Store } from "./store/open-store.ts";

const OFFER_CHARACTERS = 10;

export interface Composition {
  readonly store: Store;
  readonly directory: DataDirectory;
  readonly config: SluiceConfig;
  readonly log: Logger;
  readonly accountId: string;
  readonly region: string;
  readonly rootKey: AccessKey;
  readonly signingKey: SpecificationSigningKey;
  readonly serverFingerprints: readonly string[];
  /** Host names of the listeners, under which buckets may be hosts of their own. */
  readonly hostNames: readonly string[];
}

/** The server's inside, ready to be put on listeners. */
export interface ControlPlane {
  readonly signedRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
  readonly isReady: () => Promise<boolean>;
  /** The listeners are open: from now on silence counts, and what is due is done. */
  start(): void;
  close(): Promise<void>;
}

/** The one place where everything is put together. */
export async function compose(parts: Composition): Promise<ControlPlane> {
  const { store, directory, config, log, accountId, region, rootKey, signingKey, serverFingerprints, hostNames } =
    parts;
  const now = systemTimers.now;
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date(now()) });
  const logs = new DeploymentLogs(directory.logs);
  const liveness = new Liveness({
    store,
    readyAt: now(),
    onFlushError: (error) => log.error({ error: describe(error) }, "what was heard of hosts could not be written down"),
  });
  const drivers = await composeDrivers({ store, config, rootKey, region, bucket, timers: systemTimers, log });
  const { fleet, revisions, trafficRouter, alarmReader, hostTerminator } = drivers;
  const owner = `${process.pid}-${randomUUID()}`;
  const matchHosts: MatchHosts = (selection, signal) => fleet.resolveTargets(selection, signal);
  const runner = createRunner({
    store,
    timers: systemTimers,
    hosts: liveness,
    matchHosts,
    trafficRouter,
    alarmReader,
    revisions,
    hostTerminator,
    owner,
    newDeploymentId: () => newDeploymentId(randomText),
    newOffer: () => randomText(LETTERS_AND_DIGITS, OFFER_CHARACTERS),
    onError: (error) => log.error({ error: describe(error) }, "the runner could not do what was due, and tries again"),
    onQuarantine: (deploymentId, error) =>
      log.fatal({ deploymentId, error: describe(error) }, "a deployment was quarantined: this is a bug of Sluice"),
  });
  const notifications = createNotifications({
    store,
    timers: systemTimers,
    feed: runner.feed,
    notifier: drivers.notifier,
    scope: { accountId, region },
    owner,
    random: Math.random,
    onError: (error) => log.error({ error: describe(error) }, "triggers could not do what was due, and try again"),
    onGivenUp: ({ notification_id: notificationId, deployment_id: deploymentId, trigger_name: trigger }, reason) =>
      log.warn(
        { notificationId, deploymentId, trigger, reason },
        "a trigger's message was given up: see sluice triggers",
      ),
  });
  // Readers of a log that has ended are told so at once.
  const unsubscribe = runner.feed.subscribe(({ deploymentId }) => logs.wake(deploymentId));
  const accessKeys = new AccessKeys(store, now);
  const authenticator = { accessKeys, now, region };
  const onInternalError = (error: unknown, requestId: string) =>
    log.error({ requestId, error: describe(error) }, "a request failed through no fault of its caller");
  const services = jsonServices({
    operations: { store, now, accountId, region, randomText, randomUuid: randomUUID },
    codeDeploy: {
      fleet,
      liveness,
      planner: { wake: () => runner.wake() },
      forgetOutput: async (deploymentIds) => {
        for (const deploymentId of deploymentIds) await logs.delete(deploymentId);
      },
    },
    command: { runner, liveness, specifications: new SpecificationDesk(store, signingKey, revisions) },
    sluice: {
      liveness,
      logs,
      runner,
      notifications,
      preflight: { matchHosts, trafficRouter, alarmReader, revisions, hosts: liveness },
      signingCertificate: signingKey.certificatePem,
      serverFingerprints,
    },
  });
  const s3 = s3Handler<Principal>({
    store: bucket,
    accountId,
    region,
    hostNames,
    authenticate: (request) => authenticate(request, authenticator),
    authorize: authorizeByRole((principal, bucketName, key) =>
      principal.hostId ? mayHostReadObject(store, principal.hostId, bucketName, key) : false,
    ),
    onInternalError,
  });
  return {
    signedRoute: signedRoute({
      ...authenticator,
      services,
      s3,
      sts: { accountId },
      events: { store, feed: runner.feed },
      onInternalError,
    }),
    metrics: createMetrics({
      store,
      waitingPolls: runner.waitingPolls,
      countHosts: () => countHosts(store, liveness, now()),
    }),
    isReady: () =>
      store.db
        .selectFrom("settings")
        .select("name")
        .limit(1)
        .execute()
        .then(
          () => true,
          () => false,
        ),
    start() {
      liveness.ready(now());
      liveness.start(now);
      runner.start();
      drivers.start();
      notifications.start();
    },
    async close() {
      unsubscribe();
      await notifications.close();
      await runner.close();
      await drivers.close();
      await liveness.close();
      await logs.close();
      await bucket.close();
      await store.close();
    },
  };
}

async function countHosts(store: Store, liveness: Liveness, now: number): Promise<ReadonlyMap<HostState, number>> {
  const counts = new Map<HostState, number>();
  for (const row of await listLivingHosts(store.db)) {
    const state = hostState(row, liveness, now);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** For the log: message and stack, never the values that a query or a request carried. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
