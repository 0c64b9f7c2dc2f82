import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { ROLLBACK_DESCRIPTION_PREFIX } from "@sluice/model/rollback-description.ts";
import type { ActOnDeploymentInput, ActOnDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Action } from "../../../access/action.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { requireAllowed } from "../../../access/require-allowed.ts";
import { type NeedsContext, onDeployments } from "../../../needs/needs-context.ts";
import { requireNeedsOf } from "../../../needs/require-needs.ts";
import { DEPLOYMENT_REVISION } from "../../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { addNote } from "../../../store/deployment-notes.ts";
import { type DeploymentRow, lockDeployments } from "../../../store/deployments.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import { endWaitIn } from "../../codedeploy/deployments/continue-deployment.ts";
import { createDeploymentWith } from "../../codedeploy/deployments/create-deployment.ts";
import { stopDeploymentIn } from "../../codedeploy/deployments/stop-deployment.ts";
import type { Operation } from "../../operation.ts";
import { changeShiftIn } from "../change-shift.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { type ActionFacts, DEPLOYMENT_ACTIONS, type DeploymentAction } from "./action-facts.ts";
import { whyRefused } from "./deployment-actions.ts";
import { requireReason } from "./deployment-reason.ts";
import { readActionFacts } from "./read-action-facts.ts";

/** What the caller must be allowed besides: what the action comes to. */
const UNDERLYING: Readonly<Record<DeploymentAction, Action>> = {
  next: "sluice:ChangeShift",
  finish: "sluice:ChangeShift",
  pause: "sluice:ChangeShift",
  resume: "sluice:ChangeShift",
  continue: "codedeploy:ContinueDeployment",
  "skip-wait": "codedeploy:ContinueDeployment",
  stop: "codedeploy:StopDeployment",
  "stop-and-roll-back": "codedeploy:StopDeployment",
  "roll-back": "codedeploy:CreateDeployment",
};

/** Does what a person decided, and keeps why with the deployment: both or neither. */
export const actOnDeployment: Operation<ActOnDeploymentInput, ActOnDeploymentOutput, SluiceContext> = async (
  input,
  context,
) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const action = requireAction(input.action);
  const { principal, accountId, store } = context;
  requireAllowed(principal, UNDERLYING[action], accountId);
  const needsOf = (_: string, __: unknown, parts: NeedsContext) =>
    onDeployments(parts, UNDERLYING[action], [deploymentId]);
  await requireNeedsOf(needsOf, { operation: "ActOnDeployment", input, principal }, { ...context, db: store.db });
  const reason = requireReason(input.reason);
  refuseMisplaced(input, action);
  if (action === "roll-back") return rollBack(input, reason, context);
  return context.store.write(async (transaction) => {
    const [row] = await lockDeployments(transaction, [deploymentId]);
    if (!row) throw deploymentMissing(deploymentId);
    requirePossible(action, await readActionFacts(transaction.db, row));
    const message = await act(transaction, row, action, input, context);
    await addNote(transaction, noteOf(deploymentId, action, reason, context));
    return { deploymentId, message };
  });
};

async function act(
  transaction: WriteTransaction,
  { deployment_id: deploymentId }: DeploymentRow,
  action: Exclude<DeploymentAction, "roll-back">,
  { percent }: ActOnDeploymentInput,
  context: SluiceContext,
): Promise<string> {
  const parts = { now: context.now, ...context.codeDeploy };
  switch (action) {
    case "next":
    case "finish":
    case "pause":
    case "resume": {
      const { shift } = await changeShiftIn(transaction, { deploymentId, action, percent }, context);
      if (percent !== undefined && shift.percent !== percent) {
        throw new CallerFault(
          "InvalidDeploymentStatusException",
          `percent is ${percent}, and the traffic is at ${shift.percent} % by now: nothing was done. Look again, and decide by that.`,
        );
      }
      return SHIFT_MESSAGES[action];
    }
    case "continue":
      await endWaitIn(transaction, deploymentId, "ready", parts);
      return "The traffic moves now.";
    case "skip-wait":
      await endWaitIn(transaction, deploymentId, "termination", parts);
      return "What the deployment replaced is terminated now.";
    case "stop":
    case "stop-and-roll-back": {
      const autoRollbackEnabled = action === "stop-and-roll-back";
      const { status } = await stopDeploymentIn(transaction, { deploymentId, autoRollbackEnabled }, parts);
      const then = autoRollbackEnabled ? "it is rolled back when it has ended" : "nothing is rolled back";
      const what = status === "Pending" ? "stops: events under way have 60 s to end" : "has stopped";
      return `The deployment ${what}, and ${then}.`;
    }
    default: {
      const never: never = action;
      return never;
    }
  }
}

const SHIFT_MESSAGES = {
  next: "The next part of the traffic moves now.",
  finish: "All the rest of the traffic moves now.",
  pause: "The traffic stays where it is until the shift is resumed.",
  resume: "The shift goes on by its schedule.",
} as const;

/** Another revision of the group is deployed, as `sluice rollback` does it. The reason stands with both deployments. */
async function rollBack(
  input: ActOnDeploymentInput,
  reason: string,
  context: SluiceContext,
): Promise<ActOnDeploymentOutput> {
  const { deploymentId, targetInstances } = input;
  const { db } = context.store;
  const row = await findDeployment(db, deploymentId);
  if (!row) throw deploymentMissing(deploymentId);
  const facts = await readActionFacts(db, row);
  const destination = await destinationOf(row, input.toDeploymentId, facts, context);
  requirePossible("roll-back", {
    ...facts,
    earlier: { deploymentId: destination.deployment_id, revisionName: "", isRunning: false },
    hasReplacements: targetInstances !== undefined,
  });
  const revision = DEPLOYMENT_REVISION.read(destination);
  const { deploymentId: createdDeploymentId } = await createDeploymentWith(
    {
      applicationName: row.application_name,
      deploymentGroupName: row.deployment_group_name,
      revision,
      description: `${ROLLBACK_DESCRIPTION_PREFIX}${destination.deployment_id}`,
      ...(targetInstances === undefined ? {} : { targetInstances }),
    },
    { ...context, ...context.codeDeploy },
    async (transaction, created) => {
      await addNote(transaction, noteOf(deploymentId, "roll-back", reason, context));
      await addNote(transaction, noteOf(created, "create", reason, context));
    },
  );
  return {
    deploymentId,
    createdDeploymentId,
    message: `${createdDeploymentId} deploys ${revisionName(revision)}, the revision of ${destination.deployment_id}.`,
  };
}

async function destinationOf(
  row: DeploymentRow,
  toDeploymentId: string | undefined,
  { earlier }: ActionFacts,
  { store }: SluiceContext,
): Promise<DeploymentRow> {
  const id = toDeploymentId ?? earlier?.deploymentId;
  if (id === undefined) {
    throw new CallerFault(
      "InvalidDeploymentStatusException",
      `The deployment ${row.deployment_id} cannot be rolled back: the group has no successful deployment of another revision before it. Name one in toDeploymentId.`,
    );
  }
  const destination = await findDeployment(store.db, id);
  if (!destination) throw deploymentMissing(id);
  if (destination.deployment_group_id !== row.deployment_group_id) {
    throw new CallerFault(
      "ValidationException",
      `toDeploymentId is "${excerpt(id)}", a deployment of ${destination.application_name}/${destination.deployment_group_name}: name one of ${row.application_name}/${row.deployment_group_name}.`,
    );
  }
  return destination;
}

/** As the page and the command line show it: what is not possible there is refused here. */
function requirePossible(action: DeploymentAction, facts: ActionFacts): void {
  const { deploymentId, status } = facts.state;
  if (!facts.isActive && action !== "roll-back") {
    throw new CallerFault(
      "DeploymentAlreadyCompletedException",
      `The deployment ${deploymentId} is already complete: it ended as ${status}.`,
    );
  }
  const why = whyRefused(action, facts);
  if (why === undefined) return;
  throw new CallerFault(
    "InvalidDeploymentStatusException",
    `The action ${action} cannot be done to ${deploymentId}: ${why}.`,
  );
}

/** A member that another action would need is refused, and not ignored. */
function refuseMisplaced(
  { toDeploymentId, targetInstances, percent }: ActOnDeploymentInput,
  action: DeploymentAction,
): void {
  const isShift = UNDERLYING[action] === "sluice:ChangeShift";
  const misplaced =
    percent !== undefined && !isShift
      ? "percent is for next, finish, pause and resume"
      : action !== "roll-back" && (toDeploymentId !== undefined || targetInstances !== undefined)
        ? "toDeploymentId and targetInstances are for roll-back"
        : undefined;
  if (misplaced !== undefined) {
    throw new CallerFault("ValidationException", `action is "${action}": ${misplaced}. Leave it out.`);
  }
}

function requireAction(action: string): DeploymentAction {
  const known = DEPLOYMENT_ACTIONS.find((one) => one === action);
  if (known) return known;
  throw new CallerFault(
    "ValidationException",
    `action is "${excerpt(action)}": use one of ${DEPLOYMENT_ACTIONS.join(", ")}.`,
  );
}

function noteOf(deploymentId: string, action: string, reason: string, { now, principal, accountId }: SluiceContext) {
  const { accessKeyId } = principal;
  const caller = { access_key_id: accessKeyId, caller_arn: callerArn(principal, accountId) };
  return { deployment_id: deploymentId, at: now(), ...caller, action, reason };
}
