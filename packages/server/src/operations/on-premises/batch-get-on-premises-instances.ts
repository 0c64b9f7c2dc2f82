import type { BatchGetOnPremisesInstancesInput, BatchGetOnPremisesInstancesOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { findHosts } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { instanceInfo, isOnPremises, MAX_BATCH_GET, requireInstanceNames } from "./on-premises-instance.ts";

/** In the order asked for; names that are unknown are left out, because the API has no fault for them here. */
export const batchGetOnPremisesInstances: Operation<
  BatchGetOnPremisesInstancesInput,
  BatchGetOnPremisesInstancesOutput
> = async (input, { store }) => {
  const instanceNames = requireInstanceNames(input.instanceNames);
  if (instanceNames.length > MAX_BATCH_GET) {
    throw new CallerFault(
      "BatchLimitExceededException",
      `instanceNames holds ${instanceNames.length} names: at most ${MAX_BATCH_GET} are allowed in one call. Ask in several calls.`,
    );
  }
  const rows = new Map((await findHosts(store.db, instanceNames)).map((row) => [row.host_id, row]));
  return {
    instanceInfos: instanceNames
      .map((name) => rows.get(name))
      .filter(isOnPremises)
      .map(instanceInfo),
  };
};
