import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, GOES_ON_AFTER_MILLISECONDS, SUPERSEDED } from "./effect-handler.ts";
import { type WithholdingParts, withholdReplacements } from "./withhold-replacements.ts";

/** Keeps a replacement fleet out of its load balancers, as many hosts an attempt as there is time for. */
export function withholdReplacementsHandler(parts: WithholdingParts): EffectHandler<"withholdReplacements"> {
  return {
    async attempt({ deploymentId, effect, progress: before }, signal) {
      const left = before?.left ?? effect.targetIds;
      const withholding = await withholdReplacements(parts, deploymentId, left, signal);
      if (!withholding) return SUPERSEDED;
      const { progress, retryAfterMilliseconds, failure, hasProgressed } = withholding;
      const { outcome, detail } = progress;
      if (outcome !== "pending") return { ended: { outcome, detail } };
      if (failure && !hasProgressed) return { vain: { ...failure, progress } };
      const delay = (failure ? null : retryAfterMilliseconds) ?? GOES_ON_AFTER_MILLISECONDS;
      return { postponed: { runAt: parts.now() + delay, progress, isUnderWay: true }, trouble: failure?.error };
    },
    vainBy(error, { progress }) {
      return { error, progress: { ...progress, outcome: "pending", detail: reasonOf(error) } };
    },
  };
}
