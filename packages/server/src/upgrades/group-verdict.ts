import { someOf } from "@sluice/model/some-of.ts";
import type { GuardedGroup, UpgradeObservation } from "./upgrade-state.ts";

/** `waits`: for hosts that this upgrade is at. `lacks`: for hosts that are offline. `never`: no host of the group may ever be away. */
export type GroupVerdict =
  | { readonly outcome: "may" | "waits" }
  | { readonly outcome: "lacks" | "never"; readonly reason: string };

const NAMED_HOSTS = 3;

/** Whether the groups of a host allow that its agent is away for a moment, beside those that are away already. */
export function groupVerdict(
  hostId: string,
  { groups, offline, names }: Pick<UpgradeObservation, "groups" | "offline" | "names">,
  underWay: ReadonlySet<string>,
): GroupVerdict {
  let isHeld = false;
  for (const group of groups) {
    if (!group.hostIds.includes(hostId)) continue;
    const spare = group.hostIds.length - group.minimum;
    if (spare <= 0) return { outcome: "never", reason: neverReason(group) };
    const dark = group.hostIds.filter((id) => offline.has(id) && !underWay.has(id));
    if (dark.length >= spare) return { outcome: "lacks", reason: lackReason(group, dark, names) };
    const busy = group.hostIds.filter((id) => underWay.has(id)).length;
    if (dark.length + busy >= spare) isHeld = true;
  }
  return { outcome: isHeld ? "waits" : "may" };
}

function neverReason({ name, configName, hostIds, minimum }: GuardedGroup): string {
  return `${name} keeps ${minimum} of its ${hostIds.length} hosts healthy by ${configName}, so none may be away: give the group a configuration that spares a host`;
}

function lackReason(
  { name, configName, hostIds, minimum }: GuardedGroup,
  dark: readonly string[],
  names: ReadonlyMap<string, string>,
): string {
  const told = someOf(
    dark.map((id) => names.get(id) ?? id),
    NAMED_HOSTS,
  );
  return `${name} keeps ${minimum} of its ${hostIds.length} hosts healthy by ${configName}, and ${told} ${dark.length === 1 ? "is" : "are"} offline`;
}
