import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { s3Handler } from "@sluice/bucket/http/s3-routes.ts";
import { openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import type { Logger } from "pino";
import { HeldRefusals } from "./access/held-refusals.ts";
import { KeyBudgets, S3_CALL } from "./access/key-budgets.ts";
import type { Principal } from "./access/principal.ts";
import { LETTERS_AND_DIGITS, randomText } from "./access/random-text.ts";
import type { FindAgentProgram } from "./agent-programs/find-agent-program.ts";
import { openAudit } from "./audit/open-audit.ts";
import { NO_BALANCER } from "./balancing/target-health.ts";
import { composeBalancing } from "./bindings/compose-balancing.ts";
import { composeDrivers } from "./bindings/compose-drivers.ts";
import { composeFunctions } from "./bindings/compose-functions.ts";
import { composeServices } from "./bindings/compose-services.ts";
import type { SluiceConfig } from "./config/sluice-yml.ts";
import { ClockOffsets } from "./hosts/clock-offsets.ts";
import { clockSentence, clockWords } from "./hosts/clock-trouble.ts";
import { Hearing } from "./hosts/hearing.ts";
import { HearingProbe } from "./hosts/hearing-probe.ts";
import { hostState } from "./hosts/host-summary.ts";
import { ListenDrops } from "./hosts/listen-drops.ts";
import { Liveness } from "./hosts/liveness.ts";
import { beat, newOwnKey } from "./hosts/own-heartbeat.ts";
import { PeerServers } from "./hosts/peer-servers.ts";
import { authenticate } from "./http/authenticate.ts";
import { hasTooManyPieces } from "./http/body-pieces.ts";
import { consoleRoute } from "./http/console/console-route.ts";
import { sessionCookies } from "./http/console/session-cookie.ts";
import { type WebDirectory, webFilesIn } from "./http/console/web-files.ts";
import { HostConnections } from "./http/host-connections.ts";
import { hostRoute } from "./http/host-route.ts";
import type { Ready } from "./http/http-server.ts";
import { needsPartsOf } from "./http/json-services.ts";
import { createMetrics } from "./http/metrics.ts";
import { OpenStreams } from "./http/open-streams.ts";
import { eventsDoor } from "./http/own-doors.ts";
import { ProgramDownloads } from "./http/program-downloads.ts";
import { type Reach, reachBy } from "./http/reached-name.ts";
import { s3Authorize, s3TroubleOf } from "./http/s3-access.ts";
import { auditS3 } from "./http/s3-audit.ts";
import type { ServerNames } from "./http/server-names.ts";
import { type Admit, signedRoute } from "./http/signed-route.ts";
import { streamGuard } from "./http/stream-guard.ts";
import { UnprovedBodies } from "./http/unproved-bodies.ts";
import { UnprovedConnections } from "./http/unproved-connections.ts";
import { consoleApi, type WireServiceDependencies, wireServices } from "./http/wire-services.ts";
import type { JoinAddresses } from "./join-address.ts";
import { DeploymentLogs } from "./logs/deployment-logs.ts";
import { LogKeeper } from "./logs/log-keeper.ts";
import { sparseErrors } from "./loops/sparse-errors.ts";
import { systemTimers } from "./loops/timers.ts";
import { CHANGED_BY } from "./notices/changed-by.ts";
import { watchHostStates } from "./notices/host-state-watch.ts";
import { NoticeFeed } from "./notices/notice-feed.ts";
import { createNotifications } from "./notifications/notifications.ts";
import { newDeploymentId } from "./operations/codedeploy/deployments/new-deployment-id.ts";
import { pageTokensOf } from "./operations/page-tokens.ts";
import { logCursorsOf } from "./operations/sluice/log-cursors.ts";
import { liveEcsServices } from "./platforms/ecs-services.ts";
import { liveLambdaAliases } from "./platforms/lambda-aliases.ts";
import type { MatchHosts } from "./preflight/rollout-facts.ts";
import { Readiness } from "./readiness.ts";
import { Retention } from "./retention/retention.ts";
import { createRunner } from "./runner/runner.ts";
import { ConsoleSessions } from "./sessions/console-sessions.ts";
import { mayHostReadObject } from "./signing/bundle-access.ts";
import { SpecificationDesk } from "./signing/specification-desk.ts";
import type { SpecificationSigningKey } from "./signing/specification-envelope.ts";
import { AccessKeys, type KeyOwner } from "./store/access-keys.ts";
import type { DataDirectory } from "./store/data-directory.ts";
import { DatabaseAwayError } from "./store/database-away.ts";
import { listLivingHosts } from "./store/hosts.ts";
import { KeyUsage, type KeyUse } from "./store/key-usage.ts";
import type { OpenStore, Store } from "./store/open-store.ts";
import { DatabaseClock, MAX_CLOCKS_APART_MILLISECONDS } from "./store/postgres/database-clock.ts";
import { readRestoredMark } from "./store/restored-mark.ts";
import { countOn, removeCounts, stopCounting } from "./store/server-counts.ts";
import { settingOrNew } from "./store/settings.ts";
import { WakeFeed } from "./store/wake-feed.ts";
import { AgentUpgrades } from "./upgrades/agent-upgrades.ts";

const OFFER_CHARACTERS = 10;
const SERVER_ID_CHARACTERS = 8;

export interface Composition {
  readonly store: OpenStore;
  readonly directory: DataDirectory;
  readonly config: SluiceConfig;
  readonly log: Logger;
  readonly accountId: string;
  readonly region: string;
  readonly signingKey: SpecificationSigningKey;
  readonly serverFingerprints: readonly string[];
  /** PEM; undefined: no listener speaks TLS. */
  readonly certificatePem: string | undefined;
  readonly serverNames: ServerNames;
  /** Programs that hosts run. */
  readonly findAgentProgram: FindAgentProgram;
  readonly joinAddresses: Pick<JoinAddresses, "reachedBy" | "forHosts">;
  /** Where the console's page lies when it is built. */
  readonly webDirectory: WebDirectory;
  /** A person's key was deleted. */
  readonly onKeyDeleted: (accessKeyId: string) => void;
  /** How many connections the listeners have accepted. */
  readonly acceptedConnections: () => number;
}

/** The server's inside, ready to be put on listeners. */
export interface ControlPlane {
  readonly consoleRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly signedRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly hostRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly unprovedConnections: UnprovedConnections;
  readonly reach: Reach;
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
  readonly ready: () => Promise<Ready>;
  /** The listeners are open, at these URLs: from now on silence counts, and what is due is done. */
  start(urls: readonly string[]): void;
  close(): Promise<void>;
}

/** The one place where everything is put together. */
export async function compose(parts: Composition): Promise<ControlPlane> {
  const {
    store,
    directory,
    config,
    log,
    accountId,
    region,
    signingKey,
    serverFingerprints,
    serverNames,
    findAgentProgram,
  } = parts;
  const now = systemTimers.now;
  store.health.onAway = (reason) =>
    log.error({ reason }, "the database cannot be reached: deployments wait for it, and callers get a retryable error");
  store.health.onBack = (afterMilliseconds) =>
    log.info({ afterSeconds: afterMilliseconds / 1_000 }, "the database is reachable again");
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date(now()) });
  const notices = new NoticeFeed();
  const logs = new DeploymentLogs(directory.logs, (id, targetIds) => notices.logsStored(id, targetIds));
  const logKeeper = new LogKeeper({
    logs,
    store,
    timers: systemTimers,
    onError: unlessAway((error) =>
      log.error({ error: describe(error) }, "cannot compress script output; trying again"),
    ),
  });
  const owner = `${process.pid}-${randomUUID()}`;
  const hearing = new Hearing(now());
  const peers = new PeerServers();
  const clockOffsets = new ClockOffsets({
    now,
    onOff: (hostId, trouble) => {
      const { whose, secondsAhead } = trouble;
      log.warn(
        whose === "server" ? { secondsAhead: -secondsAhead } : { hostId, secondsAhead },
        clockSentence(hostId, trouble),
      );
    },
  });
  let beats = 0;
  const liveness = new Liveness({
    store,
    readyAt: now(),
    hearing,
    now,
    isShared: () => peers.hasLive,
    clockOffsets,
    onFlushError: unlessAway((error) =>
      log.error({ error: describe(error) }, "cannot store when hosts were last heard from"),
    ),
  });
  await liveness.recall();
  const ownKey = newOwnKey();
  const accessKeys = new AccessKeys(store, now, accountId, ownKey);
  const streams = new OpenStreams();
  const forgetKeys = (owner: KeyOwner) => {
    accessKeys.forget(owner);
    if ("policies" in owner) streams.endOfUsers();
    if (!("accessKeyId" in owner)) return;
    streams.endOfKey(owner.accessKeyId);
    parts.onKeyDeleted(owner.accessKeyId);
  };
  const functions = await composeFunctions({
    store,
    config,
    timers: systemTimers,
    log,
    scope: { accountId, region },
    owner,
    directory: directory.root,
    bucket,
    certificatePem: parts.certificatePem,
    changes: new WakeFeed(),
    randomUuid: randomUUID,
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot look after functions; trying again")),
  });
  const balancing = await composeBalancing({
    store,
    config,
    directory,
    timers: systemTimers,
    changes: new WakeFeed(),
    functions: functions?.functions,
    log,
    onError: unlessAway((error) =>
      log.error({ error: describe(error) }, "cannot look after the load balancers; trying again"),
    ),
  });
  const services = await composeServices({
    store,
    config,
    timers: systemTimers,
    log,
    scope: { accountId, region },
    owner,
    randomText,
    targets: balancing?.loop ?? NO_BALANCER,
    wakes: new WakeFeed(),
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot look after services; trying again")),
  });
  const local = {
    taskSets: services && (() => services.taskSets),
    weightedRouter: balancing && (() => balancing.weightedRouter),
    functionAlias: functions && (() => functions.functionAlias),
    hookInvoker: functions && (() => functions.hookInvoker),
  };
  const drivers = await composeDrivers({ store, config, region, bucket, timers: systemTimers, log, local }, forgetKeys);
  const { fleet, revisions, trafficRouter, alarmReader, hostTerminator, shiftPorts } = drivers;
  const matchHosts: MatchHosts = (selection, signal) => fleet.resolveTargets(selection, signal);
  const runner = createRunner({
    store,
    timers: systemTimers,
    hosts: liveness,
    matchHosts,
    trafficRouter,
    alarmReader,
    onAlarmsChanged: () => notices.publish({ kind: "changed", what: "alarms" }),
    revisions,
    hostTerminator,
    shiftPorts,
    owner,
    newDeploymentId: () => newDeploymentId(randomText),
    newOffer: () => randomText(LETTERS_AND_DIGITS, OFFER_CHARACTERS),
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot advance deployments; trying again")),
    onQuarantine: (deploymentId, error) =>
      log.fatal(
        { deploymentId, error: describe(error) },
        "a deployment was ended by an internal error of Sluice: please report it with this log",
      ),
  });
  const agentUpgrades = new AgentUpgrades({
    store,
    liveness,
    matchHosts,
    timers: systemTimers,
    signingKey,
    findAgentProgram,
    onError: unlessAway((error) =>
      log.error({ error: describe(error) }, "cannot go on with the upgrade of agents; trying again"),
    ),
  });
  const notifications = createNotifications({
    store,
    timers: systemTimers,
    feed: runner.feed,
    notifier: drivers.notifier,
    scope: { accountId, region },
    owner,
    random: Math.random,
    heardTime: () => liveness.heardTime(),
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot send trigger messages; trying again")),
    onGivenUp: ({ notification_id: notificationId, deployment_id: deploymentId, trigger_name: trigger }, reason) =>
      log.warn(
        { notificationId, deploymentId, trigger, reason },
        "a trigger message could not be delivered: sluice triggers list --failed",
      ),
  });
  const forgetOutput = async (deploymentIds: readonly string[]) => {
    for (const deploymentId of deploymentIds) await logs.delete(deploymentId);
  };
  const retention = new Retention({
    store,
    timers: systemTimers,
    rule: config.retention,
    logDirectory: directory.logs,
    forgetOutput,
    onOrphaned: (deployments) =>
      log.warn(
        { deployments },
        "removing logs of deployments that are not in the database and got no output for a day",
      ),
    sweepUploads: () => bucket.sweepAbandonedUploads(),
    owner,
    onError: unlessAway((error) =>
      log.error({ error: describe(error) }, "cannot prune old deployments; trying again later"),
    ),
  });
  // Readers of a log that has ended are told so at once.
  const unsubscribe = runner.feed.subscribe(({ deploymentId }) => logs.wake(deploymentId));
  const clock = new DatabaseClock({
    db: store.db,
    timers: systemTimers,
    onApart: (milliseconds) =>
      log.warn(
        { secondsAhead: milliseconds / 1_000, limitSeconds: MAX_CLOCKS_APART_MILLISECONDS / 1_000 },
        "this server's clock and PostgreSQL's are too far apart: set both by NTP",
      ),
  });
  const reach = reachBy(serverNames);
  const unprovedBodies = new UnprovedBodies();
  const unprovedConnections = new UnprovedConnections();
  const hostConnections = new HostConnections();
  const onConnectionProved = (principal: Principal, socket: Socket) => {
    unprovedConnections.prove(socket);
    hostConnections.prove(socket, principal);
  };
  const probe = new HearingProbe({
    hearing,
    now,
    beat: (url) => beat(url, { region, key: ownKey, serverFingerprints }),
    drops: new ListenDrops(parts.acceptedConnections),
    // An SQLite database is one server's alone.
    askPeers: async () => {
      if (store.dialect === "sqlite") return null;
      const askedAt = now();
      const doubt = peers.look(await countOn(store, owner, ++beats), askedAt);
      await removeCounts(store, peers.forgotten(askedAt));
      return doubt;
    },
    refusesHosts: () => {
      const trouble = clockOffsets.ofDeafServer();
      return trouble ? `it refuses their calls, since ${clockWords("", trouble)}` : null;
    },
    log,
  });
  const onHostClockOff = (hostId: string, secondsAhead: number) => clockOffsets.refused(hostId, secondsAhead);
  const { grantsOfFunction } = functions ?? {};
  const keyUsage = new KeyUsage({
    store,
    timers: systemTimers,
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot store which keys are used")),
  });
  const authenticator = {
    onKeyUsed: (use: KeyUse) => keyUsage.note(use),
    accessKeys,
    now,
    region,
    onHostClockOff,
    grantsOfFunction,
    unknownKeyHint: await unknownKeyHint(store),
  };
  const onInternalError = unlessAway((error, requestId: string) => {
    readiness.failed(error);
    log.error({ requestId, error: describe(error) }, "a request failed with an internal error");
  });
  const budgets = new KeyBudgets(now, config.throttle);
  const heldRefusals = new HeldRefusals((milliseconds) => sleep(milliseconds, undefined, { ref: false }));
  const admit: Admit = (principal, operation, bytes) =>
    heldRefusals.after(principal, () => budgets.spend(principal, operation, bytes));
  const audit = openAudit({
    rule: config.audit,
    dataDirectory: directory.root,
    hasDatabaseThere: store.dialect === "sqlite",
    timers: systemTimers,
    accountId,
    region,
    randomUuid: randomUUID,
    onError: sparseErrors(
      (error) =>
        log.error(
          { error: describe(error), directory: config.audit.directory ?? join(directory.root, "audit") },
          "cannot write the audit: calls go on, and their lines are lost and counted (sluice_audit_lines_lost_total)",
        ),
      now,
    ),
  });
  const readiness = new Readiness({
    store,
    directory: directory.root,
    audit: { directory: audit.directory, whyNot: () => audit.writer.whyNot() },
    now,
  });
  const pageTokens = await pageTokensOf(store, accountId);
  const s3 = s3Handler<Principal>({
    store: bucket,
    pageTokens,
    accountId,
    region,
    reach: (request) => reach(request, true),
    hasTooManyPieces,
    troubleOf: s3TroubleOf,
    authenticate: async (request, message) => {
      const { socket } = message;
      const authenticated = await authenticate(request, authenticator, undefined, message);
      onConnectionProved(authenticated.principal, socket);
      await admit(authenticated.principal, S3_CALL, 0);
      return authenticated;
    },
    authorize: s3Authorize((principal, object) => mayHostReadObject(store, principal, object)),
    onInternalError,
    onDone: (call) => auditS3(audit.recorder, call),
  });
  const consoleSessions = new ConsoleSessions({
    store,
    now,
    accessKeys,
    randomText,
    onEnded: (sessionIds) => streams.endOfSessions(sessionIds),
    onError: unlessAway((error) => log.error({ error: describe(error) }, "cannot store that a session is used")),
  });
  const events = {
    store,
    feed: runner.feed,
    notices,
    streams,
    guard: streamGuard({ accessKeys, sessions: consoleSessions, now }),
  };
  const hostStates = watchHostStates({
    feed: notices,
    states: async () => {
      const rows = await listLivingHosts(store.db);
      return new Map(rows.map((row) => [row.host_id, hostState(row, liveness, now())]));
    },
    onError: sparseErrors(
      unlessAway((error) => log.error({ error: describe(error) }, "cannot look at the states of hosts; trying again")),
      now,
    ),
  });
  const programs = { find: findAgentProgram, downloads: new ProgramDownloads() };
  const dependencies: WireServiceDependencies = {
    operations: {
      store,
      now,
      accountId,
      region,
      randomText,
      randomUuid: randomUUID,
      forgetKeys,
      pageTokens,
      limits: config.limits,
    },
    codeDeploy: {
      fleet,
      liveness,
      revisions,
      ecsServices: liveEcsServices(shiftPorts, now),
      lambdaAliases: liveLambdaAliases(shiftPorts, now),
      planner: { wake: () => runner.wake(), report: (report) => runner.report(report) },
      forgetOutput,
    },
    command: { runner, liveness, specifications: new SpecificationDesk({ store, signingKey, revisions, accessKeys }) },
    sluice: {
      liveness,
      logs,
      logCursors: await logCursorsOf(store, pageTokens, now),
      taskLogs: services?.logs,
      functionLogs: functions?.logs,
      runner,
      notifications,
      retention,
      audit: { directory: audit.directory, serverName: hostname() },
      bundles: { buckets: bucket, accessKeys, driverElsewhere: drivers.driverElsewhere },
      serves: {
        containers: services !== undefined,
        balancers: balancing !== undefined,
        functions: functions !== undefined,
        bindings: config.bindings.map(({ port, match, driver }) => ({ port, match, driver })),
      },
      agentUpgrades,
      findAgentProgram,
      preflight: { matchHosts, trafficRouter, alarmReader, revisions, shiftPorts, hosts: liveness },
      signingCertificate: signingKey.certificatePem,
      serverFingerprints,
      joinAddress: (endpoint) => parts.joinAddresses.forHosts(endpoint),
    },
    programs,
    s3,
    balancing,
    containers: services?.services,
    accessKeys,
    lambda: functions?.lambda,
    events,
    onDone: (action) => {
      for (const what of CHANGED_BY[action] ?? []) notices.publish({ kind: "changed", what });
    },
    backup: {
      store,
      bucket,
      directory,
      now,
      onBackupError: (error) => log.error({ error: describe(error) }, "a backup could not be made"),
    },
  };
  const toServices = signedRoute({
    ...authenticator,
    services: wireServices(dependencies),
    reach,
    unprovedBodies,
    onInternalError,
    onProved: (principal, socket) => {
      onConnectionProved(principal, socket);
      const { role, hostId } = principal;
      if (role === "host" && hostId !== null) liveness.seen(hostId, now());
    },
    admit,
    audit: audit.recorder,
    onUnheard: (error) => hearing.doubted(`who calls could not be looked up: ${reasonOf(error)}`),
  });
  return {
    signedRoute: toServices,
    hostRoute: hostRoute({
      store,
      now,
      reach,
      programs,
      addressOf: (endpoint, usesTls) => parts.joinAddresses.reachedBy(endpoint, usesTls),
      onInternalError,
      audit: audit.recorder,
    }),
    consoleRoute: consoleRoute({
      sessions: consoleSessions,
      cookies: sessionCookies(await consoleServerId(store)),
      now,
      region,
      reach,
      webFiles: webFilesIn(parts.webDirectory),
      api: consoleApi(dependencies),
      events: eventsDoor(events, needsPartsOf(dependencies.operations)),
      unprovedBodies,
      onProved: onConnectionProved,
      admit,
      onInternalError,
      audit: audit.recorder,
      otherwise: toServices,
    }),
    unprovedConnections,
    reach,
    metrics: createMetrics({
      store,
      ready: () => readiness.now(),
      directory: directory.root,
      certificatePem: parts.certificatePem,
      functions: functions?.counts,
      waitingPolls: runner.waitingPolls,
      hearing,
      unprovedBodies,
      retention: () => retention.status,
      audit: audit.writer,
      now,
      logBytes: () => logs.storedBytes,
      countHosts: () => countHosts(store, liveness, now()),
    }),
    ready: () => readiness.now(),
    start(urls) {
      liveness.ready(now());
      liveness.start();
      probe.start(urls);
      runner.start();
      drivers.start();
      functions?.start(urls);
      balancing?.start();
      services?.start();
      notifications.start();
      if (store.dialect === "postgres") clock.start();
      agentUpgrades.start();
      retention.start();
      logKeeper.start();
      keyUsage.start();
    },
    async close() {
      unsubscribe();
      hostStates.close();
      clock.close();
      await probe.close();
      if (beats > 0) await stopCounting(store, owner).catch(() => {});
      await agentUpgrades.close();
      await retention.close();
      await notifications.close();
      await runner.close();
      await services?.close();
      await drivers.close();
      await balancing?.close();
      // After those who send it requests.
      await functions?.close();
      // What was heard last cannot be written down when the database is away; the next server's graces cover it.
      await liveness.close().catch(() => {});
      await keyUsage.close().catch(() => {});
      await Promise.all([logKeeper.close(), logs.close()]);
      await audit.close();
      await bucket.close();
      await store.close();
    },
  };
}

/** In the name of the console's cookie. */
function consoleServerId(store: Store): Promise<string> {
  return settingOrNew(store, "console-id", async () => randomText(LETTERS_AND_DIGITS, SERVER_ID_CHARACTERS));
}

async function unknownKeyHint(store: Store): Promise<string> {
  const mark = await readRestoredMark(store);
  if (!mark) return "";
  return ` The server was restored from a backup of ${mark.takenAt}: it does not know hosts that enrolled after that. Enrol such a host again: sluice agent enroll --force.`;
}

async function countHosts(store: Store, liveness: Liveness, now: number): Promise<ReadonlyMap<HostState, number>> {
  const counts = new Map<HostState, number>();
  for (const row of await listLivingHosts(store.db)) {
    const state = hostState(row, liveness, now);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** That the database is away is told once, by the store, and not by each whose work waits for it. */
function unlessAway<Rest extends unknown[]>(tell: (error: unknown, ...rest: Rest) => void) {
  return (error: unknown, ...rest: Rest) => {
    if (!(error instanceof DatabaseAwayError)) tell(error, ...rest);
  };
}

/** For the log: message and stack, never the values that a query or a request carried. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
