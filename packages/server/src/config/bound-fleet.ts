import type { Ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import type { Fleet, FleetHost, HostTerminator, TerminationReport } from "@sluice/engine/ports/fleet.ts";
import type { KnownHosts } from "../hosts/host-directory.ts";
import { matchesPattern } from "./binding.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";

export const FLEET_PORT = "fleet";

type BoundCloud = BoundDriver<Ec2Fleet>;

export interface BoundFleetDependencies {
  /** What is known here of these hosts. Removed ones are no targets, though their cloud goes on running them. */
  readonly knownHosts: (hostIds: readonly string[]) => Promise<KnownHosts>;
}

/**
 * The enrolled hosts, and the instances of every cloud that a binding names; its `match` is an instance's id. A cloud that cannot be
 * asked rejects the whole: fewer hosts than there are would leave some without the deployment.
 */
export function boundFleet(
  enrolled: Fleet,
  clouds: readonly BoundCloud[],
  { knownHosts }: BoundFleetDependencies,
): Fleet {
  if (clouds.length === 0) return enrolled;
  return {
    resolveTargets: async (selection, signal) => {
      const lists = await Promise.all([
        enrolled.resolveTargets(selection, signal),
        ...clouds.map(async ({ binding, instance }) => {
          try {
            const hosts = await instance.resolveTargets(selection, signal);
            return hosts.filter(({ hostId }) => matchesPattern(binding.match, hostId));
          } catch (error) {
            throw faultOfBinding(error, binding, signal);
          }
        }),
      ]);
      const hosts = new Map<string, FleetHost>();
      for (const host of lists.flat()) {
        const known = hosts.get(host.hostId);
        hosts.set(host.hostId, known ? sameHost(known, host) : host);
      }
      // Also of a host that its cloud's tags alone select.
      const known = await knownHosts([...hosts.keys()]);
      const living = [...hosts.values()].flatMap((host) => {
        const here = known.get(host.hostId);
        if (here === "retired") return [];
        return here ? sameHost(here, host) : host;
      });
      return living.sort((one, other) => (one.hostId < other.hostId ? -1 : 1));
    },
  };
}

/** An instance whose agent is enrolled is one host, under the name that it has here. */
function sameHost(first: FleetHost, other: FleetHost): FleetHost {
  const keys = new Set(first.tags.map(({ Key }) => Key));
  const tags = [...first.tags, ...other.tags.filter(({ Key }) => !keys.has(Key))];
  return { ...first, tags, zone: first.zone ?? other.zone };
}

/** What a message adds of a host that no cloud can switch off. */
const NOT_OURS =
  "Sluice does not switch off machines that it does not own: the host stays enrolled, out of the load balancer";

export interface BoundTerminatorDependencies {
  /** Of hosts that are no more: an enrolled one must not stay a target that fails for ever. May be called again. */
  readonly retireHosts: (hostIds: readonly string[]) => Promise<void>;
}

/** Terminates instances of the clouds that bindings name. All other hosts are kept. */
export function boundHostTerminator(
  clouds: readonly BoundCloud[],
  { retireHosts }: BoundTerminatorDependencies,
): HostTerminator {
  return {
    terminate: async (hostIds, signal): Promise<TerminationReport> => {
      signal.throwIfAborted();
      const terminated: string[] = [];
      const reasons = new Map<string, string>();
      let left = [...new Set(hostIds)];
      for (const { binding, instance } of clouds) {
        const asked = left.filter((hostId) => matchesPattern(binding.match, hostId));
        if (asked.length === 0) continue;
        const report = await terminateIn({ binding, instance }, asked, signal);
        await retireHosts(report.terminated);
        terminated.push(...report.terminated);
        for (const { hostId, reason } of report.kept) {
          const soFar = reasons.get(hostId);
          reasons.set(hostId, soFar === undefined ? reason : `${soFar}; ${reason}`);
        }
        const ended = new Set(report.kept.map(({ hostId }) => hostId).filter((id) => !report.unknown.includes(id)));
        for (const hostId of report.terminated) {
          ended.add(hostId);
          reasons.delete(hostId);
        }
        left = left.filter((hostId) => !ended.has(hostId));
      }
      for (const hostId of left) {
        const soFar = reasons.get(hostId);
        reasons.set(hostId, soFar === undefined ? NOT_OURS : `${soFar}; ${NOT_OURS}`);
      }
      return { terminated, kept: [...reasons].map(([hostId, reason]) => ({ hostId, reason })) };
    },
  };
}

async function terminateIn({ binding, instance }: BoundCloud, hostIds: readonly string[], signal: AbortSignal) {
  try {
    return await instance.terminate(hostIds, signal);
  } catch (error) {
    throw faultOfBinding(error, binding, signal);
  }
}
