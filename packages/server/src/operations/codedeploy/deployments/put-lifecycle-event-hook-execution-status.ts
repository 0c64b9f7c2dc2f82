import type {
  PutLifecycleEventHookExecutionStatusInput,
  PutLifecycleEventHookExecutionStatusOutput,
} from "@aws-sdk/client-codedeploy";
import { type HookExecution, hookReport, readHookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { authorize } from "../../../access/authorize.ts";
import { accessDenied } from "../../../access/require-allowed.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import { findHookEvent } from "../../../store/lambda/events.ts";
import { findTargets } from "../../../store/target-listing.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import type { CodeDeployContext, CodeDeployOperation } from "../codedeploy-context.ts";

const ACTION = "codedeploy:PutLifecycleEventHookExecutionStatus";

/** What a hook may answer; the other statuses of lifecycle events are the deployment's to give. */
const ANSWERS = ["Succeeded", "Failed"] as const;

/**
 * A hook's answer. It enters by the same door as an agent's report, and ends the event that the hook was invoked for: the first answer
 * counts, every later one is LifecycleEventAlreadyCompleted, also one that comes after the event timed out or its deployment ended.
 */
export const putLifecycleEventHookExecutionStatus: CodeDeployOperation<
  PutLifecycleEventHookExecutionStatusInput,
  PutLifecycleEventHookExecutionStatusOutput
> = async (input, context) => {
  const {
    store: { db },
    planner,
  } = context;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const succeeded = requireAnswer(input.status);
  const executionId = input.lifecycleEventHookExecutionId;
  const execution = requireExecution(executionId);
  await requireItsHook(deploymentId, executionId, context);
  const deployment = await requireDeployment(db, deploymentId);
  requireHooks(deployment);
  const { targetId } = execution;
  const [found] = await findTargets(db, deploymentId, [targetId]);
  requireInvoked(deploymentId, execution, found?.target);
  const report = hookReport(execution, succeeded);
  const { answer } = await planner.report({ deploymentId, targetId, report });
  // Anything else was not taken: the event ended between the look and the report.
  if (answer !== "InProgress") throw alreadyCompleted(deploymentId, execution);
  return { lifecycleEventHookExecutionId: executionId };
};

/**
 * A function answers for itself alone: for executions that this server has it run, whatever functions of AWS are called. What is not its own
 * it is not told of, not even that there is such a deployment.
 */
async function requireItsHook(
  deploymentId: string,
  executionId: string | undefined,
  { store: { db }, principal, accountId }: CodeDeployContext,
): Promise<void> {
  // What a user needs for it has been asked at the door.
  if (principal.role === "user" || authorize(principal, ACTION, undefined) === "allowed") return;
  const { functionName } = principal;
  const run = executionId === undefined ? undefined : await findHookEvent(db, deploymentId, executionId);
  if (functionName && run?.function_name === functionName) return;
  throw accessDenied(
    principal,
    ACTION,
    accountId,
    `A function's key answers for its own executions only, and the function ${functionName} was not asked for this one of a deployment ${deploymentId}.`,
  );
}

function requireAnswer(status: string | undefined): boolean {
  const answer = ANSWERS.find((each) => each === status);
  if (answer !== undefined) return answer === "Succeeded";
  const what = status === undefined ? "status is missing" : `status is "${excerpt(status)}"`;
  throw new CallerFault(
    "InvalidLifecycleEventHookExecutionStatusException",
    `${what}: a hook answers ${ANSWERS.join(" or ")}.`,
  );
}

function requireExecution(executionId: string | undefined): HookExecution {
  const execution = executionId === undefined ? undefined : readHookExecutionId(executionId);
  if (execution) return execution;
  const what = executionId ? `"${excerpt(executionId)}" is not one` : "it is missing";
  throw invalidExecution(
    `lifecycleEventHookExecutionId is what the hook was told as LifecycleEventHookExecutionId, and ${what}: pass it on as it came.`,
  );
}

function requireHooks({ deployment_id: deploymentId, compute_platform: platform, state_json }: DeploymentRow): void {
  if (isShift(readHead({ deployment_id: deploymentId, state_json }).strategy)) return;
  throw new CallerFault(
    "UnsupportedActionForDeploymentTypeException",
    `The deployment ${deploymentId} is of the compute platform ${platform}, whose hooks are scripts on hosts: hosts report them by themselves.`,
  );
}

/** The answer has to be about a run of a hook that there was. */
function requireInvoked(deploymentId: string, execution: HookExecution, target: TargetState | undefined): void {
  const { event: name, attempt, targetId } = execution;
  if (!target) throw invalidExecution(`The deployment ${deploymentId} has no target ${excerpt(targetId)}.`);
  const event = target.lifecycleEvents.find((each) => each.name === name && each.by === "hook");
  if (!event) throw invalidExecution(`The deployment ${deploymentId} has no hook of the event ${name}.`);
  const { command } = target;
  if (command?.event === name && command.attempt === attempt) return;
  if (event.endedAt !== null) throw alreadyCompleted(deploymentId, execution);
  throw invalidExecution(
    `The hook of ${name} was not invoked in attempt ${attempt} of the deployment ${deploymentId}: there is nothing to answer yet.`,
  );
}

function alreadyCompleted(deploymentId: string, { event }: HookExecution): CallerFault {
  return new CallerFault(
    "LifecycleEventAlreadyCompletedException",
    `The event ${event} of the deployment ${deploymentId} is over already: the first answer counts, and none after the event's end.`,
  );
}

function invalidExecution(message: string): CallerFault {
  return new CallerFault("InvalidLifecycleEventHookExecutionIdException", message);
}
