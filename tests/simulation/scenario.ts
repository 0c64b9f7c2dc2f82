/** Everything that is decided before the first moment. What happens then is drawn from `runSeed`, as it happens. Plain data, to be shrunk. */
export interface ScenarioBase {
  /** As `--platform` names it. */
  readonly platform: string;
  readonly runSeed: number;
  /** The grid of the simulated time. A fine one separates what happens; on a coarse one, much happens at once. */
  readonly tickMilliseconds: number;
  /** Nothing goes wrong but what is deployed. */
  readonly isCalm: boolean;
  readonly groups: readonly GroupBase[];
  readonly faults: FaultRates;
  /** When the faults stop. */
  readonly faultsMilliseconds: number;
}

export interface GroupBase {
  readonly name: string;
  readonly deployments: readonly DeploymentBase[];
}

/** Probabilities, of what each happens at. A platform adds its own. */
export interface FaultRates {
  // Of one call.
  readonly requestLost: number;
  readonly answerLost: number;
  readonly duplicated: number;
  readonly late: number;
  // Of one commit.
  readonly serverDeath: number;
  readonly diskFailure: number;
  // Of the server in one second: its door is in trouble for a while.
  readonly deafServer: number;
  readonly slowServer: number;
  readonly overrunServer: number;
  // The same: it is down or deaf for longer than anybody has for what he does.
  readonly longOutage: number;
  // Of one reading.
  readonly alarmsUnreadable: number;
  readonly alarmsSlow: number;
}

export function withoutFaults<Rates extends FaultRates>(rates: Rates): Rates {
  return Object.fromEntries(Object.keys(rates).map((fault) => [fault, 0])) as unknown as Rates;
}

export type RollbackEventName = "DEPLOYMENT_FAILURE" | "DEPLOYMENT_STOP_ON_ALARM" | "DEPLOYMENT_STOP_ON_REQUEST";

/** What people do with one deployment. */
export interface DeploymentBase {
  readonly pauseBeforeMilliseconds: number;
  /** After its creation; null: never. */
  readonly stopAfterMilliseconds: number | null;
  /** What the stop says of rolling back; null: nothing. */
  readonly rollBackAfterStop: boolean | null;
  /** What comes in between once traffic moves from one version to another. */
  readonly onceTrafficMoves: "stop" | "alarm" | null;
  /** A rollback of it is stopped too, and asked to be rolled back in its turn. */
  readonly stopsRollback: boolean;
  /** Another deployment of the group is asked for while this one is under way. */
  readonly isJostled: boolean;
  /** Null: automatic rollback is off. */
  readonly rollbackEvents: readonly RollbackEventName[] | null;
  /** The group's alarm is watched. */
  readonly watchesAlarm: boolean;
  readonly ignoresPollFailure: boolean;
  /** After its creation, and for how long; null: never. */
  readonly alarm: { readonly afterMilliseconds: number; readonly forMilliseconds: number } | null;
  /** A person continues it when it waits. */
  readonly isContinued: boolean;
  /** A person acknowledges its rollback. */
  readonly isAcknowledged: boolean;
}
