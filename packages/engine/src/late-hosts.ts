import { darkAt, type HostLiveness } from "./observation.ts";

/**
 * The creator of every deployment to hosts that arrived late: of the wire's names the nearest. CodeDeploy's own deployments under it bring
 * hosts that were launched during a deployment to the group's revision.
 */
export const LATE_HOSTS_CREATOR = "CodeDeployAutoUpdate";

/** What a group has: the revision of its last successful rollout. Deployments to late hosts are not rollouts. */
export interface GroupRevision {
  readonly revisionKey: string;
  /** When that rollout was created, epoch milliseconds. */
  readonly deployedAt: number;
}

/** A host's last attempt in the group. */
export interface HostAttempt {
  readonly revisionKey: string;
  readonly succeeded: boolean;
  /** When the deployment of the attempt was created, epoch milliseconds. */
  readonly deployedAt: number;
  readonly creator: string;
  /** It failed because the host's agent was silent, which says nothing about the revision. */
  readonly agentIssue: boolean;
}

/**
 * Whether the group's revision went past a host: it was never deployed to, or last before that revision, or it was silent when its turn
 * came. What was attempted since is not lateness: a host that failed is not tried again by itself, and one that took part in a newer
 * deployment which failed is that deployment's rollback's matter, or a person's.
 */
export function isLate(attempt: HostAttempt | undefined, group: GroupRevision): boolean {
  if (attempt === undefined) return true;
  if (attempt.succeeded && attempt.revisionKey === group.revisionKey) return false;
  if (attempt.deployedAt < group.deployedAt) return true;
  return attempt.agentIssue && attempt.creator !== LATE_HOSTS_CREATOR;
}

/**
 * Whether a host has been heard itself, lately, by this server. Having enrolled is not enough, and neither is the grace that every host gets
 * from a server that starts: an attempt would be lost on a host whose agent does not run.
 */
export function isHeard(host: HostLiveness | undefined, now: number): boolean {
  return host !== undefined && host.lastSeenAt !== null && host.silentSince === host.lastSeenAt && darkAt(host) > now;
}
