import type { WithholdReport } from "@sluice/engine/observation.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, GOES_ON_AFTER_MILLISECONDS, SUPERSEDED } from "./effect-handler.ts";
import { type WithholdingParts, type WithholdProgress, withholdReplacements } from "./withhold-replacements.ts";

/** Keeps a replacement fleet out of its load balancers, as many hosts an attempt as there is time for. */
export function withholdReplacementsHandler(parts: WithholdingParts): EffectHandler<"withholdReplacements"> {
  return {
    async attempt({ deploymentId, effect, progress: before }, signal) {
      const { left = effect.targetIds } = (before ?? {}) as Partial<WithholdProgress>;
      const withholding = await withholdReplacements(parts, deploymentId, left, signal);
      if (!withholding) return SUPERSEDED;
      const { progress, retryAfterMilliseconds, failure, hasProgressed } = withholding;
      const { outcome, detail } = progress;
      if (outcome !== "pending") return { ended: { outcome, detail } satisfies WithholdReport };
      if (failure && !hasProgressed) return { vain: { ...failure, progress } };
      const delay = (failure ? null : retryAfterMilliseconds) ?? GOES_ON_AFTER_MILLISECONDS;
      return { postponed: { runAt: parts.now() + delay, progress, isUnderWay: true }, trouble: failure?.error };
    },
    vainBy(error, { progress }) {
      const pending: WithholdReport = { ...(progress ?? {}), outcome: "pending", detail: reasonOf(error) };
      return { error, progress: pending };
    },
  };
}
