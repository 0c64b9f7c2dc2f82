import type { GetApplicationRevisionInput, GetApplicationRevisionOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { REVISION_LOCATION } from "../../../store/columns/catalogue-columns.ts";
import { groupNamesByTargetRevision } from "../../../store/deployment-groups.ts";
import { findRevisions } from "../../../store/revisions.ts";
import { requireApplication } from "../checks/known-resources.ts";
import { requireRevision } from "../checks/revision-input.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { genericRevisionInfo } from "../views/revision-info.ts";

export const getApplicationRevision: CodeDeployOperation<
  GetApplicationRevisionInput,
  GetApplicationRevisionOutput
> = async (input, { store: { db } }) => {
  const applicationName = requireApplicationName(input.applicationName);
  const location = requireRevision(input.revision);
  const { application_id: applicationId } = await requireApplication(db, applicationName);
  const key = revisionKey(location);
  const row = (await findRevisions(db, applicationId, [key])).get(key);
  if (!row) {
    throw new CallerFault(
      "RevisionDoesNotExistException",
      `The revision ${excerpt(revisionName(location))} does not exist in the application ${applicationName}: register it first. \`aws deploy list-application-revisions --application-name ${applicationName}\` shows those that exist.`,
    );
  }
  const groupNames = await groupNamesByTargetRevision(db, applicationId);
  return {
    applicationName,
    revision: REVISION_LOCATION.read(row),
    revisionInfo: genericRevisionInfo(row, groupNames.get(key) ?? []),
  };
};
