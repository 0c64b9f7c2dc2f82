import { invariant } from "@sluice/model/invariant.ts";
import type { EffectReport } from "../../effect-report.ts";
import type { DeploymentEvent, TargetEvent } from "../../event.ts";
import type { HeardTime } from "../../heard-time.ts";
import type {
  CommandState,
  DeploymentError,
  DeploymentState,
  EcsServiceTarget,
  LambdaAliasTarget,
} from "../../state.ts";
import type { ShiftEffect } from "./shift-effects.ts";

export type ShiftTarget = EcsServiceTarget | LambdaAliasTarget;

/** What becomes of a deployment for which the outside does not do what it is asked: the error's code, and its story before the provider's words. */
export interface Trouble {
  /** Of a provider that said no, unless it knows a truer one. */
  readonly code: DeploymentError["code"];
  /** The provider said no. */
  readonly refused: string;
  /** It has not come about in its time. */
  readonly overdue: string;
  /** Absent: `code`. */
  readonly overdueCode?: DeploymentError["code"] | undefined;
}

export interface Ask {
  readonly effect: ShiftEffect;
  readonly trouble: Trouble;
}

/**
 * Where an event stands that is not an agent's: the one thing that it is about now. It follows from the deployment's state and the time
 * alone, so that what is to be asked of the outside, what its reports mean, and when to look again are one decision.
 *
 * - `decide`: it goes on by itself, with these events.
 * - `ask`: the outside is asked. When all is reported as done, it goes on with the events of `whenDone`; null: only a report on the command
 *   (a hook's answer) ends it. At `since` + `timeoutMilliseconds` it has failed.
 * - `wait`: nothing is to be done before `until`, for the reason given; null: before somebody acts.
 */
export type Phase =
  | { readonly kind: "decide"; readonly events: readonly TargetEvent[] }
  | {
      readonly kind: "ask";
      readonly asks: readonly Ask[];
      readonly whenDone: ((reports: readonly EffectReport[]) => readonly DeploymentEvent[]) | null;
      /** What is waited for, before the words of those who were asked; absent: their words say it. */
      readonly awaited?: string | undefined;
      /** What is waited for once who was asked has returned without an answer, and what a person does about it; absent: nobody who is asked here does. */
      readonly returned?: { readonly fact: string; readonly cure: string } | undefined;
      readonly since: number;
      readonly timeoutMilliseconds: number;
    }
  | { readonly kind: "wait"; readonly since: number; readonly until: number | null; readonly reason: string };

/** A target's command, with all that a phase of it is made of. */
export interface AtWork<Target extends ShiftTarget = ShiftTarget> {
  readonly state: DeploymentState;
  readonly target: Target;
  readonly command: CommandState;
  readonly heard: HeardTime;
  readonly now: number;
}

/** What effects of a command have in common. `part` tells those of one command apart. */
export function ofCommand({ state, target: { targetId }, command: { event, attempt } }: AtWork, part: string) {
  return { key: `${state.deploymentId}/${targetId}/${event}/${attempt}/${part}`, targetId, event, attempt };
}

/** The event under way has ended well. `message` is for its diagnostics. */
export function succeeded({ target: { targetId }, command: { event } }: AtWork, message = ""): TargetEvent {
  const diagnostics = { errorCode: "Success", scriptName: "", message: message || "Succeeded", logTail: "" } as const;
  return { type: "lifecycleEventSucceeded", targetId, event, diagnostics };
}

/** The one target of a shift; undefined before it is known. */
export function shiftTarget({ targets }: Pick<DeploymentState, "targets">): ShiftTarget | undefined {
  const [target, ...others] = targets ?? [];
  if (!target) return undefined;
  invariant(others.length === 0 && target.type !== "host", "a shift has one target, which is no host");
  return target;
}

export function serviceOf(target: ShiftTarget): EcsServiceTarget {
  invariant(target.type === "ecs-service", `${target.targetId} is a service`);
  return target;
}

export function aliasOf(target: ShiftTarget): LambdaAliasTarget {
  invariant(target.type === "lambda-alias", `${target.targetId} is an alias`);
  return target;
}
