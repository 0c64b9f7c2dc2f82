import { startTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import { hostTargets } from "../../host-targets.ts";
import { restartRefused } from "../../messages.ts";
import type { HostTarget } from "../../state.ts";

/** Its deployment restarts, and cannot restart it: it fails before any host is touched. */
export function isRefused({ restart }: HostTarget): boolean {
  return restart !== undefined && "refused" in restart;
}

/** Hosts that cannot be restarted fail before any host is touched. Nothing of them is ever offered: what is decided is written as one. */
export function refuseRestarts(draft: Draft): void {
  for (const target of hostTargets(draft.state)) {
    const { restart, status, targetId } = target;
    if (status !== "Pending" || !restart || !("refused" in restart)) continue;
    const started = startTarget(target);
    if (started.type !== "commandOffered") continue;
    const diagnostics = restartRefused(target, restart.refused);
    draft.decide(
      started,
      { type: "lifecycleEventFailed", targetId, event: started.event, diagnostics, agentIssue: false },
      { type: "targetFailed", targetId },
    );
  }
}
