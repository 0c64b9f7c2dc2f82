import type { BatchGetApplicationRevisionsInput, BatchGetApplicationRevisionsOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_REVISIONS } from "@sluice/model/limits.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { REVISION_LOCATION } from "../../../store/columns/catalogue-columns.ts";
import { groupNamesByTargetRevision } from "../../../store/deployment-groups.ts";
import { findRevisions } from "../../../store/revisions.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { requireApplication } from "../checks/known-resources.ts";
import { requireRevisions } from "../checks/required-lists.ts";
import { requireRevision } from "../checks/revision-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { genericRevisionInfo } from "../views/revision-info.ts";

/** In the order asked for; what is not registered is left out and named in `errorMessage`, which is otherwise empty. */
export const batchGetApplicationRevisions: CodeDeployOperation<
  BatchGetApplicationRevisionsInput,
  BatchGetApplicationRevisionsOutput
> = async (input, { store: { db } }) => {
  const applicationName = requireApplicationName(input.applicationName);
  const given = requireRevisions(input.revisions, "revisions");
  checkBatchSize("revisions", given, MAX_BATCH_REVISIONS);
  const keys = given.map((revision, index) => revisionKey(requireRevision(revision, `revisions[${index}]`)));
  const { application_id: applicationId } = await requireApplication(db, applicationName);
  const rows = await findRevisions(db, applicationId, keys);
  const groupNames = await groupNamesByTargetRevision(db, applicationId);
  const missing = keys.filter((key) => !rows.has(key));
  return {
    applicationName,
    errorMessage:
      missing.length > 0 ? `Not registered in the application ${applicationName}: ${missing.join(", ")}` : "",
    revisions: keys.flatMap((key) => {
      const row = rows.get(key);
      if (!row) return [];
      return {
        revisionLocation: REVISION_LOCATION.read(row),
        genericRevisionInfo: genericRevisionInfo(row, groupNames.get(key) ?? []),
      };
    }),
  };
};
