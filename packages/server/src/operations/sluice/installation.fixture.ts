import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { memoryFleet } from "@sluice/drivers/memory/memory-fleet.ts";
import { memoryNotifier } from "@sluice/drivers/memory/memory-notifier.ts";
import { memoryRevisionSource } from "@sluice/drivers/memory/memory-revision-source.ts";
import { type MemoryServer, memoryTrafficRouter } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { ALWAYS_HEARD } from "@sluice/engine/heard-time.ts";
import type { HostLiveness } from "@sluice/engine/observation.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import { type FleetHost, selectHosts } from "@sluice/engine/ports/fleet.ts";
import type { DeliveryOutcome, Notification } from "@sluice/engine/ports/notifier.ts";
import type { Principal } from "../../access/principal.ts";
import { Liveness } from "../../hosts/liveness.ts";
import { DeploymentLogs } from "../../logs/deployment-logs.ts";
import { liveEcsServices } from "../../platforms/ecs-services.ts";
import { liveLambdaAliases } from "../../platforms/lambda-aliases.ts";
import { ChangeFeed } from "../../store/change-feed.ts";
import { type TestClock, testContext } from "../operation-context.fixture.ts";
import { logCursors } from "./log-cursors.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Hosts, balancers, alarms and bundles by name. */
export interface TestOutside {
  readonly hosts: FleetHost[];
  /** Hosts that are silent; the others poll. */
  readonly dark: Set<string>;
  readonly balancers: Map<string, Map<string, MemoryServer>>;
  readonly alarms: Map<string, Omit<AlarmReading, "name">>;
  /** By revisionKey. */
  readonly bundles: Map<string, Uint8Array>;
}

/** A server's worth of context, with what its runner was told. */
export interface TestInstallation {
  readonly clock: TestClock;
  readonly context: SluiceContext;
  readonly heartbeats: { readonly hostId: string; readonly heldCommands: readonly string[] }[];
  /** What plans ask: a test fills it. */
  readonly outside: TestOutside;
  /** Hosts that left: by a goodbye, or removed. */
  readonly departures: readonly string[];
  /** Deployments that the planner was told to look at. */
  readonly woken: readonly string[];
  /** What went out through the notifier, and how that is to end; every notification is taken unless a test says otherwise. */
  readonly notified: Notification[];
  onNotify: (notification: Notification) => DeliveryOutcome;
  /** How often the sender of messages was woken. */
  readonly senderWakes: () => number;
  /** The same, called by somebody else. */
  as(principal: Principal): SluiceContext;
  close(): Promise<void>;
}

export async function testInstallation(): Promise<TestInstallation> {
  const clock = { now: Date.UTC(2026, 10, 23, 18, 0) };
  const directory = await mkdtemp(join(tmpdir(), "sluice-operations-"));
  const base = await testContext(clock);
  const heartbeats: { hostId: string; heldCommands: readonly string[] }[] = [];
  const departures: string[] = [];
  const notified: Notification[] = [];
  let senderWakes = 0;
  const outside: TestOutside = {
    hosts: [],
    dark: new Set(),
    balancers: new Map(),
    alarms: new Map(),
    bundles: new Map(),
  };
  const liveness = new Liveness({ store: base.store, readyAt: clock.now, onFlushError: () => {} });
  const woken: string[] = [];
  const context: SluiceContext = {
    ...base,
    liveness,
    logs: new DeploymentLogs(join(directory, "logs")),
    logCursors: logCursors(base.pageTokens),
    audit: { directory: join(directory, "audit"), serverName: "here" },
    runner: {
      heartbeat: async (hostId, heldCommands) => void heartbeats.push({ hostId, heldCommands }),
      hostLeft: async (hostId) => void departures.push(hostId),
      groupSettingsChanged: () => {},
      lastAlarmReading: () => undefined,
      feed: new ChangeFeed(),
    },
    notifications: {
      notifier: memoryNotifier.create({}, { delivered: notified, onDeliver: (one) => installation.onNotify(one) }),
      wake: () => {
        senderWakes += 1;
      },
    },
    // Pruning is tested with a store of its own.
    retention: undefined as never,
    agentUpgrades: { wake: () => {}, heard: async () => undefined, limitsOf: () => [] },
    findAgentProgram: async () => ({ cure: "Put one there." }),
    preflight: {
      matchHosts: async (selection) => selectHosts(outside.hosts, selection),
      trafficRouter: memoryTrafficRouter.create(
        {},
        { groups: outside.balancers, drainMilliseconds: 0, now: () => clock.now },
      ),
      alarmReader: memoryAlarmReader.create({}, { alarms: outside.alarms }),
      revisions: memoryRevisionSource.create({}, { urls: new Map(), bundles: outside.bundles }),
      shiftPorts: {},
      hosts: {
        agentsOf: async () => new Map(),
        heardTime: () => ALWAYS_HEARD,
        observe: async (_store, ids) => new Map(ids.map((id) => [id, livenessOf(id, outside, clock.now)])),
      },
    },
    // Bundles are tested with buckets of their own.
    bundles: undefined as never,
    serves: { containers: true, balancers: true, functions: true, bindings: [] },
    joinAddress: (server) => ({ server, pin: undefined }),
    publicEndpoint: "http://localhost:7450",
    host: "localhost:7450",
    codeDeploy: {
      fleet: memoryFleet.create({}, { hosts: outside.hosts }),
      liveness,
      revisions: memoryRevisionSource.create({}, { urls: new Map(), bundles: outside.bundles }),
      ecsServices: liveEcsServices({}, () => clock.now),
      lambdaAliases: liveLambdaAliases({}, () => clock.now),
      planner: { wake: (deploymentId) => void woken.push(deploymentId), report: async () => ({ answer: "Failed" }) },
      forgetOutput: async () => {},
    },
    signingCertificate: "-----BEGIN CERTIFICATE-----\n",
    serverFingerprints: ["a".repeat(64)],
    signal: new AbortController().signal,
  };
  const installation: TestInstallation = {
    clock,
    context,
    heartbeats,
    outside,
    departures,
    woken,
    notified,
    onNotify: () => ({ outcome: "delivered" }),
    senderWakes: () => senderWakes,
    as: (principal) => ({ ...context, principal }),
    close: async () => {
      await context.logs.close();
      await context.store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return installation;
}

function livenessOf(hostId: string, { dark }: TestOutside, now: number): HostLiveness {
  return {
    lastSeenAt: dark.has(hostId) ? 0 : now,
    silentSince: dark.has(hostId) ? 0 : now,
    graceMilliseconds: 15_000,
    goodbyeAt: null,
    remedy: "sluice agent run --data DIR",
  };
}
