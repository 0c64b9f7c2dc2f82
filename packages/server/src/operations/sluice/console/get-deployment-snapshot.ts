import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import type { GetDeploymentSnapshotInput, GetDeploymentSnapshotOutput } from "@sluice/wire/sluice/console-api.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { findSnapshot } from "../../../store/deployment-snapshots.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { snapshotView } from "./deployment-snapshot.ts";

/** The settings of a deployment's group as they were when it was created. */
export const getDeploymentSnapshot: Operation<
  GetDeploymentSnapshotInput,
  GetDeploymentSnapshotOutput,
  Pick<SluiceContext, "store">
> = async (input, { store }) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  if (!(await findDeployment(store.db, deploymentId))) throw deploymentMissing(deploymentId);
  const found = await findSnapshot(store.db, deploymentId);
  return found ? { snapshot: snapshotView(deploymentId, found) } : {};
};
