import type { TargetCandidate } from "@sluice/engine/observation.ts";
import type { HostRestart } from "@sluice/engine/state.ts";
import { isVersionAtLeast } from "@sluice/model/is-version-at-least.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import type { HostAgent, HostObserver } from "../hosts/host-observer.ts";
import type { HostHistory } from "../store/group-hosts.ts";
import type { Store } from "../store/open-store.ts";

/** The first Sluice agent that knows what a restart is. An older one would look for scripts in an archive that was never made. */
export const FIRST_RESTART_AGENT_VERSION = "0.2.0";

interface Parts {
  readonly store: Pick<Store, "db">;
  readonly hosts: Pick<HostObserver, "agentsOf">;
}

/** Each host with how it is restarted, or why it cannot be. */
export async function withRestarts(
  { store, hosts }: Parts,
  candidates: readonly TargetCandidate[],
  history: ReadonlyMap<string, HostHistory>,
  revision: RevisionLocation | null,
): Promise<readonly TargetCandidate[]> {
  const agents = await hosts.agentsOf(
    store,
    candidates.map(({ targetId }) => targetId),
  );
  const key = revision && revisionKey(revision);
  return candidates.map((candidate) => {
    const installed = history.get(candidate.targetId)?.installed ?? null;
    return { ...candidate, restart: hostRestart(installed, key, agents.get(candidate.targetId)) };
  });
}

/**
 * @param installed what the group has on the host; null: nothing that is known
 * @param restarted the key of the revision that is restarted
 */
export function hostRestart(
  installed: HostHistory["installed"],
  restarted: string | null,
  agent: HostAgent | undefined,
): HostRestart {
  if (agent?.agent === "sluice" && !knowsRestarts(agent.agentVersion)) {
    return {
      refused: `cannot be restarted: its agent is of version ${agent.agentVersion ?? "unknown"}, and RESTART needs ${FIRST_RESTART_AGENT_VERSION} or later. Install the newer version of Sluice on the host and restart its agent.`,
    };
  }
  if (installed === null) {
    return {
      refused: `cannot be restarted: no deployment of this group is known to have installed a revision on it completely. ${DEPLOY_FIRST}`,
    };
  }
  if (installed.revisionKey !== restarted) {
    return {
      refused: `cannot be restarted: it has the revision that deployment ${installed.deploymentId} installed, and not that of the group's last successful deployment. ${DEPLOY_FIRST}`,
    };
  }
  return { archiveOf: installed.deploymentId, copiesArchive: agent?.agent === "aws" };
}

const DEPLOY_FIRST = "Deploy the group's revision to it first, for example with sluice rollback --to.";

/** An agent of ours says its version with every call. */
function knowsRestarts(version: string | null): boolean {
  return version !== null && isVersionAtLeast(version, FIRST_RESTART_AGENT_VERSION);
}
