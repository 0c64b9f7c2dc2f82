import type { HostTerminator } from "@sluice/engine/ports/fleet.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, GOES_ON_AFTER_MILLISECONDS } from "./effect-handler.ts";
import { givenUp, terminateOriginals, unsettled } from "./terminate-originals.ts";

/** Sees the original hosts off; attempts go on for as long as each settles something. */
export function terminateOriginalsHandler(
  hostTerminator: HostTerminator,
  now: () => number,
): EffectHandler<"terminateOriginals"> {
  return {
    async attempt({ effect, progress }, signal) {
      const termination = await terminateOriginals(hostTerminator, effect.targetIds, progress, signal);
      const { soFar, unanswered, hasProgressed } = termination;
      if (unanswered.length === 0) return { ended: soFar };
      if (hasProgressed) {
        return { postponed: { runAt: now() + GOES_ON_AFTER_MILLISECONDS, progress: soFar, isUnderWay: true } };
      }
      const reasons = [...new Set(unanswered.map(({ reason }) => reason))].join("; ");
      return { vain: { error: new Error(reasons), progress: soFar, failure: givenUp(soFar, unanswered) } };
    },
    vainBy(error, { effect, progress }) {
      const reason = reasonOf(error);
      const unanswered = unsettled(effect.targetIds, progress).map((hostId) => ({ hostId, reason }));
      return { error, failure: givenUp(progress, unanswered) };
    },
  };
}
