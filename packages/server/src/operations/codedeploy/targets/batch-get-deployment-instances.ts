import type { BatchGetDeploymentInstancesInput, BatchGetDeploymentInstancesOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_INSTANCES } from "@sluice/model/limits.ts";
import { findTargets, hostOf } from "../../../store/target-listing.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import { requireInstanceIds } from "../checks/required-lists.ts";
import { requireInstanceId } from "../checks/target-ids.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { instanceSummary } from "../views/target-info.ts";
import { requireHosts } from "./target-input.ts";

/** In the order asked for; unknown instances are left out and named in `errorMessage`, which is otherwise empty. */
export const batchGetDeploymentInstances: CodeDeployOperation<
  BatchGetDeploymentInstancesInput,
  BatchGetDeploymentInstancesOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const given = requireInstanceIds(input.instanceIds, "instanceIds");
  checkBatchSize("instanceIds", given, MAX_BATCH_INSTANCES);
  const ids = await Promise.all(given.map((id) => requireInstanceId(db, id, "instanceIds")));
  requireHosts(await requireDeployment(db, deploymentId));
  const found = (await findTargets(db, deploymentId, ids)).flatMap((target) => hostOf(target) ?? []);
  const byId = new Map(found.map((entry) => [entry.target.targetId, entry]));
  const missing = ids.filter((id) => !byId.has(id));
  return {
    instancesSummary: ids.flatMap((id) => {
      const entry = byId.get(id);
      return entry ? [instanceSummary(context, deploymentId, entry)] : [];
    }),
    errorMessage: missing.length > 0 ? `No instances of the deployment ${deploymentId}: ${missing.join(", ")}` : "",
  };
};
