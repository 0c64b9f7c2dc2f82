import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_HOOK_TIMEOUT_SECONDS, MIN_HOOK_TIMEOUT_SECONDS } from "@sluice/model/limits.ts";
import type { GetGroupSettingsInput, GroupSettings, PutGroupSettingsInput } from "@sluice/wire/sluice/sluice-api.ts";
import type { ApplicationRow } from "../../store/applications.ts";
import type { GroupSettings as StoredSettings } from "../../store/columns/group-columns.ts";
import type { DeploymentGroupRow } from "../../store/deployment-groups.ts";
import { changeGroupSettings, settingsOf } from "../../store/group-settings.ts";
import { requireApplication, requireDeploymentGroup } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

export const getGroupSettings: Operation<GetGroupSettingsInput, GroupSettings, SluiceContext> = async (
  input,
  context,
) => {
  const { application, group } = await findGroup(input, context);
  return shownSettings(application.compute_platform, settingsOf(group));
};

/** Answers the settings as they are then. */
export const putGroupSettings: Operation<PutGroupSettingsInput, GroupSettings, SluiceContext> = async (
  input,
  context,
) => {
  const { application, group } = await findGroup(input, context);
  const change = requireChange(application, input);
  const settings = await context.store.write((transaction) => {
    transaction.afterCommit(() => context.runner.groupSettingsChanged());
    return changeGroupSettings(transaction, group.deployment_group_id, change);
  });
  // Deleted since it was found: the fault says so.
  return shownSettings(application.compute_platform, settings ?? settingsOf((await findGroup(input, context)).group));
};

function requireChange(
  { application_name, compute_platform }: ApplicationRow,
  { deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly }: PutGroupSettingsInput,
): Partial<StoredSettings> {
  const refuse = (setting: string, of: string, cure: string): never => {
    throw new CallerFault(
      "InvalidComputePlatformException",
      `${setting} is for groups of ${of}, and ${application_name} deploys to ${compute_platform}: ${cure}.`,
    );
  };
  if (deployToLateHosts && compute_platform !== "Server") refuse("deployToLateHosts", "hosts", "leave it off");
  if (hookTimeoutSeconds !== undefined) {
    if (compute_platform === "Server") refuse("hookTimeoutSeconds", "ECS and Lambda", "leave it out");
    requireHookTimeout(hookTimeoutSeconds);
  }
  if (hookMustAnswer !== undefined && compute_platform === "Server") {
    refuse("hookMustAnswer", "ECS and Lambda", "leave it out");
  }
  if (failEarly !== undefined && compute_platform !== "ECS") refuse("failEarly", "ECS", "leave it out");
  return {
    ...(deployToLateHosts === undefined ? {} : { deployToLateHosts }),
    ...(hookTimeoutSeconds === undefined ? {} : { hookTimeoutSeconds }),
    ...(hookMustAnswer === undefined ? {} : { hookMustAnswer }),
    ...(failEarly === undefined ? {} : { failEarly }),
  };
}

function requireHookTimeout(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= MIN_HOOK_TIMEOUT_SECONDS && seconds <= MAX_HOOK_TIMEOUT_SECONDS) return;
  throw new CallerFault(
    "ValidationException",
    `hookTimeoutSeconds is ${seconds}: give whole seconds, ${MIN_HOOK_TIMEOUT_SECONDS} to ${MAX_HOOK_TIMEOUT_SECONDS}.`,
  );
}

/** What means nothing for a platform is not shown of its groups. */
export function shownSettings(
  computePlatform: ComputePlatform,
  { deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly }: StoredSettings,
): GroupSettings {
  return {
    deployToLateHosts,
    ...(computePlatform === "Server" ? {} : { hookTimeoutSeconds, hookMustAnswer }),
    ...(computePlatform === "ECS" ? { failEarly } : {}),
  };
}

async function findGroup(
  input: GetGroupSettingsInput,
  { store }: SluiceContext,
): Promise<{ readonly application: ApplicationRow; readonly group: DeploymentGroupRow }> {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  const application = await requireApplication(store.db, applicationName);
  return { application, group: await requireDeploymentGroup(store.db, application, groupName) };
}
