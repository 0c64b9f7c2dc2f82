import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { memoryTrafficRouter } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { ALWAYS_HEARD } from "@sluice/engine/heard-time.ts";
import type { AlarmWatch, HealthRule, HostWay, Strategy } from "@sluice/engine/state.ts";
import { parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { systemTimers, type Timers } from "../loops/timers.ts";
import { DEPLOYMENT_HEAD, DEPLOYMENT_REQUEST, DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { createdHead, deploymentRow, groupRow, USUAL_REQUEST } from "../store/rows.fixture.ts";
import { createRunner, type Runner, type RunnerDependencies } from "./runner.ts";

/** A runner over a store in memory, with hosts that exist by name only. For tests of the runner. */
export interface RunnerFixture {
  readonly store: Store;
  readonly runner: Runner;
  /** Hosts that count as silent since ever. */
  readonly dark: Set<string>;
  createDeployment(
    deploymentId: string,
    healthRule: HealthRule,
    more?: {
      readonly request?: Partial<DeploymentRequest>;
      readonly revisionKey?: string;
      readonly strategy?: HostWay | Strategy;
      readonly alarms?: AlarmWatch;
    },
  ): Promise<void>;
  statusOf(deploymentId: string): Promise<string>;
  close(): Promise<void>;
}

/** Neither balancers nor alarms nor machines that could be ended. */
export function noOutside(): Pick<RunnerDependencies, "trafficRouter" | "alarmReader" | "hostTerminator"> {
  return {
    trafficRouter: memoryTrafficRouter.create({}, { groups: new Map(), drainMilliseconds: 0, now: () => 0 }),
    alarmReader: memoryAlarmReader.create({}, { alarms: new Map() }),
    hostTerminator: {
      terminate: async (hostIds) => ({
        terminated: [],
        kept: hostIds.map((hostId) => ({ hostId, reason: "nobody can end it" })),
        unanswered: [],
      }),
    },
  };
}

/** `outside`: the ports, and which hosts a selection means, where a test is about them. */
export async function runnerFixture(
  hostIds: readonly string[],
  timers: Timers = systemTimers,
  outside: Partial<
    Pick<
      RunnerDependencies,
      "trafficRouter" | "alarmReader" | "hostTerminator" | "matchHosts" | "revisions" | "shiftPorts" | "onError"
    >
  > = {},
): Promise<RunnerFixture> {
  const store = await openStore({ dataDirectory: ":memory:" });
  const dark = new Set<string>();
  let offers = 0;
  let rollbacks = 0;
  const runner = createRunner({
    store,
    timers,
    owner: "test",
    newOffer: () => String(++offers),
    newDeploymentId: () => `d-ROLLBACK${++rollbacks}`,
    ...noOutside(),
    onError: (error) => {
      throw error;
    },
    matchHosts: async () => hostIds.map((hostId) => ({ hostId, hostName: hostId, kind: "on-premises", zone: null })),
    ...outside,
    hosts: {
      agentsOf: async () => new Map(),
      heardTime: () => ALWAYS_HEARD,
      observe: async (_store, targetIds) => {
        // Once: of two readings a host that was heard in between would look like one that was not heard itself.
        const now = timers.now();
        return new Map(
          targetIds.map((id) => [
            id,
            {
              lastSeenAt: dark.has(id) ? 0 : now,
              silentSince: dark.has(id) ? 0 : now,
              graceMilliseconds: 15_000,
              goodbyeAt: null,
              remedy: "start it",
            },
          ]),
        );
      },
    },
    onQuarantine: (_id, error) => {
      throw error;
    },
  });
  await store.write(async ({ db }) => {
    await db
      .insertInto("applications")
      .values({
        application_id: "application-1",
        application_name: "MyWebApp",
        compute_platform: "Server",
        created_at: 0,
      })
      .execute();
    await db.insertInto("deployment_groups").values(groupRow()).execute();
  });
  runner.start();
  return {
    store,
    runner,
    dark,
    async createDeployment(deploymentId, healthRule, { request = {}, revisionKey = "k", strategy, alarms } = {}) {
      await insertDeployment(store, deploymentId, {
        healthRule,
        request,
        revisionKey,
        strategy: strategy ?? { type: "in-place", hasTrafficControl: false, zones: null },
        alarms: alarms ?? null,
        at: timers.now(),
      });
      runner.wake();
    },
    async statusOf(deploymentId) {
      const row = await store.db
        .selectFrom("deployments")
        .select("status")
        .where("deployment_id", "=", deploymentId)
        .executeTakeFirstOrThrow();
      return row.status;
    },
    async close() {
      await runner.close();
      await store.close();
    },
  };
}

/** As CreateDeployment leaves it. */
export async function insertDeployment(
  store: Store,
  deploymentId: string,
  {
    deploymentGroupId = "group-1",
    healthRule,
    request,
    revisionKey,
    strategy,
    alarms,
    at,
  }: {
    readonly deploymentGroupId?: string;
    readonly healthRule: HealthRule;
    readonly request: Partial<DeploymentRequest>;
    readonly revisionKey: string;
    readonly strategy: HostWay | Strategy;
    readonly alarms: AlarmWatch | null;
    readonly at: number;
  },
): Promise<void> {
  const head = createdHead({ deploymentId, healthRule, strategy, alarms, createdAt: at });
  const row = deploymentRow(deploymentId, {
    deployment_group_id: deploymentGroupId,
    watches_alarms: alarms ? 1 : 0,
    revision_key: `s3://b/${revisionKey}#zip##`,
    revision_json: DEPLOYMENT_REVISION.write({
      revisionType: "S3",
      s3Location: { bucket: "b", key: revisionKey, bundleType: "zip" },
    }),
    request_json: DEPLOYMENT_REQUEST.write({ ...USUAL_REQUEST, ...request }),
    state_json: DEPLOYMENT_HEAD.write(head),
    created_at: at,
    wake_at: at,
  });
  await store.write(({ db }) => db.insertInto("deployments").values(row).execute());
}

/** An honest host: takes what it is given, runs nothing, says that it went well unless `fails` says otherwise. */
export async function playHost(
  { runner }: RunnerFixture,
  hostId: string,
  signal: AbortSignal,
  options: {
    readonly fails?: (event: string, deploymentId: string) => boolean;
    readonly ran?: (event: string) => void;
  } = {},
): Promise<void> {
  while (!signal.aborted) {
    const command = await runner.poll(hostId, signal);
    if (!command) continue;
    const key = parseHostCommandIdentifier(command.hostCommandIdentifier);
    if (!key) throw new Error(`unreadable identifier ${command.hostCommandIdentifier}`);
    const { deploymentId, targetId, event, attempt, offer } = key;
    const { answer } = await runner.report({
      deploymentId,
      targetId,
      report: { type: "acknowledged", event, by: "agent", attempt, offer },
    });
    if (answer !== "InProgress") continue;
    options.ran?.(event);
    const failed = options.fails?.(event, deploymentId) ?? false;
    const diagnostics = failed
      ? ({ errorCode: "ScriptFailed", scriptName: "check.sh", message: "exit code 1", logTail: "boom" } as const)
      : ({ errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" } as const);
    await runner.report({
      deploymentId,
      targetId,
      report: { type: "completed", event, by: "agent", attempt, succeeded: !failed, diagnostics },
    });
  }
}
