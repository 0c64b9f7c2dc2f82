import type { Effect } from "@sluice/engine/event.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { ShiftEffect } from "@sluice/engine/strategies/shift/shift-effects.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import type { Store } from "../store/open-store.ts";
import { loadSomeTargets } from "../store/targets.ts";
import { requestOfActive } from "../traffic/routed-hosts.ts";
import { type ClaimedEffect, type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { attemptOf, type PortAnswer } from "./port-attempt.ts";

export interface PlatformParts {
  readonly store: Store;
  readonly ports: ShiftPorts;
  readonly now: () => number;
}

/** A hook's answer is no port's. */
type PlatformKind = Exclude<ShiftEffect["kind"], "invokeHook">;

/**
 * A handler of effects that a platform carries out: it is asked, with the same call, for as long as the planner wants it to be. An effect
 * whose command is over, or whose deployment is, is not begun: a late attempt of an old wish cannot undo a newer one.
 */
export function platformHandler<Kind extends PlatformKind>(
  { store, now }: Pick<PlatformParts, "store" | "now">,
  ask: (claimed: ClaimedEffect<Kind>, signal: AbortSignal) => Promise<PortAnswer>,
): EffectHandler<Kind> {
  return {
    async attempt(claimed, signal) {
      if (!(await isWanted(store, claimed.deploymentId, claimed.effect))) return SUPERSEDED;
      return attemptOf(await answerTo(ask(claimed, signal)), now());
    },
    // Whoever cannot be reached is asked again until the planner gives it up.
    vainBy: (error) => ({ error, progress: { outcome: "pending", detail: reasonOf(error) } }),
  };
}

/** Whoever says no to a question on the way says no to the whole. */
export async function answerTo(asked: Promise<PortAnswer>): Promise<PortAnswer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof PortRefusal)) throw error;
    return { outcome: "failed", reason: error.message, code: error.code };
  }
}

/** Whether the deployment, the target's command, and the step of its shift are still the ones that asked for it. */
export async function isWanted(store: Store, deploymentId: string, effect: Effect): Promise<boolean> {
  if (!(await requestOfActive(store, deploymentId))) return false;
  if (!("event" in effect)) return true;
  const [target] = await loadSomeTargets(store, deploymentId, [effect.targetId]);
  if (target?.command?.event !== effect.event || target.command.attempt !== effect.attempt) return false;
  if (!("step" in effect)) return true;
  return target.type !== "host" && target.shift.asked !== null && effect.step === target.shift.step + 1;
}
