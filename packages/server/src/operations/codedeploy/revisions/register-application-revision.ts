import type { RegisterApplicationRevisionInput } from "@aws-sdk/client-codedeploy";
import { checkDescription, requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { registerRevision } from "../../../store/revisions.ts";
import { requireApplication } from "../checks/known-resources.ts";
import { requireRevision } from "../checks/revision-input.ts";
import type { CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";

/** Registering again changes the description, when one is given, and nothing else. */
export const registerApplicationRevision: CodeDeployOperation<RegisterApplicationRevisionInput, NoOutput> = async (
  input,
  context,
) => {
  const name = requireApplicationName(input.applicationName);
  const location = requireRevision(input.revision);
  checkDescription(input.description);
  const registeredAt = context.now();
  await context.store.write(async ({ db }) => {
    const { application_id: applicationId } = await requireApplication(db, name);
    await registerRevision(
      db,
      { applicationId, location, description: input.description ?? "", registeredAt },
      { describe: input.description !== undefined },
    );
  });
  return {};
};
