import { applyToTarget } from "@sluice/engine/apply.ts";
import { changeOfShift, SHIFT_ACTIONS } from "@sluice/engine/strategies/shift/shift-gates.ts";
import type { ShiftAction } from "@sluice/engine/traffic-shift.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import type { ChangeShiftInput, ChangeShiftOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { commitEvents } from "../../store/commit-events.ts";
import { lockDeployments, readHead } from "../../store/deployments.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { loadTargets } from "../../store/targets.ts";
import { deploymentMissing } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import { shiftView } from "./shift-view.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Lets the traffic of a shift on, or holds it. Answers the shift as it is then. */
export const changeShift: Operation<ChangeShiftInput, ChangeShiftOutput, SluiceContext> = async (input, context) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const action = requireAction(input.action);
  const { percent } = input;
  return await context.store.write((transaction) =>
    changeShiftIn(transaction, { deploymentId, action, percent }, context),
  );
};

/** The same within a transaction. */
export async function changeShiftIn(
  transaction: WriteTransaction,
  {
    deploymentId,
    action,
    percent,
  }: { readonly deploymentId: string; readonly action: ShiftAction; readonly percent?: number | undefined },
  context: Pick<SluiceContext, "now" | "runner">,
): Promise<ChangeShiftOutput> {
  const at = context.now();
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (!row) throw deploymentMissing(deploymentId);
  if (row.active !== 1) {
    throw new CallerFault(
      "DeploymentAlreadyCompletedException",
      `The deployment ${deploymentId} is already complete: it ended as ${row.status}, and its traffic stays where it is.`,
    );
  }
  const head = readHead(row);
  const state = { ...head, targets: await loadTargets(transaction, deploymentId) };
  const [meant] = state.targets ?? [];
  if (percent !== undefined && meant && meant.type !== "host" && meant.shift.percent !== percent) {
    return { deploymentId, shift: shiftView(state, meant, at) };
  }
  const change = changeOfShift(state, action);
  if (change.outcome === "refused") {
    throw new CallerFault(
      "InvalidDeploymentStatusException",
      `The shift of ${deploymentId} cannot be changed by ${action}: ${change.reason}.`,
    );
  }
  const { target } = change;
  if (change.outcome === "unchanged") return { deploymentId, shift: shiftView(state, target, at) };
  const event = { type: "shiftChangeRequested", targetId: target.targetId, action } as const;
  const changed = applyToTarget(target, event, at);
  await commitEvents(transaction, row, { targets: [changed], events: [event], effects: [], wakeAt: at, at });
  transaction.afterCommit(() =>
    context.runner.feed.publish({ deploymentId, offered: [], hasEvents: true, isDue: true }),
  );
  return { deploymentId, shift: shiftView({ ...state, targets: [changed] }, changed, at) };
}

function requireAction(action: string): ShiftAction {
  const known = SHIFT_ACTIONS.find((one) => one === action);
  if (known) return known;
  throw new CallerFault(
    "ValidationException",
    `action is "${excerpt(action)}": use one of ${SHIFT_ACTIONS.join(", ")}.`,
  );
}
