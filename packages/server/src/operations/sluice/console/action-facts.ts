import type { DeploymentState } from "@sluice/engine/state.ts";
import type { TargetTally } from "../../../store/target-tally.ts";

/** What a person can do to a deployment, the words of ActOnDeployment's `action`, in the order in which they are shown. */
export const DEPLOYMENT_ACTIONS = [
  "next",
  "finish",
  "pause",
  "resume",
  "continue",
  "skip-wait",
  "stop",
  "stop-and-roll-back",
  "roll-back",
] as const;
export type DeploymentAction = (typeof DEPLOYMENT_ACTIONS)[number];

/** All that decides which actions there are, and what they do. */
export interface ActionFacts {
  /** Of hosts without its targets, which `tally` counts; of a service or a function with its one target, if that is known. */
  readonly state: DeploymentState;
  readonly isActive: boolean;
  readonly creator: string;
  /** What StopDeployment asked for so far; undefined: nothing. */
  readonly rollBackAfterStop: boolean | undefined;
  /** Empty: the targets are not known yet. */
  readonly tally: readonly TargetTally[];
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  /** Null: it was deleted, or is of the same name and another. */
  readonly group: {
    /** It has a successful deployment to go back to. */
    readonly hasLastSuccess: boolean;
    /** Another of its deployments that is not over. */
    readonly otherActiveId: string | undefined;
  } | null;
  /** The caller named the replacement hosts, which a way back by a blue/green deployment needs. */
  readonly hasReplacements?: boolean | undefined;
  /** What `roll-back` deploys where it is not told: the last successful deployment of another revision before this one; undefined: there is none. */
  readonly earlier:
    | { readonly deploymentId: string; readonly revisionName: string; readonly isRunning: boolean }
    | undefined;
}
