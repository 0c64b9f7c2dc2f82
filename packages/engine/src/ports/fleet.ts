import { matchesAnyTagFilter, matchesTagSet, type Tag, type TagFilter } from "@sluice/model/tag-filter.ts";

/** Which hosts a deployment group means, in the API's spelling and shapes (`DeploymentGroupInfo`). */
export interface FleetSelection {
  readonly ec2TagFilters?: readonly TagFilter[] | undefined;
  readonly ec2TagSet?: { readonly ec2TagSetList?: readonly (readonly TagFilter[])[] | undefined } | undefined;
  readonly onPremisesInstanceTagFilters?: readonly TagFilter[] | undefined;
  readonly onPremisesTagSet?:
    | { readonly onPremisesTagSetList?: readonly (readonly TagFilter[])[] | undefined }
    | undefined;
}

export interface FleetHost {
  /** `i-…`, or the on-premises instance's name. */
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly tags: readonly Tag[];
  readonly zone: string | null;
}

/** The port to whoever knows the hosts. Reading only, so every method may be called again. */
export interface Fleet {
  /**
   * The hosts that the selection means, each once, in the order of their ids. Hosts are named whether their agents are alive or
   * not: a silent host is a failing target, never a missing one. Retired hosts are never among them.
   */
  resolveTargets(selection: FleetSelection, signal: AbortSignal): Promise<readonly FleetHost[]>;
}

/** What became of hosts that are no longer needed: every one that was asked for is in one of the two lists. */
export interface TerminationReport {
  /** Switched off for good, or on their way there with no way back, by this call or before it. */
  readonly terminated: readonly string[];
  /** Running on. */
  readonly kept: readonly HostReason[];
}

/** `reason` is a sentence for people, without a full stop. */
export interface HostReason {
  readonly hostId: string;
  readonly reason: string;
}

/** What came of one call: every host that was asked for is in one of the three lists. */
export interface TerminationAnswer extends TerminationReport {
  /** Nobody knows: their provider could not be reached, or not in time. The caller asks for them again. */
  readonly unanswered: readonly HostReason[];
}

/**
 * The port to whoever can switch machines off for good. May be called again with the same hosts. A provider that says no is a `kept`. One
 * that cannot be reached is not a rejection: what became of the other hosts must be known all the same.
 */
export interface HostTerminator {
  terminate(hostIds: readonly string[], signal: AbortSignal): Promise<TerminationAnswer>;
}

/** EC2 filters mean instances, on-premises filters mean on-premises instances, and an empty selection means no host. */
export function isSelected(host: FleetHost, selection: FleetSelection): boolean {
  switch (host.kind) {
    case "instance":
      return (
        matchesAnyTagFilter(host.tags, selection.ec2TagFilters) ||
        matchesTagSet(host.tags, selection.ec2TagSet?.ec2TagSetList)
      );
    case "on-premises":
      return (
        matchesAnyTagFilter(host.tags, selection.onPremisesInstanceTagFilters) ||
        matchesTagSet(host.tags, selection.onPremisesTagSet?.onPremisesTagSetList)
      );
    default: {
      const never: never = host.kind;
      return never;
    }
  }
}

export function selectHosts(hosts: readonly FleetHost[], selection: FleetSelection): FleetHost[] {
  return hosts
    .filter((host) => isSelected(host, selection))
    .sort((one, other) => (one.hostId < other.hostId ? -1 : one.hostId > other.hostId ? 1 : 0));
}
