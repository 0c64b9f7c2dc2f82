import type {
  ContinueDeploymentInput,
  DeploymentWaitType,
  SkipWaitTimeForInstanceTerminationInput,
} from "@aws-sdk/client-codedeploy";
import type { Wait } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { commitHeadEvent } from "../../../store/commit-events.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { type DeploymentRow, lockDeployments, readHead } from "../../../store/deployments.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { deploymentMissing } from "../checks/known-resources.ts";
import type { CodeDeployContext, CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";
import { noteCall } from "./call-note.ts";

const WAITS: Readonly<Record<DeploymentWaitType, "ready" | "termination">> = {
  READY_WAIT: "ready",
  TERMINATION_WAIT: "termination",
};

/** Ends a wait early: the one for leave to move the traffic, or the one before the originals are terminated. READY_WAIT when absent. */
export const continueDeployment: CodeDeployOperation<ContinueDeploymentInput, NoOutput> = async (input, context) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const waitType = input.deploymentWaitType ?? "READY_WAIT";
  if (!isOneOf(ENUMS.DeploymentWaitType, waitType)) {
    throw new CallerFault(
      "InvalidDeploymentWaitTypeException",
      `deploymentWaitType is "${excerpt(waitType)}": use one of ${ENUMS.DeploymentWaitType.join(", ")}.`,
    );
  }
  await endWait(deploymentId, WAITS[waitType], context);
  return {};
};

/** The deprecated ContinueDeployment(TERMINATION_WAIT). */
export const skipWaitTimeForInstanceTermination: CodeDeployOperation<
  SkipWaitTimeForInstanceTerminationInput,
  NoOutput
> = async (input, context) => {
  await endWait(requireDeploymentId(input.deploymentId), "termination", context);
  return {};
};

async function endWait(deploymentId: string, kind: "ready" | "termination", context: CodeDeployContext): Promise<void> {
  await context.store.write(async (transaction) => {
    const before = await findDeployment(transaction.db, deploymentId);
    await endWaitIn(transaction, deploymentId, kind, context);
    if (before && readHead(before).continued !== kind) {
      await noteCall(transaction, deploymentId, { action: "continue", operation: "ContinueDeployment" }, context);
    }
  });
}

/** Ends a wait early, within a transaction. */
export async function endWaitIn(
  transaction: WriteTransaction,
  deploymentId: string,
  kind: "ready" | "termination",
  context: Pick<CodeDeployContext, "now" | "planner">,
): Promise<void> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (!row) throw deploymentMissing(deploymentId);
  await requestContinuation(transaction, row, kind, context.now());
  transaction.afterCommit(() => context.planner.wake(deploymentId));
}

async function requestContinuation(
  transaction: WriteTransaction,
  row: DeploymentRow,
  kind: Wait["kind"],
  at: number,
): Promise<void> {
  const before = readHead(row);
  if (row.active !== 1) {
    throw new CallerFault(
      "DeploymentAlreadyCompletedException",
      `The deployment ${row.deployment_id} is already complete: it ended as ${row.status}, and is not waiting to be continued.`,
    );
  }
  if (before.strategy.type !== "blue-green" && before.strategy.type !== "ecs-blue-green") {
    throw new CallerFault(
      "UnsupportedActionForDeploymentTypeException",
      `The deployment ${row.deployment_id} is not a blue/green deployment to hosts or to ECS, and never waits to be continued: leave it, or end it with \`sluice stop ${row.deployment_id}\`.`,
    );
  }
  if (before.wait?.kind !== kind) {
    throw new CallerFault(
      kind === "ready" ? "DeploymentIsNotInReadyStateException" : "InvalidDeploymentStatusException",
      `The deployment ${row.deployment_id} is ${row.status} and not in its ${kind} wait: there is nothing to continue. \`sluice watch ${row.deployment_id}\` shows when it is.`,
    );
  }
  // Continuing twice is continuing once.
  if (before.continued === kind) return;
  await commitHeadEvent(transaction, row, { type: "continueRequested", wait: kind }, { at, wakeAt: at });
}
