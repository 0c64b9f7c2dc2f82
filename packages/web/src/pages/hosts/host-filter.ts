import type { HostSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Option } from "../../design/option.tsx";
import { type Sort, type SortValue, sortRows } from "../../design/sort.ts";

export interface HostFilter {
  readonly text?: string | undefined;
  readonly state?: readonly string[] | undefined;
  readonly zone?: readonly string[] | undefined;
  /** `Role=web`; a host has to have all of them. */
  readonly tag?: readonly string[] | undefined;
}

export const HOST_SORT_DEFAULT = "name";
/** In the order of what somebody should look at. */
const STATES = ["dark", "unknown", "declared", "enrolled", "alive", "retired"];

export function tagText({ Key, Value }: Tag): string {
  return `${Key}=${Value}`;
}

export function hostRows(hosts: readonly HostSummary[], filter: HostFilter, sort: Sort): HostSummary[] {
  return sortRows(
    hosts.filter((host) => matchesHost(host, filter)),
    sort,
    sortValue,
  );
}

export function matchesHost(host: HostSummary, { text = "", state, zone, tag }: HostFilter): boolean {
  if (state !== undefined && !state.includes(host.state)) return false;
  if (zone !== undefined && !zone.includes(host.zone ?? "")) return false;
  const tags = host.tags.map(tagText);
  if (tag !== undefined && !tag.every((each) => tags.includes(each))) return false;
  if (text === "") return true;
  const { hostName, hostId, address = "", agentVersion = "" } = host;
  const whole = [hostName, hostId, address, agentVersion, host.zone ?? "", ...tags].join("\n").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

function sortValue(host: HostSummary, column: string): SortValue {
  switch (column) {
    case "state":
      return STATES.indexOf(host.state);
    case "zone":
      return host.zone;
    case "agent":
      return host.agentVersion;
    case "seen":
      return host.lastSeenAt;
    default:
      return host.hostName;
  }
}

export interface HostFacets {
  readonly states: readonly Option[];
  readonly zones: readonly Option[];
  readonly tags: readonly Option[];
}

/** What there is to choose, with how many hosts have it. */
export function hostFacets(hosts: readonly HostSummary[]): HostFacets {
  const states = counted(hosts.map(({ state }) => state));
  const zones = counted(hosts.map(({ zone }) => zone ?? ""));
  const tags = counted(hosts.flatMap((host) => host.tags.map(tagText)));
  const byName = (a: Option, b: Option) => a.title.localeCompare(b.title, "en", { numeric: true });
  return {
    states: states.toSorted((a, b) => STATES.indexOf(a.id) - STATES.indexOf(b.id)),
    zones: zones.map((zone) => (zone.id === "" ? { ...zone, title: "No zone" } : zone)).toSorted(byName),
    tags: tags.toSorted(byName),
  };
}

function counted(values: readonly string[]): Option[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([id, count]) => ({ id, title: id, count }));
}
