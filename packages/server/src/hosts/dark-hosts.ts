import { darkAt, type HostLiveness } from "@sluice/engine/observation.ts";
import type { Fleet, FleetHost, FleetSelection } from "@sluice/engine/ports/fleet.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import type { Store } from "../store/open-store.ts";
import type { Liveness } from "./liveness.ts";

/** Hosts that one deployment's status messages name one by one; the others are counted. */
export const MAX_DARK_HOSTS_NAMED = 20;

export interface DarkHost {
  readonly host: Pick<FleetHost, "hostId" | "hostName">;
  /** Undefined: gone since it was selected. */
  readonly liveness: HostLiveness | undefined;
}

interface DarkHostsDependencies {
  readonly store: Pick<Store, "db">;
  readonly fleet: Fleet;
  readonly liveness: Liveness;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The hosts that a deployment to the selection would find dark now. */
export async function darkHostsOfGroup(
  selection: FleetSelection,
  { store, fleet, liveness, now, signal }: DarkHostsDependencies,
): Promise<DarkHost[]> {
  const hosts = await fleet.resolveTargets(selection, signal);
  const observed = await liveness.observe(
    store,
    hosts.map((host) => host.hostId),
  );
  return hosts
    .map((host) => ({ host, liveness: observed.get(host.hostId) }))
    .filter((dark) => darkAt(dark.liveness) <= now);
}

/** What a deployment's status messages say about dark hosts: who, since when, and what to run. Empty when all are alive. */
export function darkHostMessages(darkHosts: readonly DarkHost[]): string[] {
  const named = darkHosts.slice(0, MAX_DARK_HOSTS_NAMED).map(darkHostMessage);
  const others = darkHosts.length - named.length;
  return others > 0
    ? [...named, `${others} more ${others === 1 ? "host is" : "hosts are"} silent: see sluice hosts list.`]
    : named;
}

/** Why one host is dark, and what mends it: a sentence. */
export function darkHostMessage({ host, liveness }: DarkHost): string {
  const label = `Host ${hostLabel(host.hostName, host.hostId)}`;
  if (liveness === undefined) return `${label} has been removed.`;
  const { lastSeenAt, remedy } = liveness;
  if (lastSeenAt === null) {
    const what = liveness.silentSince === null ? "has never reported" : "has enrolled, but its agent has never polled";
    return `${label} ${what}; its deployment fails unless you run ${remedy}.`;
  }
  const since = new Date(lastSeenAt).toISOString();
  return liveness.goodbyeAt !== null
    ? `${label} has not reported since ${since}, when its agent was stopped; run ${remedy}.`
    : `${label} has not reported since ${since}; run ${remedy}.`;
}
