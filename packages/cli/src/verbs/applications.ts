import type { ApplicationInfo } from "@aws-sdk/client-codedeploy";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, Option } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions, collectTag } from "../arguments/options.ts";
import { applicationTags } from "../groups/application-tags.ts";
import { countDeployments, deletionCommand, historyWords } from "../groups/deleted-history.ts";
import { print, printJson } from "../output.ts";
import { collected, inBatches } from "../place/all-pages.ts";
import { listApplications, listGroups } from "../place/listings.ts";
import { connect } from "../place/server-connection.ts";
import { confirm } from "../terminal/confirm.ts";
import { formatAge, formatFields, formatTable, formatTags } from "../terminal/printing.ts";

interface CreateOptions extends ClientOptions {
  readonly platform: "Server" | "ECS" | "Lambda";
  readonly tag?: readonly Tag[];
}

interface DeleteOptions extends ClientOptions {
  readonly yes?: boolean;
}

interface UpdateOptions extends ClientOptions {
  readonly newName: string;
}

/** BatchGetApplications takes at most so many names (codedeploy-api.json). */
const MAX_APPLICATIONS_BATCH = 100;

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  defineCreate(command);
  defineUpdate(command);
  defineDelete(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list the applications");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice applications list --data .sluice/up");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const names = await collected(listApplications(connection.codeDeploy));
    const applications: ApplicationInfo[] = [];
    for (const applicationNames of inBatches(names, MAX_APPLICATIONS_BATCH)) {
      const { applicationsInfo } = await connection.codeDeploy.call("BatchGetApplications", { applicationNames });
      applications.push(...(applicationsInfo ?? []));
    }
    if (options.json) printJson(applications);
    else if (applications.length > 0) print(formatApplications(applications, new Date()));
    else print("No applications. Create one: sluice applications create NAME");
  });
}

function defineShow(parent: Command): void {
  const show = parent.command("show").description("show an application and its deployment groups");
  show.argument("<name>", "the application");
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice applications show web --data .sluice/up");
  show.action(async (applicationName: string, options: ClientOptions) => {
    using connection = connect(options);
    const { application } = await connection.codeDeploy.call("GetApplication", { applicationName });
    const tags = await applicationTags(connection, application?.applicationName ?? applicationName);
    if (options.json) {
      printJson({ ...application, tags });
      return;
    }
    const groups = await collected(listGroups(connection.codeDeploy, applicationName));
    print(
      formatFields([
        ["application", application?.applicationName],
        ["id", application?.applicationId],
        ["platform", application?.computePlatform],
        ["created", application?.createTime?.toISOString()],
        ["tags", formatTags(tags) || "none"],
        ["groups", groups.join("\n") || "none. Create one: sluice groups create --help"],
      ]),
    );
  });
}

function defineCreate(parent: Command): void {
  const create = parent.command("create").description("create an application");
  create
    .argument("<name>", "the application's name")
    .addOption(
      new Option("--platform <platform>", "the compute platform: hosts (Server), an ECS service or a Lambda function")
        .choices(["Server", "ECS", "Lambda"])
        .default("Server"),
    )
    .option("--tag <key=value>", "a tag of the application, not of hosts (repeatable)", collectTag);
  addJsonOption(addClientOptions(create));
  addExamples(
    create,
    "sluice applications create web --data .sluice/up",
    "sluice applications create shop --platform ECS --data .sluice/up",
  );
  create.action(async (applicationName: string, { platform, tag, ...options }: CreateOptions) => {
    using connection = connect(options);
    const created = await connection.codeDeploy.call("CreateApplication", {
      applicationName,
      computePlatform: platform,
      ...(tag === undefined ? {} : { tags: [...tag] }),
    });
    if (options.json) printJson(created);
    else
      print(
        `The application ${applicationName} is created. Next: sluice groups create --application ${applicationName} --group NAME${platform === "ECS" ? " --ecs-service CLUSTER/SERVICE --target-group BLUE --target-group GREEN --listener ARN" : ""}`,
      );
  });
}

function defineUpdate(parent: Command): void {
  const update = parent.command("update").description("rename an application");
  update.argument("<name>", "the application").requiredOption("--new-name <name>", "its new name");
  addJsonOption(addClientOptions(update));
  addExamples(update, "sluice applications update web --new-name shop --data .sluice/up");
  update.action(async (applicationName: string, { newName, ...options }: UpdateOptions) => {
    using connection = connect(options);
    await connection.codeDeploy.call("UpdateApplication", { applicationName, newApplicationName: newName });
    if (options.json) printJson({ applicationName: newName });
    else print(`The application ${applicationName} is now called ${newName}`);
  });
}

function defineDelete(parent: Command): void {
  const remove = parent
    .command("delete")
    .description("delete an application, its groups and the history of their deployments");
  remove.argument("<name>", "the application");
  remove.option("--yes", "do not ask for confirmation; required without a terminal");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice applications delete web --yes --data .sluice/up");
  remove.addHelpText(
    "after",
    "\nWhat is installed on hosts stays, and so do ECS services with their tasks, and the bundles in the bucket. Deployments and their logs are gone, as in CodeDeploy.",
  );
  remove.action(async (applicationName: string, options: DeleteOptions) => {
    using connection = connect(options);
    // The API's deletion says nothing of an application that does not exist: a mistyped name would look deleted.
    await connection.codeDeploy.call("GetApplication", { applicationName });
    const groups = await collected(listGroups(connection.codeDeploy, applicationName));
    const count = await countDeployments(connection, applicationName, groups);
    const groupWords = groups.length === 1 ? "1 group" : `${groups.length} groups`;
    await confirm({
      what: `The application ${applicationName} will be deleted, with ${groupWords} and ${historyWords(count)}`,
      isGiven: options.yes ?? false,
      command: deletionCommand(["applications", "delete", applicationName], options.data),
    });
    await connection.codeDeploy.call("DeleteApplication", { applicationName });
    if (options.json) printJson({ applicationName });
    else print(`The application ${applicationName} is deleted`);
  });
}

function formatApplications(applications: readonly ApplicationInfo[], now: Date): string {
  return formatTable(
    ["APPLICATION", "PLATFORM", "CREATED"],
    applications.map(({ applicationName, computePlatform, createTime }) => [
      applicationName ?? "",
      computePlatform ?? "",
      createTime === undefined ? "" : formatAge(now.getTime() - createTime.getTime()),
    ]),
  );
}
