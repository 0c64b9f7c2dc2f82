import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { RevisionDigest } from "@sluice/engine/ports/revision-source.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Timers } from "../loops/timers.ts";
import { NotReadableError, notPrepared } from "../preflight/rollout-facts.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import type { Unread } from "../store/columns/effect-records.ts";
import type { Store } from "../store/open-store.ts";
import { requestOfActive } from "../traffic/routed-hosts.ts";
import { awaitPredecessor } from "./await-predecessor.ts";
import { type EffectHandler, GOES_ON_AFTER_MILLISECONDS, SUPERSEDED, type Vain } from "./effect-handler.ts";
import { MAX_ATTEMPTS, pausesLeft } from "./retries.ts";
import { tellStartWait } from "./tell-start-wait.ts";

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
  /** What is to be said of the deployment's bundle, sentence by sentence. Absent: bundles are not read. */
  readonly bundleFindings?:
    | ((deploymentId: string, sha256: string | undefined, signal: AbortSignal) => Promise<readonly string[]>)
    | undefined;
}

/**
 * Everything else that a deployment asks for comes after this, so here it waits for its predecessor, and until it is known what its bundle is.
 */
export function resolveTargetsHandler(parts: ResolveTargetsParts): EffectHandler<"resolveTargets"> {
  const { store, timers, owner, feed, resolveTargets, bundleDigest, bundleFindings } = parts;
  return {
    async attempt({ deploymentId, progress, attempts }, signal) {
      // Stopped before it began.
      if (!(await requestOfActive(store, deploymentId))) return SUPERSEDED;
      const waiting = { store, owner, feed, now: timers.now };
      const known = progress && "waitingSince" in progress ? progress : undefined;
      const wait = await awaitPredecessor(waiting, deploymentId, known);
      if (wait) {
        const runAt = timers.now() + PREDECESSOR_LOOK_MILLISECONDS;
        return { postponed: { runAt, progress: wait, isUnderWay: true } };
      }
      const bundle = await bundleDigest?.(deploymentId, signal);
      if (bundle === "pending")
        return { postponed: { runAt: timers.now() + GOES_ON_AFTER_MILLISECONDS, progress, isUnderWay: true } };
      const sha256 = bundle && "sha256" in bundle ? bundle.sha256 : undefined;
      let resolution: TargetResolution;
      let findings: readonly string[] | undefined;
      try {
        [resolution, findings] = await Promise.all([
          resolveTargets(deploymentId, signal),
          bundleFindings?.(deploymentId, sha256, signal),
        ]);
      } catch (error) {
        if (signal.aborted) throw error;
        return {
          vain: await inVain(
            error,
            deploymentId,
            progress && "unreadSince" in progress ? progress : undefined,
            attempts,
          ),
        };
      }
      if (resolution.outcome !== "resolved") return { ended: resolution };
      const warnings = [...(resolution.warnings ?? []), ...(findings ?? [])];
      return { ended: { ...resolution, warnings, ...(bundle ? { bundle } : {}) } };
    },
    vainBy: (error) => ({ error, failure: notPrepared(error) satisfies TargetResolution }),
  };

  /** Somebody cannot be asked: whoever looks at the deployment is told at once, and not when it is given up. */
  async function inVain(
    error: unknown,
    deploymentId: string,
    before: Unread | undefined,
    attempts: number,
  ): Promise<Vain<"resolveTargets">> {
    const at = timers.now();
    const unreadSince = before?.unreadSince ?? at;
    const reason = reasonOf(error).replace(/\.$/, "");
    const until = at + pausesLeft(attempts);
    const message = `The deployment could not start at ${new Date(at).toISOString()}: ${reason}. It is tried again until ${new Date(until).toISOString()}.`;
    if (attempts < MAX_ATTEMPTS) {
      await tellStartWait({ store, feed, now: timers.now }, deploymentId, {
        reason,
        since: unreadSince,
        until,
        message,
      });
    }
    const cause = error instanceof NotReadableError ? error.cause : error;
    return { error: cause, progress: { unreadSince } satisfies Unread, failure: notPrepared(error) };
  }
}
