import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  checkDeploymentConfigName,
  requireApplicationName,
  requireDeploymentGroupName,
} from "@sluice/model/input-checks/required-names.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { PlanDeploymentInput, PlanDeploymentOutput, PlanObstacle } from "@sluice/wire/sluice/sluice-api.ts";
import { deployablePlatformOf } from "../../groups/deployable-platforms.ts";
import { preflight, refused } from "../../preflight/run-preflight.ts";
import { shiftPreflight } from "../../preflight/shift-preflight.ts";
import type { ApplicationRow } from "../../store/applications.ts";
import { GROUP_FIELDS, ROLLED_BACK, TARGET_REVISION } from "../../store/columns/group-columns.ts";
import type { DeploymentGroupRow } from "../../store/deployment-groups.ts";
import { findActiveDeploymentId } from "../../store/deployment-history.ts";
import { firstHead, type NewDeployment } from "../../store/new-deployment.ts";
import { requireApplication, requireDeploymentGroup } from "../codedeploy/checks/known-resources.ts";
import { requireRevision } from "../codedeploy/checks/revision-input.ts";
import { groupIsBusy, rolloutOf } from "../codedeploy/deployments/create-deployment.ts";
import { isRestart, requireNoRevision, restartedRollout } from "../codedeploy/deployments/restarted-rollout.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** In messages, in the place of the id that the deployment does not have yet. */
const PLANNED_ID = "d-PLANNED";

/** How CreateDeployment's deployment would go. Names that do not exist are faults, as there; what it would refuse is an obstacle. */
export const planDeployment: Operation<PlanDeploymentInput, PlanDeploymentOutput, SluiceContext> = async (
  input,
  context,
) => {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  checkDeploymentConfigName(input.deploymentConfigName);
  const { db } = context.store;
  const application = await requireApplication(db, applicationName);
  const group = await requireDeploymentGroup(db, application, groupName);
  const prepared = await prepare(input, application, group, context);
  if ("refusal" in prepared) return refused([prepared.refusal]);
  const { revision, ...rollout } = prepared;
  const created = {
    ...firstHead({ deploymentId: PLANNED_ID, group, ...rollout, statusMessages: [], createdAt: context.now() }),
    targets: null,
  };
  const rolledBack = ROLLED_BACK.read(group);
  const parts = { ...context.preflight, store: context.store, now: context.now() };
  const intended = {
    ...rollout,
    deploymentGroupId: group.deployment_group_id,
    selection: GROUP_FIELDS.read(group),
    currentRevision: TARGET_REVISION.read(group),
    revision,
    creator: "user",
  };
  const { strategy } = created;
  const planned = isShift(strategy)
    ? await shiftPreflight(parts, intended, { ...created, strategy }, rolledBack, context.signal)
    : await preflight(parts, intended, created, rolledBack, context.signal);
  const active = await findActiveDeploymentId(db, group.deployment_group_id);
  if (!active) return planned;
  // The first that stands in the way; the rest of the plan holds for the time after it.
  return { ...planned, canStart: false, obstacles: [obstacleOf(groupIsBusy(groupName, active)), ...planned.obstacles] };
};

type Prepared = Pick<NewDeployment, "strategy" | "alarms" | "request"> & {
  readonly revision: RevisionLocation | null;
};

async function prepare(
  input: PlanDeploymentInput,
  application: ApplicationRow,
  group: DeploymentGroupRow,
  context: SluiceContext,
): Promise<Prepared | { readonly refusal: PlanObstacle }> {
  try {
    const platform = deployablePlatformOf(application);
    const restarts = isRestart(input);
    if (restarts) requireNoRevision(input.revision);
    const named = input.revision ? requireRevision(input.revision) : null;
    if (named) platform.checkRevision(named);
    const { revision: _, ...asked } = input;
    const parts = { store: context.store, revisions: context.preflight.revisions, limits: context.limits };
    const rollout = await rolloutOf(asked, named, application, group, parts);
    const revision = restarts ? (await restartedRollout(context.store.db, group)).revision : named;
    return { ...rollout, revision };
  } catch (error) {
    if (error instanceof CallerFault) return { refusal: obstacleOf(error) };
    throw error;
  }
}

function obstacleOf({ code, message }: CallerFault): PlanObstacle {
  return { code, message };
}
