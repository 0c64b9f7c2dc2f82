import type { CreateDeploymentConfigInput, DeploymentConfigInfo } from "@aws-sdk/client-codedeploy";
import { configInShort, describeConfig } from "@sluice/model/deployment-config-words.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readJsonInput, without } from "../arguments/json-input.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { allPages } from "../place/all-pages.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { formatFields, formatTable } from "../terminal/printing.ts";

type Healthy = NonNullable<CreateDeploymentConfigInput["minimumHealthyHosts"]>;

interface Shift {
  readonly percentage: number;
  readonly minutes: number;
}

interface CreateOptions extends ClientOptions {
  readonly minimumHealthy?: Healthy;
  readonly platform?: "Server" | "ECS" | "Lambda";
  readonly canary?: Shift;
  readonly linear?: Shift;
  readonly fromJson?: string;
}

/** What GetDeploymentConfig answers beyond what CreateDeploymentConfig takes. */
const READ_ONLY_MEMBERS = ["deploymentConfigId", "createTime"];

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  defineCreate(command);
  defineDelete(command);
}

function defineList(parent: Command): void {
  const list = parent.command("list", { isDefault: true }).description("list the deployment configurations");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice configs list --data .sluice/up");
  list.action(async (options: ClientOptions) => {
    using connection = connect(options);
    const configs: DeploymentConfigInfo[] = [];
    for await (const name of listConfigs(connection)) configs.push(await readConfig(connection, name));
    if (options.json) printJson(configs);
    else print(formatConfigs(configs));
  });
}

function defineShow(parent: Command): void {
  const show = parent.command("show").description("show a deployment configuration");
  show.argument("<name>", "the configuration");
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice configs show CodeDeployDefault.OneAtATime --data .sluice/up");
  show.action(async (name: string, options: ClientOptions) => {
    using connection = connect(options);
    const config = await readConfig(connection, name);
    if (options.json) printJson(config);
    else
      print(
        formatFields([
          ["config", config.deploymentConfigName],
          ["id", config.deploymentConfigId],
          ["platform", config.computePlatform],
          ["rule", describeConfig(config)],
          ["created", config.createTime?.toISOString() ?? "predefined"],
        ]),
      );
  });
}

function defineCreate(parent: Command): void {
  const create = parent
    .command("create")
    .description("create a deployment configuration; it cannot be changed afterwards");
  create
    .argument("<name>", "the configuration's name")
    .option("--minimum-healthy <n|n%>", "hosts: how many, or how many percent, have to stay healthy", parseHealthy)
    .addOption(
      new Option("--platform <platform>", "the compute platform (default: Server)").choices([
        "Server",
        "ECS",
        "Lambda",
      ]),
    )
    .option(
      "--canary <percent/minutes>",
      "ECS and Lambda: the first share of the traffic, and the time until the rest",
      parseShift,
    )
    .option(
      "--linear <percent/minutes>",
      "ECS and Lambda: the share of the traffic that moves each time, and the interval",
      parseShift,
    )
    .option("--from-json <file>", "other fields, such as zones, in the API's shape (- is standard input)");
  addJsonOption(addClientOptions(create));
  addExamples(
    create,
    "sluice configs create half --minimum-healthy 50% --data .sluice/up",
    "sluice configs create careful --platform ECS --canary 10%/5m --data .sluice/up",
  );
  create.action(async (deploymentConfigName: string, options: CreateOptions) => {
    const input = { ...(await configInput(options)), deploymentConfigName };
    using connection = connect(options);
    const created = await connection.codeDeploy.call("CreateDeploymentConfig", input);
    if (options.json) printJson(created);
    else print(`The configuration ${deploymentConfigName} is created`);
  });
}

function defineDelete(parent: Command): void {
  const remove = parent.command("delete").description("delete a deployment configuration that no group uses");
  remove.argument("<name>", "the configuration");
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice configs delete half --data .sluice/up");
  remove.action(async (deploymentConfigName: string, options: ClientOptions) => {
    using connection = connect(options);
    // The API's deletion says nothing of a configuration that does not exist: a mistyped name would look deleted.
    await readConfig(connection, deploymentConfigName);
    await connection.codeDeploy.call("DeleteDeploymentConfig", { deploymentConfigName });
    if (options.json) printJson({ deploymentConfigName });
    else print(`The configuration ${deploymentConfigName} is deleted`);
  });
}

async function configInput(options: CreateOptions): Promise<Partial<CreateDeploymentConfigInput>> {
  const { minimumHealthy, platform, canary, linear, fromJson } = options;
  if (canary !== undefined && linear !== undefined) throw usage("--canary and --linear exclude each other");
  if ((canary ?? linear) !== undefined && (platform ?? "Server") === "Server") {
    throw usage("--canary and --linear shift traffic: add --platform ECS or --platform Lambda");
  }
  const base =
    fromJson === undefined
      ? {}
      : await readJsonInput(fromJson, CODEDEPLOY_TABLE.CreateDeploymentConfig.input, (printed) =>
          without(printed, READ_ONLY_MEMBERS),
        );
  if (fromJson === undefined && (minimumHealthy ?? canary ?? linear) === undefined) {
    throw usage("nothing says how to deploy: give --minimum-healthy, --canary, --linear or --from-json");
  }
  return {
    ...base,
    ...(platform === undefined ? {} : { computePlatform: platform }),
    ...(minimumHealthy === undefined ? {} : { minimumHealthyHosts: minimumHealthy }),
    ...(canary === undefined ? {} : { trafficRoutingConfig: canaryConfig(canary) }),
    ...(linear === undefined ? {} : { trafficRoutingConfig: linearConfig(linear) }),
  };
}

function canaryConfig({ percentage, minutes }: Shift): CreateDeploymentConfigInput["trafficRoutingConfig"] {
  const timeBasedCanary = { canaryPercentage: percentage, canaryInterval: minutes };
  return { type: "TimeBasedCanary", timeBasedCanary };
}

function linearConfig({ percentage, minutes }: Shift): CreateDeploymentConfigInput["trafficRoutingConfig"] {
  const timeBasedLinear = { linearPercentage: percentage, linearInterval: minutes };
  return { type: "TimeBasedLinear", timeBasedLinear };
}

function parseHealthy(text: string): Healthy {
  const match = /^(\d{1,9})(%?)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError(`"${text}" is neither a number of hosts nor a percentage, such as 2 or 75%`);
  return { type: match[2] === "%" ? "FLEET_PERCENT" : "HOST_COUNT", value: Number(match[1]) };
}

function parseShift(text: string): Shift {
  const match = /^(\d{1,3})%\/(\d{1,6})m?$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`"${text}" is not PERCENT/MINUTES, such as 10%/5m`);
  return { percentage: Number(match[1]), minutes: Number(match[2]) };
}

function listConfigs({ codeDeploy }: Connection): AsyncGenerator<string> {
  return allPages(
    (nextToken) => codeDeploy.call("ListDeploymentConfigs", { nextToken }),
    ({ deploymentConfigsList }) => deploymentConfigsList,
  );
}

async function readConfig({ codeDeploy }: Connection, deploymentConfigName: string): Promise<DeploymentConfigInfo> {
  const { deploymentConfigInfo } = await codeDeploy.call("GetDeploymentConfig", { deploymentConfigName });
  return deploymentConfigInfo ?? {};
}

function formatConfigs(configs: readonly DeploymentConfigInfo[]): string {
  return formatTable(
    ["CONFIG", "FOR", "RULE"],
    configs.map((config) => [config.deploymentConfigName ?? "", config.computePlatform ?? "", configInShort(config)]),
  );
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}
