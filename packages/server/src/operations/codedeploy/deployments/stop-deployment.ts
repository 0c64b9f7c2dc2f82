import type { StopDeploymentInput, StopDeploymentOutput } from "@aws-sdk/client-codedeploy";
import { isPastReturn } from "@sluice/engine/strategies/halting.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { DEPLOYMENT_INTENT } from "../../../store/columns/deployment-columns.ts";
import { commitHeadEvent } from "../../../store/commit-events.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { type DeploymentRow, lockDeployments, readHead } from "../../../store/deployments.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { hasOpenCommands } from "../../../store/target-listing.ts";
import { deploymentMissing } from "../checks/known-resources.ts";
import type { CodeDeployContext, CodeDeployOperation } from "../codedeploy-context.ts";
import { noteCall } from "./call-note.ts";

/** The wait for the originals is over and they are on their way out: no stop undoes that. */
const TOO_LATE =
  "The stop comes too late: the replacement hosts serve, the original ones are being terminated, and the deployment goes on to its end";
const TOO_LATE_FOR_SERVICES =
  "The stop comes too late: all traffic is where it was to go, the other task set is being removed, and the deployment goes on to its end";
const STATUS_MESSAGE = "No more commands will be scheduled for execution in the deployment instances";

/**
 * From the moment of the answer on, no host that has finished its event is given another. `Pending`: some host still has one;
 * `Succeeded`: none has. Stopping twice is stopping once. A stop that comes too late
 * is `Pending` until the deployment is over, and its message says so.
 */
export const stopDeployment: CodeDeployOperation<StopDeploymentInput, StopDeploymentOutput> = async (
  input,
  context,
) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const { autoRollbackEnabled } = input;
  return await context.store.write(async (transaction) => {
    const before = await findDeployment(transaction.db, deploymentId);
    const output = await stopDeploymentIn(transaction, { deploymentId, autoRollbackEnabled }, context);
    if (before && readHead(before).stopRequestedAt === null) {
      const action = autoRollbackEnabled ? "stop-and-roll-back" : "stop";
      await noteCall(transaction, deploymentId, { action, operation: "StopDeployment" }, context);
    }
    return output;
  });
};

/** The same within a transaction. */
export async function stopDeploymentIn(
  transaction: WriteTransaction,
  {
    deploymentId,
    autoRollbackEnabled,
  }: { readonly deploymentId: string; readonly autoRollbackEnabled?: boolean | undefined },
  context: Pick<CodeDeployContext, "now" | "planner">,
): Promise<StopDeploymentOutput> {
  const at = context.now();
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (!row) throw deploymentMissing(deploymentId);
  if (row.active !== 1) {
    throw new CallerFault(
      "DeploymentAlreadyCompletedException",
      `The deployment ${deploymentId} is already complete: it ended as ${row.status}, and nothing is left to stop.`,
    );
  }
  await requestStop(transaction, row, at);
  if (autoRollbackEnabled !== undefined) await keepRollbackWish(transaction, row, autoRollbackEnabled);
  transaction.afterCommit(() => context.planner.wake(deploymentId));
  const head = readHead(row);
  if (isPastReturn(head)) {
    return { status: "Pending", statusMessage: isShift(head.strategy) ? TOO_LATE_FOR_SERVICES : TOO_LATE };
  }
  const isPending = await hasOpenCommands(transaction.db, deploymentId);
  return { status: isPending ? "Pending" : "Succeeded", statusMessage: STATUS_MESSAGE };
}

async function requestStop(transaction: WriteTransaction, row: DeploymentRow, at: number): Promise<void> {
  if (readHead(row).stopRequestedAt !== null) return;
  await commitHeadEvent(transaction, row, { type: "stopRequested" }, { at, wakeAt: at });
}

async function keepRollbackWish(
  { db }: WriteTransaction,
  row: DeploymentRow,
  rollBackAfterStop: boolean,
): Promise<void> {
  const intent = { ...DEPLOYMENT_INTENT.read(row), rollBackAfterStop };
  await db
    .updateTable("deployments")
    .set({ intent_json: DEPLOYMENT_INTENT.write(intent) })
    .where("deployment_id", "=", row.deployment_id)
    .execute();
}
