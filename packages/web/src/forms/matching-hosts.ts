import { matchesTagSet } from "@sluice/model/tag-filter.ts";
import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { type TagSelection, writeSelection } from "./tag-selection.ts";

/** Which hosts a selection would mean, as the server would find them now. */
export interface MatchingHosts {
  readonly hosts: readonly HostSummary[];
  /** Those of them that no deployment could reach now. */
  readonly dark: readonly HostSummary[];
}

export interface HostSelection {
  readonly ec2: TagSelection;
  readonly onPremises: TagSelection;
}

/** Instances by the filters of EC2, on-premises instances by their own; by name. A retired host is no target. */
export function matchingHosts(all: readonly HostSummary[], { ec2, onPremises }: HostSelection): MatchingHosts {
  const lists = { instance: listsOf(ec2), "on-premises": listsOf(onPremises) };
  const hosts = all
    .filter((host) => host.state !== "retired" && matchesTagSet(host.tags, lists[host.kind]))
    .sort((one, other) => one.hostName.localeCompare(other.hostName, "en", { numeric: true }));
  return { hosts, dark: hosts.filter(isDark) };
}

/** A host that has never polled is as unreachable as one that fell silent. `unknown`: the server itself could not hear. */
export function isDark({ state }: Pick<HostSummary, "state">): boolean {
  return state === "dark" || state === "declared" || state === "enrolled";
}

export function isEmptySelection({ ec2, onPremises }: HostSelection): boolean {
  return listsOf(ec2).length === 0 && listsOf(onPremises).length === 0;
}

function listsOf(selection: TagSelection) {
  const { filters, lists } = writeSelection(selection);
  return filters !== undefined && filters.length > 0 ? [filters] : (lists ?? []);
}

/** `tags` of hosts as suggestions: the keys, and of each key the values, in the order of the alphabet. */
export function knownTags(hosts: readonly HostSummary[]): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, Set<string>>();
  for (const { tags } of hosts) {
    for (const { Key, Value } of tags) known.set(Key, (known.get(Key) ?? new Set()).add(Value));
  }
  return new Map(
    [...known].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, values]) => [key, [...values].sort()]),
  );
}
