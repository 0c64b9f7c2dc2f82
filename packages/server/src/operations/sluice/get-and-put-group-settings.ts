import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { GetGroupSettingsInput, GroupSettings, PutGroupSettingsInput } from "@sluice/wire/sluice/sluice-api.ts";
import type { ApplicationRow } from "../../store/applications.ts";
import type { DeploymentGroupRow } from "../../store/deployment-groups.ts";
import { changeGroupSettings, settingsOf } from "../../store/group-settings.ts";
import { requireApplication, requireDeploymentGroup } from "../codedeploy/checks/known-resources.ts";
import { requireApplicationName, requireDeploymentGroupName } from "../codedeploy/checks/required-names.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

export const getGroupSettings: Operation<GetGroupSettingsInput, GroupSettings, SluiceContext> = async (
  input,
  context,
) => settingsOf((await findGroup(input, context)).group);

/** Answers the settings as they are then. */
export const putGroupSettings: Operation<PutGroupSettingsInput, GroupSettings, SluiceContext> = async (
  input,
  context,
) => {
  const { application, group } = await findGroup(input, context);
  const { deployToLateHosts } = input;
  if (deployToLateHosts && application.compute_platform !== "Server") {
    throw new CallerFault(
      "InvalidComputePlatformException",
      `deployToLateHosts is for groups of hosts, and ${application.application_name} deploys to ${application.compute_platform}: leave it off.`,
    );
  }
  const change = deployToLateHosts === undefined ? {} : { deployToLateHosts };
  const settings = await context.store.write((transaction) => {
    transaction.afterCommit(() => context.runner.groupSettingsChanged());
    return changeGroupSettings(transaction, group.deployment_group_id, change);
  });
  // Deleted since it was found: the fault says so.
  return settings ?? settingsOf((await findGroup(input, context)).group);
};

async function findGroup(
  input: GetGroupSettingsInput,
  { store }: SluiceContext,
): Promise<{ readonly application: ApplicationRow; readonly group: DeploymentGroupRow }> {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  const application = await requireApplication(store.db, applicationName);
  return { application, group: await requireDeploymentGroup(store.db, application, groupName) };
}
