import { hostTargets, isHost } from "@sluice/engine/host-targets.ts";
import type { HostTarget } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { Moments, Rule } from "../rules/rule.ts";
import type { WatchParts } from "../watch-parts.ts";
import type { Watched, WatchedGroup } from "../watched.ts";
import type { ScenarioGroup } from "./host-scenario.ts";
import type { Ledger } from "./ledger.ts";
import type { SimulatedBalancer } from "./simulated-balancer.ts";

/** What `ignoreApplicationStopFailures` forgives (CreateDeployment's documentation). */
export const FORGIVEN: readonly string[] = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];

export interface HostGroup extends WatchedGroup {
  readonly scenario: ScenarioGroup;
  readonly zones: ReadonlyMap<string, string | null>;
  /** In place only the first; a blue/green deployment goes from one to the other. */
  readonly fleets: readonly [readonly string[], readonly string[]];
  current: 0 | 1;
  /** What the group has whole on a host, by what was said of its Install events; absent: nothing, or nobody knows. */
  readonly installed: Map<string, { deploymentId: string; revisionKey: string }>;
  readonly restartable: ReadonlyMap<string, Restartable>;
  /** Null: none in this world. */
  lastSuccessId: string | null;
  readonly health: Map<string, { healthy: boolean; revisionKey: string }>;
}

/** The AWS agent needs an archive of the deployment's own; ours runs the scripts where they are, unless it is too old. */
export type Restartable = "in its place" | "by a copy" | "never";

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

export interface HostWatchParts extends WatchParts {
  readonly groups: ReadonlyMap<string, HostGroup>;
  readonly ledger: Ledger;
  readonly balancer: SimulatedBalancer;
  readonly hostTruth: (hostId: string) => HostTruth;
  /** A person took hosts away, so nobody can say which a deployment should have found. */
  readonly hasRemovals: () => boolean;
}

export interface HostMoments extends Moments {
  /** An honest host begins an event, rightly or not. */
  hostBegan: (hostId: string, deploymentId: string, event: LifecycleEventName) => void;
  /** The server asks a balancer for something: this is before it is done. */
  trafficAsked: (wish: "in" | "out", groupId: string, hostId: string) => void;
  /** The server has machines switched off. */
  originalsTerminated: (hostIds: readonly string[]) => void;
}

export type HostRule = Rule<HostWatchParts, HostMoments>;

export function hostsOf({ targets }: Watched, label?: "Blue" | "Green"): HostTarget[] {
  return hostTargets({ targets: [...targets.values()] }).filter(
    (target) => label === undefined || target.label === label,
  );
}

/** By what was asked. */
export function isRestart({ request }: Watched): boolean {
  return request.deploymentMode === "RESTART";
}

/** It could not be restarted: the deployment has failed it without touching it. */
export function isRefused({ restart }: HostTarget): boolean {
  return restart !== undefined && "refused" in restart;
}

/** Undefined: the deployment has no such host. */
export function hostOf({ targets }: Watched, hostId: string): HostTarget | undefined {
  const target = targets.get(hostId);
  return target && isHost(target) ? target : undefined;
}

/** The originals are being terminated: no stop comes in time. */
export function isPastReturn({ head: { stage, wait, halt } }: Watched): boolean {
  return stage === "terminate" && wait === null && halt === null;
}
