import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { PutGroupSettingsInput } from "@sluice/wire/sluice/sluice-api.ts";
import type { call } from "../../api/call.ts";
import type { AwsCommand } from "../../forms/aws-command.ts";
import { tagChange } from "../../forms/tag-rows.ts";
import { createGroupInput, putSettingsInput, updateGroupInput } from "./group-fields.ts";
import type { GroupForm } from "./group-form-state.ts";

export interface GroupSubject {
  readonly applicationName: string;
  readonly platform: ComputePlatform;
  /** Of an edit: as it was when the form was opened. */
  readonly before?:
    | { readonly group: DeploymentGroupInfo; readonly form: GroupForm; readonly arn: string | undefined }
    | undefined;
}

/** Which calls a form comes to, in their order. */
interface GroupCalls {
  readonly create?: ReturnType<typeof createGroupInput> | undefined;
  readonly update?: NonNullable<ReturnType<typeof updateGroupInput>> | undefined;
  readonly settings?: PutGroupSettingsInput | undefined;
  readonly tag?: { readonly ResourceArn: string; readonly Tags: { Key: string; Value: string }[] } | undefined;
  readonly untag?: { readonly ResourceArn: string; readonly TagKeys: string[] } | undefined;
}

export function groupCalls({ applicationName, platform, before }: GroupSubject, form: GroupForm): GroupCalls {
  if (before === undefined) {
    return {
      create: createGroupInput(applicationName, form, platform),
      settings: putSettingsInput(applicationName, form.name, form.settings, platform) ?? undefined,
    };
  }
  const { added, removedKeys } = tagChange(before.form.tags, form.tags);
  // The tags move with the name.
  const arn = before.arn && `${before.arn.slice(0, before.arn.lastIndexOf("/"))}/${form.name}`;
  return {
    update: updateGroupInput(applicationName, before.group, before.form, form, platform) ?? undefined,
    settings: putSettingsInput(applicationName, form.name, form.settings, platform, before.form.settings) ?? undefined,
    ...(arn !== undefined && added.length > 0 && { tag: { ResourceArn: arn, Tags: [...added] } }),
    ...(arn !== undefined && removedKeys.length > 0 && { untag: { ResourceArn: arn, TagKeys: [...removedKeys] } }),
  };
}

export async function saveGroup(subject: GroupSubject, form: GroupForm, send: typeof call): Promise<void> {
  const { create, update, settings, tag, untag } = groupCalls(subject, form);
  if (create) await send("CodeDeploy", "CreateDeploymentGroup", create);
  if (update) await send("CodeDeploy", "UpdateDeploymentGroup", update);
  if (settings) await send("Sluice", "PutGroupSettings", settings);
  // Removed first: a group at its limit has room for the new ones then.
  if (untag) await send("CodeDeploy", "UntagResource", untag);
  if (tag) await send("CodeDeploy", "TagResource", tag);
}

/** The same by the command line. */
export function groupCommands(subject: GroupSubject, form: GroupForm): (AwsCommand | string)[] {
  const { create, update, settings, tag, untag } = groupCalls(subject, form);
  return [
    ...(create ? [command("create-deployment-group", create)] : []),
    ...(update ? [command("update-deployment-group", update)] : []),
    ...(settings ? [settingsCommand(settings)] : []),
    ...(untag ? [command("untag-resource", untag)] : []),
    ...(tag ? [command("tag-resource", tag)] : []),
  ];
}

function command(verb: string, input: object): AwsCommand {
  return { verb, input: input as Readonly<Record<string, unknown>> };
}

/** CodeDeploy has no word for them. */
function settingsCommand(settings: PutGroupSettingsInput): string {
  const { applicationName, deploymentGroupName, deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly } =
    settings;
  const options = [
    ["--application", applicationName],
    ["--group", deploymentGroupName],
    ["--deploy-to-late-hosts", onOrOff(deployToLateHosts)],
    ["--hook-timeout", hookTimeoutSeconds === undefined ? undefined : `${hookTimeoutSeconds}s`],
    ["--hook-must-answer", onOrOff(hookMustAnswer)],
    ["--fail-early", onOrOff(failEarly)],
  ];
  const written = options.flatMap(([option, value]) =>
    value === undefined ? [] : ` \\\n  ${option} ${shellWord(value)}`,
  );
  return `sluice groups settings${written.join("")}`;
}

function onOrOff(setting: boolean | undefined): string | undefined {
  return setting === undefined ? undefined : setting ? "on" : "off";
}
