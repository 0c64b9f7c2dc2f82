import type { DeploymentError, RevisionHealth } from "./state.ts";

/** What the planner is told of the world at one wake; nothing in the engine looks for itself. */
export interface Observation {
  /** How the resolving of targets ended; absent while it is under way. */
  readonly resolution?: TargetResolution | undefined;
  /** By target id. A target without an entry is a host that is gone: removed, deregistered. */
  readonly hosts: ReadonlyMap<string, HostLiveness>;
}

export type TargetResolution =
  | {
      readonly outcome: "resolved";
      readonly candidates: readonly TargetCandidate[];
      /** Hosts that match and were left out because they are current (updateOutdatedInstancesOnly); absent: none. */
      readonly upToDate?: number;
    }
  | { readonly outcome: "failed"; readonly error: DeploymentError };

/** A host that the group's tags match, with what its earlier deployments left. */
export interface TargetCandidate {
  readonly targetId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly wasHealthy: boolean;
  readonly revisionHealth: RevisionHealth;
}

export interface HostLiveness {
  /** Null: declared, no agent ever polled. */
  readonly lastSeenAt: number | null;
  /** From when on silence counts: the last poll, but never before this server was ready. Null when no agent ever polled. */
  readonly silentSince: number | null;
  /** How long an agent of its kind may be silent. */
  readonly graceMilliseconds: number;
  /** The agent said goodbye and has not come back. */
  readonly saidGoodbye: boolean;
  /** What a person can run on the host to mend it, as a command line. */
  readonly remedy: string;
}

/** When the host counts as dark: now or earlier means it is. Infinity never occurs: every host can fall silent. */
export function darkAt(host: HostLiveness | undefined): number {
  if (!host || host.saidGoodbye || host.silentSince === null) return Number.NEGATIVE_INFINITY;
  return host.silentSince + host.graceMilliseconds;
}
