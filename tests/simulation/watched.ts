import type { TargetState, Wait } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { DeploymentHead } from "@sluice/server/store/columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "@sluice/server/store/columns/deployment-request.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import type { Chronicle } from "./chronicle.ts";
import type { ScenarioGroup } from "./hosts/host-scenario.ts";
import type { Ledger } from "./hosts/ledger.ts";
import type { SimulatedBalancer } from "./hosts/simulated-balancer.ts";
import type { Outages } from "./outages.ts";
import type { ServerDoor } from "./server-door.ts";
import type { SimulatedAlarms } from "./simulated-alarms.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { Reading, SimulatedStore } from "./simulated-store.ts";
import type { Rule } from "./violation.ts";

export const ENDED: readonly string[] = ["Succeeded", "Failed", "Skipped"];
export const OVER: readonly string[] = ["Succeeded", "Failed", "Stopped"];

/** What `ignoreApplicationStopFailures` forgives (CreateDeployment's documentation). */
export const FORGIVEN: readonly string[] = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];

/** A deployment as the database has it, and what was seen of it on the way. */
export interface Watched {
  readonly id: string;
  row: DeploymentRow;
  head: DeploymentHead;
  request: DeploymentRequest & DeploymentIntent;
  readonly targets: Map<string, TargetState>;
  /** Target ids in the order of admission. */
  readonly order: string[];
  lastSequence: number;
  readonly offered: Set<string>;
  readonly admitted: string[];
  /** When its originals had left, and began to wait for their end. */
  terminationFrom: number | null;
  /** The waits that somebody ended. */
  readonly continued: Set<Wait["kind"]>;
  stopSeen: boolean;
  stopRequested: boolean;
  /** Its rollback, once it has one. */
  rollbackId: string | null;
}

/** An entry of the stream as it is shown, whatever short form the store gave it. */
export interface WatchedEvent {
  readonly sequence: number;
  readonly at: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a group should be by now, kept by the watcher's own reckoning. */
export interface WatchedGroup {
  readonly scenario: ScenarioGroup;
  readonly zones: ReadonlyMap<string, string | null>;
  /** In place only the first; a blue/green deployment goes from one to the other. */
  readonly fleets: readonly [readonly string[], readonly string[]];
  current: 0 | 1;
  readonly health: Map<string, { healthy: boolean; revisionKey: string }>;
  /** Null: it never had a success. */
  currentRevisionKey: string | null;
  /** The rollback that is to be seen on it. */
  mark: string | null;
  /** When a person last asked to take that off; such a call may arrive late, or twice. */
  acknowledgedAt: number | null;
}

/** What can be known of a host by who sees all. */
export interface HostTruth {
  /** For how long its calls have come to the server's door as often as they should, up to now, heard or not; 0: they do not. */
  readonly steadyMilliseconds: number;
  /** Since when no agent runs there; null while one does. */
  readonly goneSince: number | null;
  /** Its agent is honest and runs undisturbed since then; null when it is not so. */
  readonly soundSince: number | null;
  readonly knows: (deploymentId: string, event: LifecycleEventName) => boolean;
  /** Its agent will never say how that event ended. */
  readonly hasGivenUp: (deploymentId: string, event: LifecycleEventName) => boolean;
}

export interface WatcherParts {
  readonly store: SimulatedStore;
  readonly ledger: Ledger;
  readonly balancer: SimulatedBalancer;
  readonly alarms: SimulatedAlarms;
  readonly chronicle: Chronicle;
  readonly now: () => number;
  readonly server: () => SimulatedServer | null;
  readonly groups: ReadonlyMap<string, WatchedGroup>;
  readonly isCalm: boolean;
  /** The grid of the simulated time. */
  readonly tickMilliseconds: number;
  /** When the disk, a balancer or the monitoring system last failed the server. */
  readonly lastOutsideFaultAt: () => number;
  readonly hostTruth: (hostId: string) => HostTruth;
  readonly door: ServerDoor;
  readonly outages: Outages;
  readonly onViolation: (rule: Rule, deploymentId: string | null, message: string) => void;
}

/** What the rules look things up with. */
export interface Statements {
  readonly deployment: Reading;
  readonly active: Reading;
  readonly target: Reading;
  readonly targets: Reading;
  readonly events: Reading;
  readonly livingHosts: Reading;
  readonly effect: Reading;
  readonly outcome: Reading;
  readonly pendingEffects: Reading;
  readonly group: Reading;
}

/** The originals are being terminated: no stop comes in time. */
export function isPastReturn({ stage, wait, halt }: DeploymentHead): boolean {
  return stage === "terminate" && wait === null && halt === null;
}

export function groupOf({ groups }: WatcherParts, { row }: Watched): WatchedGroup {
  const group = groups.get(row.deployment_group_id);
  if (!group) throw new Error(`${row.deployment_id} belongs to no group of the simulation`);
  return group;
}

export function targetsOf({ targets }: Watched, label?: "Blue" | "Green"): TargetState[] {
  return [...targets.values()].filter((target) => label === undefined || target.label === label);
}

export function count(targets: readonly TargetState[], ...statuses: readonly string[]): number {
  return targets.filter(({ status }) => statuses.includes(status)).length;
}
