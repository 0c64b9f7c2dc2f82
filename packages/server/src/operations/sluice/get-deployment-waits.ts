import type { Waiting } from "@sluice/engine/state.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { targetName } from "@sluice/engine/target-name.ts";
import { deploymentWaiting, stopWaiting } from "@sluice/engine/waiting.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type {
  GetDeploymentWaitsInput,
  GetDeploymentWaitsOutput,
  TargetWait,
  WaitView,
} from "@sluice/wire/sluice/sluice-api.ts";
import type { DeploymentHead } from "../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../store/deployment-history.ts";
import { readHead } from "../../store/deployments.ts";
import { loadTargets, loadTargetsAtWork } from "../../store/targets.ts";
import { deploymentMissing } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import { shiftView } from "./shift-view.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** What a deployment and its hosts wait for now: since when, until when, and in whose words. */
export const getDeploymentWaits: Operation<GetDeploymentWaitsInput, GetDeploymentWaitsOutput, SluiceContext> = async (
  { deploymentId },
  { store, now },
) => {
  if (!deploymentId) throw new CallerFault("DeploymentIdRequiredException", "deploymentId is missing.");
  const row = await findDeployment(store.db, deploymentId);
  if (!row) throw deploymentMissing(deploymentId);
  const head = readHead(row);
  const shift = await shiftOf(store, head, now());
  if (row.active !== 1) return { targets: [], ...shift };
  const atWork = await loadTargetsAtWork(store, deploymentId);
  const waiting = stopWaiting(head, atWork) ?? deploymentWaiting(head);
  const targets = atWork.flatMap((target): TargetWait[] => {
    const { targetId, command } = target;
    if (!command?.waiting) return [];
    return [{ targetId, hostName: targetName(target), lifecycleEvent: command.event, ...waitView(command.waiting) }];
  });
  return { ...(waiting ? { waiting: waitView(waiting) } : {}), targets, ...shift };
};

/** Of what has no weights there is none, nor before the deployment has begun. */
async function shiftOf(
  store: SluiceContext["store"],
  head: DeploymentHead,
  at: number,
): Promise<Pick<GetDeploymentWaitsOutput, "shift">> {
  if (!isShift(head.strategy)) return {};
  const targets = await loadTargets(store, head.deploymentId);
  const [target] = targets ?? [];
  return target ? { shift: shiftView({ ...head, targets }, target, at) } : {};
}

function waitView({ reason, since, until }: Pick<Waiting, "reason" | "until"> & { since: number | null }): WaitView {
  return {
    reason,
    ...(since === null ? {} : { since: new Date(since) }),
    ...(until === null ? {} : { until: new Date(until) }),
  };
}
