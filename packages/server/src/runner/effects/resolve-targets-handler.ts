import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { RevisionDigest } from "@sluice/engine/ports/revision-source.ts";
import type { Store } from "../../store/open-store.ts";
import { awaitPredecessor, type PredecessorWait } from "../await-predecessor.ts";
import type { ChangeFeed } from "../change-feed.ts";
import { notPrepared } from "../rollout-facts.ts";
import { requestOfActive } from "../routed-hosts.ts";
import type { Timers } from "../timers.ts";
import { type EffectHandler, GOES_ON_AFTER_MILLISECONDS, reasonOf, SUPERSEDED } from "./effect-handler.ts";

/** Between two looks at what the group's deployment of before has under way still. */
const PREDECESSOR_LOOK_MILLISECONDS = 100;

export interface ResolveTargetsParts {
  readonly store: Store;
  readonly timers: Timers;
  readonly owner: string;
  readonly feed: ChangeFeed;
  readonly resolveTargets: (deploymentId: string, signal: AbortSignal) => Promise<TargetResolution>;
  /** Absent: bundles are not looked for. */
  readonly bundleDigest?:
    | ((deploymentId: string, signal: AbortSignal) => Promise<RevisionDigest | "pending">)
    | undefined;
}

/**
 * Everything else that a deployment asks for comes after this, so here it waits for its predecessor, and until it is known what its bundle is.
 */
export function resolveTargetsHandler(parts: ResolveTargetsParts): EffectHandler<"resolveTargets"> {
  const { store, timers, owner, feed, resolveTargets, bundleDigest } = parts;
  return {
    async attempt({ deploymentId, progress }, signal) {
      // Stopped before it began.
      if (!(await requestOfActive(store, deploymentId))) return SUPERSEDED;
      const waiting = { store, owner, feed, now: timers.now };
      const wait = await awaitPredecessor(waiting, deploymentId, progress as PredecessorWait | undefined);
      if (wait) {
        const runAt = timers.now() + PREDECESSOR_LOOK_MILLISECONDS;
        return { postponed: { runAt, progress: wait, isUnderWay: true } };
      }
      const bundle = await bundleDigest?.(deploymentId, signal);
      if (bundle === "pending")
        return { postponed: { runAt: timers.now() + GOES_ON_AFTER_MILLISECONDS, progress, isUnderWay: true } };
      const resolution = await resolveTargets(deploymentId, signal);
      return { ended: bundle && resolution.outcome === "resolved" ? { ...resolution, bundle } : resolution };
    },
    vainBy: (error) => ({ error, failure: notPrepared(reasonOf(error)) satisfies TargetResolution }),
  };
}
