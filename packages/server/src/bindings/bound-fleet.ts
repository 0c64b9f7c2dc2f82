import type { Ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import type { Ec2TerminationAnswer } from "@sluice/drivers/ec2/ec2-termination.ts";
import type { Fleet, FleetHost, HostTerminator, TerminationAnswer } from "@sluice/engine/ports/fleet.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Binding } from "../config/binding.ts";
import type { KnownHosts } from "../hosts/host-directory.ts";
import { type BoundDriver, faultOfBinding, saidByBinding } from "./bound-driver.ts";

export const FLEET_PORT = "fleet";

type BoundCloud = BoundDriver<Ec2Fleet>;

export interface BoundFleetDependencies {
  /** What is known here of these hosts. Removed ones are not targets, though their cloud goes on running them. */
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
  "Sluice terminates only machines of a bound fleet: the host stays enrolled, deregistered from the load balancer";

/** A cloud that hangs must leave the others their turn within one attempt at all of them. */
const CLOUD_TIMEOUT_MILLISECONDS = 15_000;

export interface BoundTerminatorDependencies {
  /** Of hosts that are no more: an enrolled one must not stay a target that fails for ever. May be called again. */
  readonly retireHosts: (hostIds: readonly string[]) => Promise<void>;
  readonly cloudTimeoutMilliseconds?: number;
}

/** Terminates instances of the clouds that bindings name, each asked in turn for what those before it did not settle. Others are kept. */
export function boundHostTerminator(
  clouds: readonly BoundCloud[],
  { retireHosts, cloudTimeoutMilliseconds = CLOUD_TIMEOUT_MILLISECONDS }: BoundTerminatorDependencies,
): HostTerminator {
  return {
    terminate: async (hostIds, signal) => {
      signal.throwIfAborted();
      const hosts: HostFates = new Map(hostIds.map((hostId) => [hostId, { outcome: "nobody's", reasons: [] }]));
      for (const cloud of clouds) {
        const asked = [...hosts.keys()].filter(
          (hostId) => !isSettled(hosts.get(hostId)) && matchesPattern(cloud.binding.match, hostId),
        );
        if (asked.length === 0) continue;
        const patience = AbortSignal.any([signal, AbortSignal.timeout(cloudTimeoutMilliseconds)]);
        const answer = await terminateIn(cloud, asked, patience);
        await retireHosts(answer.terminated);
        takeAnswer(hosts, answer, cloud.binding);
      }
      return answerOf(hosts);
    },
  };
}

/** What became of each host so far. One that a cloud did not answer for may be that cloud's, whatever the others say they do not know. */
type HostFates = ReadonlyMap<string, HostFate>;
interface HostFate {
  outcome: "nobody's" | "unanswered" | "kept" | "terminated";
  readonly reasons: string[];
}

function isSettled(fate: HostFate | undefined): boolean {
  return fate?.outcome === "terminated" || fate?.outcome === "kept";
}

function takeAnswer(hosts: HostFates, answer: Ec2TerminationAnswer, binding: Binding): void {
  const note = (hostId: string, outcome: HostFate["outcome"] | undefined, reason?: string) => {
    const fate = hosts.get(hostId);
    if (!fate) return;
    if (outcome) fate.outcome = outcome;
    if (reason !== undefined) fate.reasons.push(reason);
  };
  const unknown = new Set(answer.unknown);
  for (const hostId of answer.terminated) note(hostId, "terminated");
  for (const { hostId, reason } of answer.kept) note(hostId, unknown.has(hostId) ? undefined : "kept", reason);
  for (const { hostId, reason } of answer.unanswered) note(hostId, "unanswered", saidByBinding(reason, binding));
}

function answerOf(hosts: HostFates): TerminationAnswer {
  const of = (outcome: HostFate["outcome"], ...more: readonly string[]) =>
    [...hosts].flatMap(([hostId, fate]) =>
      fate.outcome === outcome ? { hostId, reason: [...fate.reasons, ...more].join("; ") } : [],
    );
  return {
    terminated: of("terminated").map(({ hostId }) => hostId),
    kept: [...of("kept"), ...of("nobody's", NOT_OURS)],
    unanswered: of("unanswered"),
  };
}

/** What the cloud says; a cloud that fails as a whole leaves all of them unanswered. */
async function terminateIn(
  { instance }: BoundCloud,
  hostIds: readonly string[],
  signal: AbortSignal,
): Promise<Ec2TerminationAnswer> {
  try {
    return await instance.terminate(hostIds, signal);
  } catch (error) {
    const reason = reasonOf(error);
    return { terminated: [], kept: [], unknown: [], unanswered: hostIds.map((hostId) => ({ hostId, reason })) };
  }
}
