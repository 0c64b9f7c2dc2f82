import type { EffectReports } from "./effect-report.ts";
import type { HeardTime } from "./heard-time.ts";
import type { AlarmReading } from "./ports/alarm-reader.ts";
import type { RevisionDigest } from "./ports/revision-source.ts";
import type { DeploymentError, HostRestart, RevisionHealth } from "./state.ts";
import type { ShiftFacts } from "./strategies/shift/shift-facts.ts";

/** What the planner is told of the world at one wake; nothing in the engine looks for itself. */
export interface Observation {
  /** How the resolving of targets ended; absent while it is under way. */
  readonly resolution?: TargetResolution | undefined;
  /** Deadlines count no other time: what could not be heard, or asked, is nobody else's fault. */
  readonly heard: HeardTime;
  /** By target id. A target without an entry is a host that is gone: removed, deregistered. */
  readonly hosts: ReadonlyMap<string, HostLiveness>;
  /** How far those are who were asked for something. */
  readonly reports: EffectReports;
  /** What the watched alarms said last; absent: nothing is known yet. */
  readonly alarms?: AlarmObservation | undefined;
}

export type AlarmObservation =
  | { readonly outcome: "read"; readonly firing: readonly AlarmReading[] }
  /** Since when the alarms cannot be read (epoch milliseconds), and why. */
  | { readonly outcome: "unreadable"; readonly since: number; readonly reason: string };

export type TargetResolution =
  | ((HostResolution | ShiftFacts) & StartFindings)
  /** `Stopped`: as an alarm would have stopped it. */
  | { readonly outcome: "failed"; readonly status?: "Failed" | "Stopped"; readonly error: DeploymentError };

/** What was found out before anything was touched, whatever is deployed to. */
export interface StartFindings {
  /** What keeps the deployment from starting. */
  readonly obstacle?: Obstacle;
  /** What a person should know though the deployment can start. */
  readonly warnings?: readonly string[];
  /** What its bundle is; absent: nobody was asked. */
  readonly bundle?: RevisionDigest;
}

/** The hosts that a deployment is to. */
export interface HostResolution {
  readonly outcome: "resolved";
  readonly candidates: readonly TargetCandidate[];
  /** Hosts that match and were left out because they are current (updateOutdatedInstancesOnly); absent: none. */
  readonly upToDate?: number;
  /** The replacement fleet of a blue/green deployment; `candidates` is then the original one. */
  readonly replacements?: readonly TargetCandidate[];
}

/** An alarm that fires already stops the deployment; everything else fails it. */
export interface Obstacle {
  readonly status: "Failed" | "Stopped";
  readonly error: DeploymentError;
}

/** A host that the group's tags match, with what its earlier deployments left. */
export interface TargetCandidate {
  readonly targetId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly zone: string | null;
  readonly wasHealthy: boolean;
  readonly revisionHealth: RevisionHealth;
  /** Of a deployment that restarts. */
  readonly restart?: HostRestart | undefined;
}

export interface HostLiveness {
  /** Null: no agent ever polled. */
  readonly lastSeenAt: number | null;
  /**
   * From when on silence counts: the last poll, later by all the time in which the server did not prove that it could hear, and never
   * before it was ready; of a host that never polled, its enrolment. Null: declared, and neither enrolled nor polled.
   */
  readonly silentSince: number | null;
  /** How long an agent of its kind may be silent. */
  readonly graceMilliseconds: number;
  /** Its agent gives up a report that finds no server for a while (the AWS agent: after 14 s), so that a gap may have lost one. */
  readonly losesReports?: boolean | undefined;
  /** When the agent said goodbye; null: it did not, or has come back, or may have come back unheard. */
  readonly goodbyeAt: number | null;
  /** What a person can run on the host to mend it, as a command line. */
  readonly remedy: string;
}

/**
 * When the host counts as dark: now or earlier means it is. Infinity never occurs: every host can fall silent.
 *
 * @param begunAt of the deployment that asks (epoch milliseconds); absent: none does. An agent that says goodbye in the middle of a
 *   deployment is mostly back in a second, as after an upgrade, and gets its grace; before one, a goodbye counts at once.
 */
export function darkAt(host: HostLiveness | undefined, begunAt?: number): number {
  if (!host || host.silentSince === null) return Number.NEGATIVE_INFINITY;
  if (host.goodbyeAt !== null && host.goodbyeAt <= (begunAt ?? host.goodbyeAt)) return Number.NEGATIVE_INFINITY;
  return host.silentSince + host.graceMilliseconds;
}
