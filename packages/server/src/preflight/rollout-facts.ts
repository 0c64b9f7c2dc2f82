import type { TargetCandidate, TargetResolution } from "@sluice/engine/observation.ts";
import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { FleetSelection } from "@sluice/engine/ports/fleet.ts";
import type { RevisionFacts, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { AlarmWatch, RevisionHealth, Strategy } from "@sluice/engine/state.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { readAlarms } from "../alarms/read-alarms.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { type HostHistory, loadHostHistory } from "../store/group-hosts.ts";
import { replacementSelection } from "../store/new-deployment.ts";
import type { Store } from "../store/open-store.ts";
import { routedHosts } from "../traffic/routed-hosts.ts";
import { withRestarts } from "./host-restarts.ts";
import {
  bundleProblem,
  checkAlarms,
  checkBalancers,
  checkBundle,
  hostsOf,
  joinChecks,
  type ObservedHost,
  observeBalancers,
  type StartCheck,
} from "./start-check.ts";

/** How long a store of bundles may take to say whether it has one. */
const BUNDLE_INSPECT_TIMEOUT_MILLISECONDS = 5_000;

/** A host that a group's tags match. */
export interface MatchedHost {
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly zone: string | null;
}

/** How long somebody who asks waits for the fleet to name a group's hosts. */
export const MATCH_HOSTS_PATIENCE_MILLISECONDS = 15_000;

/** Which hosts carry the tags that a selection asks for. */
export type MatchHosts = (selection: FleetSelection, signal: AbortSignal) => Promise<readonly MatchedHost[]>;

export interface GatheringParts {
  readonly store: Pick<Store, "db">;
  readonly matchHosts: MatchHosts;
  readonly trafficRouter: TrafficRouter;
  readonly alarmReader: AlarmReader;
  readonly hosts: Pick<HostObserver, "agentsOf">;
  /** Absent: bundles are not looked for. */
  readonly revisions?: Pick<RevisionSource, "inspect"> | undefined;
}

/** A rollout that was asked for, whether it is stored as a deployment already or only thought of. */
export interface IntendedRollout {
  readonly deploymentGroupId: string;
  /** The group's tags. */
  readonly selection: FleetSelection;
  /** What the group runs. */
  readonly currentRevision: RevisionLocation | null;
  readonly strategy: Strategy;
  readonly alarms: AlarmWatch | null;
  readonly request: DeploymentRequest;
  /** Of the selected hosts these alone; absent: all of them. */
  readonly onlyHosts?: readonly string[] | undefined;
  /** Null: not named yet. */
  readonly revision: RevisionLocation | null;
  readonly creator: string;
}

export type Reading<Value> =
  | { readonly outcome: "read"; readonly value: Value }
  | { readonly outcome: "unreadable"; readonly error: unknown };

/** All that is known of a rollout before anything is touched. */
export interface RolloutFacts {
  readonly candidates: readonly TargetCandidate[];
  /** Hosts that were left out because they are current; undefined: nobody asked for that. */
  readonly upToDate: number | undefined;
  /** Of a blue/green deployment only. */
  readonly replacements: readonly TargetCandidate[] | undefined;
  /** Undefined: no traffic is moved. */
  readonly balancers: Reading<readonly ObservedHost[]> | undefined;
  /** Undefined: no alarm is watched. */
  readonly alarms: Reading<readonly AlarmReading[]> | undefined;
  /** Undefined: no revision was named, or nobody can look for it. */
  readonly bundle: RevisionFacts | undefined;
  /** The revision was deployed to the group before, so that hosts may hold it. Looked up only where the bundle is not as it should be. */
  readonly isKnownRevision: boolean;
}

/** Asks everybody who knows something about the rollout. Rejects when the hosts cannot be listed. */
export async function gatherFacts(
  parts: GatheringParts,
  rollout: IntendedRollout,
  signal: AbortSignal,
): Promise<RolloutFacts> {
  const { store, matchHosts } = parts;
  const { strategy, request, onlyHosts } = rollout;
  const currentKey = rollout.currentRevision ? revisionKey(rollout.currentRevision) : null;
  const history = await loadHostHistory(store, rollout.deploymentGroupId);
  const candidatesOf = async (selection: FleetSelection) =>
    (await matchHosts(selection, signal)).map((host) => candidateOf(host, history.get(host.hostId), currentKey));
  const restarts = strategy.type === "in-place" && strategy.restarts === true;
  const selected = await candidatesOf(rollout.selection);
  const all = onlyHosts ? selected.filter(({ targetId }) => onlyHosts.includes(targetId)) : selected;
  const replacements =
    strategy.type === "blue-green" ? await candidatesOf(replacementSelection(request.targetInstances)) : undefined;
  const asked = request.updateOutdatedInstancesOnly
    ? all.filter(({ revisionHealth }) => revisionHealth !== "Current")
    : all;
  const candidates = restarts ? await withRestarts(parts, asked, history, rollout.revision) : asked;
  const [balancers, alarms, bundle] = await Promise.all([
    movesTraffic(strategy)
      ? readBalancers(parts, [...candidates, ...(replacements ?? [])], request, signal)
      : undefined,
    rollout.alarms ? reading(readForStart(parts.alarmReader, rollout.alarms.names, signal)) : undefined,
    rollout.revision && parts.revisions && !restarts
      ? inspectBundle(parts.revisions, rollout.revision, signal)
      : undefined,
  ]);
  const upToDate = request.updateOutdatedInstancesOnly ? all.length - candidates.length : undefined;
  const isDoubtful = bundle && rollout.revision && bundleProblem(rollout.revision, bundle) !== null;
  const isKnownRevision = isDoubtful ? await wasDeployed(store, rollout) : false;
  return { candidates, upToDate, replacements, balancers, alarms, bundle, isKnownRevision };
}

/** One alarm that fires is enough to know; otherwise all have to be known. */
async function readForStart(
  alarmReader: AlarmReader,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly AlarmReading[]> {
  const readings = [...(await readAlarms(alarmReader, names, signal)).values()];
  const read = readings.filter((one): one is AlarmReading => !(one instanceof Error));
  const failure = readings.find((one) => one instanceof Error);
  if (failure && !read.some(({ state }) => state === "alarm")) throw failure;
  return read;
}

/** What the facts mean for the start. Throws what kept balancers or alarms from being read where that matters: it may pass. */
export function resolutionOf(rollout: IntendedRollout, facts: RolloutFacts): TargetResolution {
  const { candidates, upToDate, replacements, balancers, alarms, bundle, isKnownRevision } = facts;
  const checks: StartCheck[] = [];
  if (bundle && rollout.revision) checks.push(checkBundle(rollout.revision, bundle, isKnownRevision));
  if (balancers) checks.push(checkBalancers(readOrThrow(balancers, "balancers", [])));
  if (alarms && rollout.alarms) checks.push(judgeAlarms(rollout.alarms, alarms));
  return {
    outcome: "resolved",
    candidates,
    ...(upToDate === undefined ? {} : { upToDate }),
    ...(replacements ? { replacements } : {}),
    ...joinChecks(checks),
  };
}

/** Load balancers or alarms that a start has to know of, and that cannot be asked now. The message is their own. */
export class NotReadableError extends Error {
  readonly what: "balancers" | "alarms";
  /** Of the alarms; empty of balancers. */
  readonly names: readonly string[];

  constructor(what: NotReadableError["what"], names: readonly string[], cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = "NotReadableError";
    this.what = what;
    this.names = names;
  }
}

/** What a deployment says that could not be prepared, once it gives up trying. */
export function notPrepared(error: unknown): Extract<TargetResolution, { outcome: "failed" }> {
  const reason = reasonOf(error).replace(/\.$/, "");
  if (!(error instanceof NotReadableError)) {
    const message = `The deployment could not be prepared, and nothing was changed: ${reason}.`;
    return { outcome: "failed", error: { code: "INTERNAL_ERROR", message } };
  }
  if (error.what === "balancers") {
    const message = `The deployment was not started, and nothing was changed, because its load balancer cannot be asked: ${reason}. Restore access to it, and deploy again.`;
    return { outcome: "failed", error: { code: "ELASTIC_LOAD_BALANCING_INVALID", message } };
  }
  const message = `The deployment was not started, and nothing was changed, because its alarms (${error.names.join(", ")}) cannot be read, so their state is unknown: ${reason}. Restore access to the monitoring system and deploy again, or set ignorePollAlarmFailure in the alarm configuration.`;
  return { outcome: "failed", status: "Stopped", error: { code: "ALARM_ACTIVE", message } };
}

/** What the watched alarms say before anything is touched. Throws where they cannot be read and that matters: it may pass. */
export async function checkAlarmsBefore(
  alarmReader: AlarmReader,
  watched: AlarmWatch,
  signal: AbortSignal,
): Promise<StartCheck> {
  return judgeAlarms(watched, await reading(readForStart(alarmReader, watched.names, signal)));
}

function judgeAlarms(watched: AlarmWatch, alarms: Reading<readonly AlarmReading[]>): StartCheck {
  if (alarms.outcome === "unreadable" && watched.ignoresPollFailure) {
    const { error } = alarms;
    return { warnings: [`The alarms could not be read: ${reasonOf(error)}`] };
  }
  return checkAlarms(watched, readOrThrow(alarms, "alarms", watched.names));
}

function candidateOf(host: MatchedHost, past: HostHistory | undefined, currentKey: string | null): TargetCandidate {
  const revisionHealth: RevisionHealth = !past?.healthy
    ? "Unknown"
    : past.revisionKey === currentKey
      ? "Current"
      : "Old";
  const { hostId: targetId, hostName, kind, zone } = host;
  return { targetId, hostName, kind, zone, wasHealthy: past?.healthy ?? false, revisionHealth };
}

async function readBalancers(
  { store, trafficRouter }: GatheringParts,
  candidates: readonly TargetCandidate[],
  request: DeploymentRequest,
  signal: AbortSignal,
): Promise<Reading<readonly ObservedHost[]>> {
  const hosts = await routedHosts(store, hostsOf(candidates), request);
  return reading(observeBalancers(trafficRouter, hosts, signal));
}

async function inspectBundle(
  revisions: Pick<RevisionSource, "inspect">,
  revision: RevisionLocation,
  signal: AbortSignal,
): Promise<RevisionFacts> {
  try {
    const patience = AbortSignal.timeout(BUNDLE_INSPECT_TIMEOUT_MILLISECONDS);
    return await revisions.inspect(revision, AbortSignal.any([signal, patience]));
  } catch (error) {
    return { outcome: "unchecked", reason: reasonOf(error) };
  }
}

async function wasDeployed(
  { db }: Pick<Store, "db">,
  { deploymentGroupId, revision, creator }: IntendedRollout,
): Promise<boolean> {
  if (!revision) return false;
  if (creator === ROLLBACK_CREATOR) return true;
  const earlier = await db
    .selectFrom("deployments")
    .select("deployment_id")
    .where("deployment_group_id", "=", deploymentGroupId)
    .where("revision_key", "=", revisionKey(revision))
    .where("status", "=", "Succeeded")
    .limit(1)
    .executeTakeFirst();
  return earlier !== undefined;
}

function movesTraffic(strategy: Strategy): boolean {
  switch (strategy.type) {
    case "in-place":
      return strategy.hasTrafficControl;
    case "blue-green":
    case "blue-green-rollback":
      return true;
    // No balancer of hosts is asked.
    case "ecs-blue-green":
    case "ecs-rollback":
    case "lambda-shift":
    case "lambda-rollback":
      return false;
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

async function reading<Value>(asked: Promise<Value>): Promise<Reading<Value>> {
  try {
    return { outcome: "read", value: await asked };
  } catch (error) {
    return { outcome: "unreadable", error };
  }
}

function readOrThrow<Value>(read: Reading<Value>, what: NotReadableError["what"], names: readonly string[]): Value {
  if (read.outcome === "unreadable") throw new NotReadableError(what, names, read.error);
  return read.value;
}
