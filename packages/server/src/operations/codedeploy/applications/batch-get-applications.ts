import type { BatchGetApplicationsInput, BatchGetApplicationsOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_APPLICATIONS } from "@sluice/model/limits.ts";
import { findApplications } from "../../../store/applications.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { applicationMissing } from "../checks/known-resources.ts";
import { requireApplicationNames } from "../checks/required-lists.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { applicationInfo } from "../views/application-info.ts";

/** In the order asked for. One unknown name fails the whole batch. */
export const batchGetApplications: CodeDeployOperation<BatchGetApplicationsInput, BatchGetApplicationsOutput> = async (
  input,
  { store },
) => {
  const given = requireApplicationNames(input.applicationNames, "applicationNames");
  checkBatchSize("applicationNames", given, MAX_BATCH_APPLICATIONS);
  const names = given.map((name) => requireApplicationName(name, "applicationNames"));
  const rows = new Map((await findApplications(store.db, names)).map((row) => [row.application_name, row]));
  return {
    applicationsInfo: names.map((name) => {
      const row = rows.get(name);
      if (!row) throw applicationMissing(name);
      return applicationInfo(row);
    }),
  };
};
