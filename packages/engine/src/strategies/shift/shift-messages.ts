import { ECS_CHECK, ECS_NOT_UPDATED, ELB_NOT_UPDATED, HOOKS_FAILED } from "@sluice/model/aws-sentences.ts";
import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { EffectReport } from "../../effect-report.ts";
import type {
  DeploymentError,
  DeploymentState,
  EcsServiceTarget,
  LambdaAliasTarget,
  LifecycleEventState,
} from "../../state.ts";
import { updateAliasCommand } from "./lambda-commands.ts";
import type { ShiftTarget, Trouble } from "./phase.ts";
import { otherGroup } from "./shift-strategies.ts";

/** AWS' sentence for its kind, our story, and what the provider said last of it. */
export function troubleError(code: DeploymentError["code"], story: string, detail: string): DeploymentError {
  const words = detail.replace(/\.$/, "");
  const told = words === "" ? sentence(story) : `${story.replace(/\.$/, "")}: ${words}.`;
  return { code, message: withSentence(code, told) };
}

/** Codes of which AWS has one sentence, whatever has happened. */
export function withSentence(code: DeploymentError["code"], told: string): string {
  switch (code) {
    case "ECS_UPDATE_ERROR":
      return `${ECS_NOT_UPDATED} ${told} ${ECS_CHECK}`;
    case "ELASTIC_LOAD_BALANCING_INVALID":
      return `${ELB_NOT_UPDATED} ${told}`;
    default:
      return told;
  }
}

/** Of a provider that said no. */
export function refusedError({ code, refused }: Trouble, report: EffectReport): DeploymentError {
  // Who knows a truer code has AWS' sentence for it, too.
  if (report.code !== undefined) {
    return { code: report.code, message: `${sentence(report.detail)} ${sentence(refused)}` };
  }
  return troubleError(code, refused, report.detail);
}

/** What an event's diagnostics say of what ended the deployment. */
export function failedBy({ message }: DeploymentError, logTail = ""): Diagnostics {
  return { ...unknownError(message), logTail };
}

/** Of a hook that answered Failed; its report is the event's diagnostics. */
export function hookFailedError({ name, diagnostics }: LifecycleEventState): DeploymentError {
  return troubleError(
    "HOOK_EXECUTION_FAILURE",
    `${HOOKS_FAILED} The hook of ${name} failed`,
    diagnostics?.message ?? "",
  );
}

/**
 * A stop or an alarm does not wait for what was asked: that may be done yet.
 * @param asked what was heard of it last, perhaps nothing; null: nothing had been asked for, as between two steps of a schedule
 */
export function shiftInterrupted(
  { halt, stopRequestedAt }: Pick<DeploymentState, "halt" | "stopRequestedAt">,
  event: LifecycleEventName,
  asked: string | null,
): Diagnostics {
  const cause = halt === "alarm" ? "stopped by an alarm" : endedBy({ halt, stopRequestedAt });
  return unknownError(`The deployment was ${cause} while ${event} was in progress. ${whatIsLeft(asked)}`);
}

function whatIsLeft(asked: string | null): string {
  if (asked === null) return "It was waiting then, and nothing goes on.";
  const last = asked === "" ? "" : ` The last that was heard of it: ${asked.replace(/\.$/, "")}.`;
  return `What was asked for may still be carried out.${last}`;
}

function endedBy({ halt, stopRequestedAt }: Pick<DeploymentState, "halt" | "stopRequestedAt">): string {
  return halt === "timeout" && stopRequestedAt === null ? "ended by its time limit" : "stopped";
}

/** How a shift leaves the traffic that did not come to its end. */
export function shiftLeft(state: DeploymentState, target: ShiftTarget): readonly string[] {
  return target.type === "ecs-service" ? ecsLeft(state, target) : lambdaLeft(state, target);
}

function ecsLeft({ strategy }: DeploymentState, target: EcsServiceTarget): readonly string[] {
  if (strategy.type !== "ecs-blue-green" && strategy.type !== "ecs-rollback") return [];
  const { replacementTaskSetId: replacement, originalTargetGroup: original, shift } = target;
  const messages: string[] = [];
  if (hasBegun(target, "AllowTraffic")) {
    const other = otherGroup(strategy.pair, original);
    messages.push(`${sharesOf(shift, `the target group ${other}`, original)}.`);
  }
  if (replacement !== null)
    messages.push(`The replacement task set ${replacement} runs on, unless a rollback removes it.`);
  else if (hasBegun(target, "Install")) messages.push("A replacement task set was asked for, and may be there.");
  return messages;
}

function lambdaLeft({ strategy }: DeploymentState, target: LambdaAliasTarget): readonly string[] {
  if (!hasBegun(target, "AllowTraffic")) return [];
  const { aliasName, functionName, currentVersion, targetVersion, shift } = target;
  const shares = sharesOf(shift, `version ${targetVersion}`, `version ${currentVersion}`);
  const left = `The alias ${aliasName} of ${functionName}: ${shares}.`;
  if (strategy.type !== "lambda-shift" || (shift.percent === 0 && !shift.asked)) return [left];
  const isSplit = shift.percent < 100;
  const next = isSplit ? ", and until all of it goes to one version no deployment of the alias starts" : "";
  const command = updateAliasCommand(strategy.alias, currentVersion);
  return [
    left,
    `Its traffic stays so unless a rollback moves it${next}. To give all of it to version ${currentVersion}: ${command}`,
  ];
}

function sharesOf({ percent, asked }: ShiftTarget["shift"], side: string, other: string): string {
  if (percent === 100 && !asked) return `all of the traffic goes to ${side}`;
  const next = asked ? ` (${asked.percent} % were asked for, and may come)` : "";
  return `${percent} % of the traffic goes to ${side}${next} and the rest to ${other}`;
}

function hasBegun({ lifecycleEvents }: ShiftTarget, name: LifecycleEventName): boolean {
  return lifecycleEvents.some((event) => event.name === name && event.startedAt !== null);
}

export function taskSetNotRemoved(taskSetId: string, reason: string): string {
  return `The task set ${taskSetId} serves nobody any more, and was not removed: ${reason.replace(/\.$/, "")}.`;
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function unknownError(message: string): Diagnostics {
  return { errorCode: "UnknownError", scriptName: "", message, logTail: "" };
}
