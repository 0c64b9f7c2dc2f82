import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { GroupSettings } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, Option } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  parseDuration,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { countDeployments, deletionCommand, historyWords } from "../groups/deleted-history.ts";
import { addGroupOptions, checkNewGroup, type GroupOptions, groupFields, withRole } from "../groups/group-options.ts";
import { formatGroup, selectionWords, whatIsMissing } from "../groups/group-words.ts";
import { print, printJson } from "../output.ts";
import { collected, inBatches } from "../place/all-pages.ts";
import { listApplications, listGroups } from "../place/listings.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { confirm } from "../terminal/confirm.ts";
import { formatTable } from "../terminal/printing.ts";

interface SettingsOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly deployToLateHosts?: "on" | "off";
  readonly hookTimeout?: number;
  readonly hookMustAnswer?: "on" | "off";
  readonly failEarly?: "on" | "off";
}

interface NamedOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
}

interface DeleteOptions extends NamedOptions {
  readonly yes?: boolean;
}

interface ListOptions extends ClientOptions {
  readonly application?: string;
}

interface UpdateOptions extends GroupOptions {
  readonly newName?: string;
}

/** BatchGetDeploymentGroups takes at most so many names (codedeploy-api.json). */
const MAX_GROUPS_BATCH = 100;

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  defineCreate(command);
  defineUpdate(command);
  defineDelete(command);
  defineSettings(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list the deployment groups");
  list.option("--application <name>", "only of this application");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice groups list --data .sluice/up", "sluice groups list --application web --data .sluice/up");
  list.action(async (options: ListOptions) => {
    using connection = connect(options);
    const { application } = options;
    const applications =
      application === undefined ? await collected(listApplications(connection.codeDeploy)) : [application];
    const groups: DeploymentGroupInfo[] = [];
    for (const applicationName of applications) groups.push(...(await readGroups(connection, applicationName)));
    if (options.json) printJson(groups);
    else if (groups.length > 0) print(formatGroups(groups));
    else print("No groups. Create one: sluice groups create --help");
  });
}

function defineShow(parent: Command): void {
  const show = addNames(parent.command("show").description("show a deployment group"));
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice groups show --application web --group demo --data .sluice/up");
  show.action(async (options: NamedOptions) => {
    using connection = connect(options);
    const group = await readGroup(connection, options);
    if (options.json) printJson(group);
    else print(formatGroup(group));
  });
}

function defineCreate(parent: Command): void {
  const create = addGroupOptions(parent.command("create").description("create a deployment group"));
  addJsonOption(addClientOptions(create));
  addExamples(
    create,
    "sluice groups create --application web --group demo --tag Environment=up --data .sluice/up",
    "sluice groups create --application web --group prod --tag Environment=prod --config CodeDeployDefault.HalfAtATime --auto-rollback failure,alarm --target-group web --alarm errors",
    "sluice groups create --application shop --group live --ecs-service demo/shop --target-group blue --target-group green --listener ARN --auto-rollback failure",
  );
  create.action(async (options: GroupOptions) => {
    const fields = withRole(await groupFields(options, undefined));
    checkNewGroup(options, fields);
    using connection = connect(options);
    const created = await connection.codeDeploy.call("CreateDeploymentGroup", {
      ...fields,
      applicationName: options.application,
      deploymentGroupName: options.group,
    });
    if (options.json) {
      printJson(created);
      return;
    }
    const group = await readGroup(connection, options);
    const missing = whatIsMissing(group);
    const what = group.computePlatform === "Server" ? "DIRECTORY" : "APPSPEC_FILE";
    const next = `Next: sluice deploy ${what} --application ${options.application} --group ${options.group} --watch`;
    print([`The group ${options.group} is created.`, ...(missing.length > 0 ? missing : [next])].join("\n"));
  });
}

function defineUpdate(parent: Command): void {
  const update = addGroupOptions(parent.command("update").description("change a deployment group"));
  update.option("--new-name <name>", "its new name");
  addJsonOption(addClientOptions(update));
  addExamples(
    update,
    "sluice groups update --application web --group demo --auto-rollback failure --data .sluice/up",
    "sluice groups update --application web --group demo --new-name prod --data .sluice/up",
  );
  update.addHelpText("after", "\nOmitted fields keep their values; a given field is replaced completely.");
  update.action(async (options: UpdateOptions) => {
    using connection = connect(options);
    const { deploymentStyle } = await readGroup(connection, options);
    const fields = await groupFields(options, deploymentStyle);
    if (Object.keys(fields).length === 0 && options.newName === undefined) {
      throw new CommandFailed("nothing to change: give an option, or --from-json FILE", { exitStatus: EXIT_USAGE });
    }
    await connection.codeDeploy.call("UpdateDeploymentGroup", {
      ...fields,
      applicationName: options.application,
      currentDeploymentGroupName: options.group,
      ...(options.newName === undefined ? {} : { newDeploymentGroupName: options.newName }),
    });
    const group = await readGroup(connection, { ...options, group: options.newName ?? options.group });
    if (options.json) printJson(group);
    else print(formatGroup(group));
  });
}

function defineDelete(parent: Command): void {
  const remove = addNames(
    parent.command("delete").description("delete a deployment group and the history of its deployments"),
  );
  remove.option("--yes", "do not ask for confirmation; required without a terminal");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice groups delete --application web --group demo --yes --data .sluice/up");
  remove.addHelpText(
    "after",
    "\nWhat is installed on hosts stays, and so does an ECS service with its tasks. Deployments of the group and their logs are gone, as in CodeDeploy.",
  );
  remove.action(async (options: DeleteOptions) => {
    using connection = connect(options);
    // The API's deletion says nothing of a group that does not exist: a mistyped name would look deleted.
    await readGroup(connection, options);
    const { application, group, data } = options;
    const count = await countDeployments(connection, application, [group]);
    await confirm({
      what: `The group ${group} of ${application} will be deleted, with ${historyWords(count)}`,
      isGiven: options.yes ?? false,
      command: deletionCommand(["groups", "delete", "--application", application, "--group", group], data),
    });
    const deleted = await connection.codeDeploy.call("DeleteDeploymentGroup", {
      applicationName: options.application,
      deploymentGroupName: options.group,
    });
    if (options.json) printJson(deleted);
    else print(`The group ${options.group} of ${options.application} is deleted`);
  });
}

function addNames(command: Command): Command {
  return command
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group");
}

async function readGroup(
  { codeDeploy }: Connection,
  { application, group }: Pick<NamedOptions, "application" | "group">,
): Promise<DeploymentGroupInfo> {
  const { deploymentGroupInfo } = await codeDeploy.call("GetDeploymentGroup", {
    applicationName: application,
    deploymentGroupName: group,
  });
  return deploymentGroupInfo ?? {};
}

async function readGroups(connection: Connection, applicationName: string): Promise<DeploymentGroupInfo[]> {
  const names = await collected(listGroups(connection.codeDeploy, applicationName));
  const groups: DeploymentGroupInfo[] = [];
  for (const deploymentGroupNames of inBatches(names, MAX_GROUPS_BATCH)) {
    const input = { applicationName, deploymentGroupNames };
    groups.push(...((await connection.codeDeploy.call("BatchGetDeploymentGroups", input)).deploymentGroupsInfo ?? []));
  }
  return groups;
}

function formatGroups(groups: readonly DeploymentGroupInfo[]): string {
  return formatTable(
    ["GROUP", "PLATFORM", "LAST ATTEMPT", "DEPLOYS TO"],
    groups.map((group) => [
      `${group.applicationName}/${group.deploymentGroupName}`,
      group.computePlatform ?? "",
      group.lastAttemptedDeployment
        ? `${group.lastAttemptedDeployment.deploymentId} ${group.lastAttemptedDeployment.status}`
        : "-",
      [
        selectionWords(group.ec2TagFilters, group.ec2TagSet?.ec2TagSetList),
        selectionWords(group.onPremisesInstanceTagFilters, group.onPremisesTagSet?.onPremisesTagSetList),
        group.computePlatform === "Lambda" ? "the AppSpec's function" : "",
        ...(group.ecsServices ?? []).map(({ clusterName, serviceName }) => `${clusterName}/${serviceName}`),
      ]
        .filter((words) => words !== "")
        .join(" or ") || "-",
    ]),
  );
}

function defineSettings(command: Command): void {
  const settings = command
    .command("settings")
    .description("show or change the settings of a group that CodeDeploy does not have");
  settings
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .addOption(
      new Option(
        "--deploy-to-late-hosts <on|off>",
        "whether hosts that join the group later get its last successful revision automatically",
      ).choices(["on", "off"]),
    )
    .addOption(
      new Option("--hook-timeout <duration>", "in which a hook has to answer, such as 10m (ECS and Lambda)").argParser(
        parseDuration,
      ),
    )
    .addOption(
      new Option(
        "--hook-must-answer <on|off>",
        "whether a hook that returns without an answer fails at once, and nobody else may answer for it (ECS and Lambda)",
      ).choices(["on", "off"]),
    )
    .addOption(
      new Option(
        "--fail-early <on|off>",
        "whether a deployment fails as soon as its replacement tasks keep stopping (ECS)",
      ).choices(["on", "off"]),
    );
  addJsonOption(addClientOptions(settings));
  addExamples(
    settings,
    "sluice groups settings --application web --group demo --data .sluice/up",
    "sluice groups settings --application web --group demo --deploy-to-late-hosts on --data .sluice/up",
    "sluice groups settings --application shop --group web --hook-timeout 10m --fail-early off --data .sluice/up",
  );
  settings.action(async (options: SettingsOptions) => {
    using connection = connect(options);
    const group = { applicationName: options.application, deploymentGroupName: options.group };
    const change = settingsChange(options);
    const answer =
      Object.keys(change).length === 0
        ? await connection.sluice.call("GetGroupSettings", group)
        : await connection.sluice.call("PutGroupSettings", { ...group, ...change });
    if (options.json) printJson(answer);
    else print(formatSettings(answer));
  });
}

function settingsChange({
  deployToLateHosts,
  hookTimeout,
  hookMustAnswer,
  failEarly,
}: SettingsOptions): Partial<GroupSettings> {
  return {
    ...(deployToLateHosts === undefined ? {} : { deployToLateHosts: deployToLateHosts === "on" }),
    ...(hookTimeout === undefined ? {} : { hookTimeoutSeconds: hookTimeout }),
    ...(hookMustAnswer === undefined ? {} : { hookMustAnswer: hookMustAnswer === "on" }),
    ...(failEarly === undefined ? {} : { failEarly: failEarly === "on" }),
  };
}

/** What the group's platform does not have the server leaves out. */
function formatSettings({ deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly }: GroupSettings): string {
  const lines = [
    ...(hookTimeoutSeconds === undefined ? [`deploy-to-late-hosts ${onOrOff(deployToLateHosts)}`] : []),
    ...(hookTimeoutSeconds === undefined ? [] : [`hook-timeout ${hookTimeoutSeconds}s`]),
    ...(hookMustAnswer === undefined ? [] : [`hook-must-answer ${onOrOff(hookMustAnswer)}`]),
    ...(failEarly === undefined ? [] : [`fail-early ${onOrOff(failEarly)}`]),
  ];
  return lines.join("\n");
}

function onOrOff(isOn: boolean): string {
  return isOn ? "on" : "off";
}
