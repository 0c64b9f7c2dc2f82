import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ProgramResult,
  runProgram,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { ROLE } from "./codedeploy-sdk.fixture.ts";
import { FUNCTIONS_BOUND, functionResources } from "./terraform-functions.fixture.ts";

/**
 * Terraform itself, with the AWS provider where a copy of it is on this machine: nothing is downloaded. The blocks are those of the
 * provider's own acceptance tests (internal/service/deploy): each is added, changed and removed, and after every step a plan has to find
 * nothing to do; and no argument of the three resources is left out, by the schema of the provider. All groups go through a step at once, and one process of the provider serves all: each start of it takes seconds.
 */
const MIRRORS = ["/opt/tf-plugins", join(homedir(), ".terraform.d/plugins"), "/usr/local/share/terraform/plugins"];
const provider = MIRRORS.flatMap((mirror) =>
  globSync(`${mirror}/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*`),
).at(-1);
const terraform = (process.env.PATH ?? "")
  .split(":")
  .map((folder) => join(folder, "terraform"))
  .find((path) => existsSync(path));
const NOTHING_TO_DO = 0;
/** In functionResources. */
const FUNCTION_RESOURCES = 4;

type Block = string;

function block(name: string, ...lines: readonly string[]): Block {
  return [`${name} {`, ...lines, "}"].join("\n");
}

function balancer(kind: "elb_info" | "target_group_info", name: string): Block {
  return block("load_balancer_info", block(kind, `name = "${name}"`));
}

function style(type: "IN_PLACE" | "BLUE_GREEN", option: "WITH_TRAFFIC_CONTROL" | "WITHOUT_TRAFFIC_CONTROL"): Block {
  return block("deployment_style", `deployment_type = "${type}"`, `deployment_option = "${option}"`);
}

interface BlueGreen {
  readonly ready: "STOP_DEPLOYMENT" | "CONTINUE_DEPLOYMENT";
  readonly waitMinutes?: number;
  readonly fleet?: "DISCOVER_EXISTING" | "COPY_AUTO_SCALING_GROUP";
  readonly end: "TERMINATE" | "KEEP_ALIVE";
  readonly endMinutes?: number;
}

function blueGreen({ ready, waitMinutes, fleet, end, endMinutes }: BlueGreen): Block {
  return block(
    "blue_green_deployment_config",
    block(
      "deployment_ready_option",
      `action_on_timeout = "${ready}"`,
      waitMinutes === undefined ? "" : `wait_time_in_minutes = ${waitMinutes}`,
    ),
    fleet === undefined ? "" : block("green_fleet_provisioning_option", `action = "${fleet}"`),
    block(
      "terminate_blue_instances_on_deployment_success",
      `action = "${end}"`,
      endMinutes === undefined ? "" : `termination_wait_time_in_minutes = ${endMinutes}`,
    ),
  );
}

type FilterBlock = "ec2_tag_filter" | "on_premises_instance_tag_filter";

function filter(name: FilterBlock, value: string): Block {
  return block(name, 'key = "filterkey"', 'type = "KEY_AND_VALUE"', `value = "${value}"`);
}

/** What is not in the block the provider sends as an empty text. */
function keyOnly(name: FilterBlock): Block {
  return block(name, 'key = "filterkey"', 'type = "KEY_ONLY"');
}

function valueOnly(name: FilterBlock): Block {
  return block(name, 'type = "VALUE_ONLY"', 'value = "a"');
}

function tagSet(value: string): Block {
  return block("ec2_tag_set", filter("ec2_tag_filter", value));
}

function trigger(name: string, events: string, topic: string): Block {
  return block(
    "trigger_configuration",
    `trigger_name = "${name}"`,
    `trigger_events = ${events}`,
    `trigger_target_arn = "arn:aws:sns:us-east-1:111122223333:${topic}"`,
  );
}

function rollback(isEnabled: boolean, events: string): Block {
  return block("auto_rollback_configuration", `enabled = ${isEnabled}`, `events = ${events}`);
}

function alarms(isEnabled: boolean, names: string, ignoresPollFailure = false): Block {
  const ignore = ignoresPollFailure ? "ignore_poll_alarm_failure = true" : "";
  return block("alarm_configuration", `enabled = ${isEnabled}`, `alarms = ${names}`, ignore);
}

function route(kind: "prod" | "test"): Block {
  const listener = `arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/b/${kind}`;
  return block(`${kind}_traffic_route`, `listener_arns = ["${listener}"]`);
}

function ecs(options: BlueGreen, ...more: readonly Block[]): readonly Block[] {
  return [
    'deployment_config_name = "CodeDeployDefault.ECSAllAtOnce"',
    style("BLUE_GREEN", "WITH_TRAFFIC_CONTROL"),
    blueGreen(options),
    block("ecs_service", 'cluster_name = "c"', 'service_name = "s"'),
    block(
      "load_balancer_info",
      block(
        "target_group_pair_info",
        route("prod"),
        ...more,
        block("target_group", 'name = "blue"'),
        block("target_group", 'name = "green"'),
      ),
    ),
  ];
}

const SHIFTING = [style("BLUE_GREEN", "WITH_TRAFFIC_CONTROL"), balancer("elb_info", "a")];
const STOPS: BlueGreen = {
  ready: "STOP_DEPLOYMENT",
  waitMinutes: 60,
  fleet: "DISCOVER_EXISTING",
  end: "TERMINATE",
  endMinutes: 120,
};
const CONTINUES: BlueGreen = { ready: "CONTINUE_DEPLOYMENT", fleet: "DISCOVER_EXISTING", end: "KEEP_ALIVE" };
const COPIES: BlueGreen = { ...STOPS, fleet: "COPY_AUTO_SCALING_GROUP" };
const LAMBDA = [
  'deployment_config_name = "CodeDeployDefault.LambdaCanary10Percent5Minutes"',
  style("BLUE_GREEN", "WITH_TRAFFIC_CONTROL"),
];
const ASG = 'autoscaling_groups = ["asg"]';
const OTHER_ROLE = "arn:aws:iam::111122223333:role/OtherServiceRole";

/** By the resource's name: its blocks when it is created, changed, and changed once more. */
const GROUPS: Readonly<Record<string, readonly (readonly Block[])[]>> = {
  plain: [[], [], []],
  filters: [[filter("ec2_tag_filter", "a")], [filter("ec2_tag_filter", "b")], []],
  tag_sets: [[tagSet("a")], [tagSet("b")], []],
  filters_and_sets: [[filter("ec2_tag_filter", "a")], [tagSet("a")], [filter("ec2_tag_filter", "a")]],
  on_premises: [[filter("on_premises_instance_tag_filter", "a")], [filter("on_premises_instance_tag_filter", "b")], []],
  triggers: [
    [trigger("t", '["DeploymentFailure"]', "one")],
    [trigger("t", '["DeploymentSuccess", "DeploymentFailure"]', "one"), trigger("u", '["InstanceFailure"]', "two")],
    [],
  ],
  rollback_deleted: [
    [rollback(true, '["DEPLOYMENT_FAILURE"]')],
    [rollback(true, '["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]')],
    [],
  ],
  rollback_disabled: [[rollback(true, '["DEPLOYMENT_FAILURE"]')], [rollback(false, '["DEPLOYMENT_FAILURE"]')], []],
  alarms_deleted: [[alarms(true, '["a"]')], [alarms(true, '["a", "b"]', true)], []],
  alarms_disabled: [[alarms(true, '["a"]')], [alarms(false, '["a"]')], []],
  style_updated: [SHIFTING, [style("IN_PLACE", "WITHOUT_TRAFFIC_CONTROL")], []],
  style_deleted: [SHIFTING, [], SHIFTING],
  load_balancer: [[balancer("elb_info", "a")], [balancer("elb_info", "b")], []],
  target_group: [[balancer("target_group_info", "a")], [balancer("target_group_info", "b")], []],
  balancer_of_another_kind: [
    [balancer("elb_info", "a")],
    [balancer("target_group_info", "a")],
    [balancer("elb_info", "a")],
  ],
  traffic_control: [
    [style("IN_PLACE", "WITH_TRAFFIC_CONTROL"), balancer("elb_info", "a")],
    [...SHIFTING, blueGreen(CONTINUES)],
    [],
  ],
  blue_green: [[...SHIFTING, blueGreen(STOPS)], [...SHIFTING, blueGreen(CONTINUES)], []],
  blue_green_deleted: [[...SHIFTING, blueGreen(STOPS)], [], [...SHIFTING, blueGreen(STOPS)]],
  blue_green_copy: [
    [ASG, ...SHIFTING, blueGreen(COPIES)],
    [ASG, ...SHIFTING, blueGreen({ ...COPIES, end: "KEEP_ALIVE", endMinutes: 0 })],
    [],
  ],
  outdated_instances: [['outdated_instances_strategy = "UPDATE"'], ['outdated_instances_strategy = "IGNORE"'], []],
  termination_hook: [["termination_hook_enabled = true"], ["termination_hook_enabled = false"], []],
  filters_of_one_half: [
    [keyOnly("ec2_tag_filter"), valueOnly("on_premises_instance_tag_filter")],
    [valueOnly("ec2_tag_filter"), keyOnly("on_premises_instance_tag_filter")],
    [keyOnly("ec2_tag_filter")],
  ],
  role_and_config: [
    [`service_role_arn = "${ROLE}"`],
    [
      `service_role_arn = "${OTHER_ROLE}"`,
      "deployment_config_name = aws_codedeploy_deployment_config.hosts.deployment_config_name",
    ],
    [`service_role_arn = "${ROLE}"`],
  ],
  renamed: [[], [], []],
  tags: [['tags = { a = "1" }'], ['tags = { a = "2", b = "" }'], []],
  lambda: [[...LAMBDA, rollback(true, '["DEPLOYMENT_FAILURE"]')], [...LAMBDA, alarms(true, '["errors"]')], LAMBDA],
  ecs: [
    ecs({ ready: "CONTINUE_DEPLOYMENT", end: "TERMINATE", endMinutes: 5 }),
    ecs({ ready: "STOP_DEPLOYMENT", waitMinutes: 30, end: "TERMINATE", endMinutes: 60 }, route("test")),
    ecs({ ready: "CONTINUE_DEPLOYMENT", end: "TERMINATE", endMinutes: 5 }),
  ],
};

const PROVIDER = `
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
`;

/** On every resource that has tags, beside its own. */
const DEFAULT_TAGS = ['{ owner = "shop" }', '{ owner = "web", stage = "" }', "{}"];

/** By the resource's name, its platform; another one is a replacement, and another name is not. */
const APPLICATIONS: Readonly<Record<string, readonly string[]>> = {
  server: ["Server", "Server", "Server"],
  ecs: ["ECS", "ECS", "ECS"],
  lambda: ["Lambda", "Lambda", "Lambda"],
  replaced: ["Server", "ECS", "Lambda"],
  renamed: ["Server", "Server", "Server"],
};

/** Every change of one is a replacement under its name. */
function configs(step: number): Readonly<Record<string, readonly Block[]>> {
  return { ...CONFIGS, replaced: [block("minimum_healthy_hosts", 'type = "HOST_COUNT"', `value = ${step}`)] };
}

const CONFIGS: Readonly<Record<string, readonly Block[]>> = {
  hosts: [block("minimum_healthy_hosts", 'type = "HOST_COUNT"', "value = 2")],
  percent: [block("minimum_healthy_hosts", 'type = "FLEET_PERCENT"', "value = 50")],
  zones: [
    block("minimum_healthy_hosts", 'type = "HOST_COUNT"', "value = 1"),
    block(
      "zonal_config",
      "first_zone_monitor_duration_in_seconds = 60",
      "monitor_duration_in_seconds = 30",
      block("minimum_healthy_hosts_per_zone", 'type = "HOST_COUNT"', "value = 1"),
    ),
  ],
  linear: [
    'compute_platform = "Lambda"',
    block(
      "traffic_routing_config",
      'type = "TimeBasedLinear"',
      block("time_based_linear", "interval = 5", "percentage = 10"),
    ),
  ],
  at_once: ['compute_platform = "ECS"', block("traffic_routing_config", 'type = "AllAtOnce"')],
  canary: [
    'compute_platform = "ECS"',
    block(
      "traffic_routing_config",
      'type = "TimeBasedCanary"',
      block("time_based_canary", "interval = 10", "percentage = 20"),
    ),
  ],
};

const LAST_STEP = 2;

/** What the resource is called: those that are renamed get another name at every step. */
function nameAt(step: number, name: string): string {
  return name === "renamed" ? `renamed-${step}` : name;
}

/** By the resource's address, with the id under which it is imported after the last step. */
const RESOURCES: readonly (readonly [address: string, id: string])[] = [
  ...Object.keys(APPLICATIONS).map(
    (name) => [`aws_codedeploy_app.${name}`, `acceptance-${nameAt(LAST_STEP, name)}`] as const,
  ),
  ...Object.keys(configs(LAST_STEP)).map(
    (name) => [`aws_codedeploy_deployment_config.${name}`, `acceptance-${name}`] as const,
  ),
  ...Object.keys(GROUPS).map(
    (name) =>
      [
        `aws_codedeploy_deployment_group.${name}`,
        `acceptance-${applicationOf(name)}:${nameAt(LAST_STEP, name)}`,
      ] as const,
  ),
];

function applicationOf(group: string): string {
  return group === "ecs" || group === "lambda" ? group : "server";
}

function configuration(step: number): string {
  const tags = block("default_tags", `tags = ${DEFAULT_TAGS[step]}`);
  const provider = block('provider "aws"', 'region = "us-east-1"', tags);
  const applications = Object.entries(APPLICATIONS).map(([name, platforms]) =>
    block(
      `resource "aws_codedeploy_app" "${name}"`,
      `name = "acceptance-${nameAt(step, name)}"`,
      `compute_platform = "${platforms[step]}"`,
      `tags = { step = "${step}" }`,
    ),
  );
  const deploymentConfigs = Object.entries(configs(step)).map(([name, blocks]) =>
    block(
      `resource "aws_codedeploy_deployment_config" "${name}"`,
      `deployment_config_name = "acceptance-${name}"`,
      ...blocks,
    ),
  );
  const groups = Object.entries(GROUPS).map(([name, steps]) =>
    block(
      `resource "aws_codedeploy_deployment_group" "${name}"`,
      `app_name = aws_codedeploy_app.${applicationOf(name)}.name`,
      `deployment_group_name = "${nameAt(step, name)}"`,
      ...(name === "role_and_config" ? [] : [`service_role_arn = "${ROLE}"`]),
      ...(steps[step] ?? []),
    ),
  );
  return [PROVIDER, provider, ...applications, ...deploymentConfigs, ...groups].join("\n");
}

/** A block of the provider's schema, as `terraform providers schema -json` has it. */
interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, { readonly optional?: boolean; readonly required?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

interface Schemas {
  readonly provider_schemas: Readonly<
    Record<string, { readonly resource_schemas: Readonly<Record<string, { readonly block: SchemaBlock }>> }>
  >;
}

/** The paths of all arguments that somebody can give: `load_balancer_info.elb_info.name`. */
function argumentsOf({ attributes = {}, block_types = {} }: SchemaBlock, before = ""): readonly string[] {
  const given = Object.entries(attributes).filter(([, { optional, required }]) => optional || required);
  const inner = Object.entries(block_types).flatMap(([name, { block }]) => argumentsOf(block, `${before}${name}.`));
  return [...given.map(([name]) => `${before}${name}`), ...inner];
}

/** The paths at which a resource in the state has a value that is more than a default. */
function valuesOf(value: unknown, before = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, before));
  if (typeof value !== "object" || value === null) return value ? [before] : [];
  const inner = Object.entries(value).flatMap(([name, item]) => valuesOf(item, before ? `${before}.${name}` : name));
  return before && inner.length > 0 ? [before, ...inner] : inner;
}

function imports(): string {
  return RESOURCES.map(([address, id]) => block("import", `to = ${address}`, `id = "${id}"`)).join("\n");
}

/** Starts the provider for many runs of Terraform; resolves with the process and with what leads Terraform to it. */
async function startProvider(environment: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; reattach: string }> {
  const child = spawn(provider ?? "", ["-debug"], { env: environment, stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const reattach = /TF_REATTACH_PROVIDERS='(.*)'/.exec(line)?.[1];
    if (reattach !== undefined) return { child, reattach };
  }
  throw new Error("The provider ended before it said how to reach it.");
}

describe.skipIf(!provider || !terraform)("Terraform's aws_codedeploy and aws_lambda resources", () => {
  let server: SluiceServer;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let child: ChildProcess | undefined;
  let schemas: Promise<Schemas> | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-terraform-"));
    const cliConfig = join(folder, "cli.tfrc");
    writeFileSync(cliConfig, "");
    const config = join(folder, "sluice.yml");
    writeFileSync(config, FUNCTIONS_BOUND);
    server = await startSluiceServer({ args: ["--config", config] });
    environment = { ...(await server.environment()), TF_CLI_CONFIG_FILE: cliConfig, CHECKPOINT_DISABLE: "1" };
    const started = await startProvider(environment);
    child = started.child;
    environment = { ...environment, TF_REATTACH_PROVIDERS: started.reattach };
  });

  afterAll(async () => {
    child?.kill();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (place: string, ...args: readonly string[]): Promise<ProgramResult> =>
    runProgram(terraform ?? "", [`-chdir=${join(folder, place)}`, ...args, "-no-color", "-input=false"], environment);

  const apply = async (place: string, text: string): Promise<string> => {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, "main.tf"), text);
    const { stdout, stderr } = await run(place, "apply", "-auto-approve");
    expect(stderr).toBe("");
    return stdout;
  };

  /** By the resource's type, the paths that had a value after some step. */
  const written: Record<string, Set<string>> = {};
  const noteWhatIsWritten = () => {
    const state = JSON.parse(readFileSync(join(folder, "work/terraform.tfstate"), "utf8")) as {
      resources: { type: string; instances: { attributes: object }[] }[];
    };
    for (const { type, instances } of state.resources) {
      written[type] ??= new Set();
      for (const { attributes } of instances) for (const path of valuesOf(attributes)) written[type].add(path);
    }
  };

  const live = async (...args: readonly string[]): Promise<unknown> => {
    const [operation = "", ...others] = args;
    const output = await server.aws("lambda", operation, "--function-name", "pay", "--name", "live", ...others);
    return JSON.parse(output).RoutingConfig;
  };

  it.each([
    ["added", 0],
    ["changed", 1],
    ["removed, or changed back", 2],
  ])("plans nothing after its blocks were %s", async (_, step) => {
    expect(await apply("work", configuration(step) + functionResources(step, folder))).toContain("Apply complete!");
    // As CodeDeploy does, in whose hands the alias is from then on.
    if (step === 1) await live("update-alias", "--routing-config", "AdditionalVersionWeights={2=0.1}");
    const { stdout, stderr, exitCode } = await run("work", "plan", "-detailed-exitcode");
    // What a plan would change says more than its exit code.
    expect(stdout).toContain("No changes. Your infrastructure matches the configuration.");
    expect({ exitCode, stderr }).toEqual({ exitCode: NOTHING_TO_DO, stderr: "" });
    noteWhatIsWritten();
  });

  it.each(["app", "deployment_config", "deployment_group"])(
    "has written every argument of aws_codedeploy_%s",
    async (kind) => {
      schemas ??= runProgram(
        terraform ?? "",
        [`-chdir=${join(folder, "work")}`, "providers", "schema", "-json"],
        environment,
      ).then(({ stdout }) => JSON.parse(stdout));
      const type = `aws_codedeploy_${kind}`;
      const schema = (await schemas).provider_schemas["registry.terraform.io/hashicorp/aws"]?.resource_schemas[type];
      const every = argumentsOf(schema?.block ?? {});
      expect(every.length).toBeGreaterThan(3);
      expect(every.filter((path) => !written[type]?.has(path))).toEqual([]);
    },
  );

  it("imports each resource as its configuration says, and changes nothing", async () => {
    expect(await apply("import", `${configuration(2)}\n${imports()}`)).toContain(
      `Resources: ${RESOURCES.length} imported, 0 added, 0 changed, 0 destroyed.`,
    );
  });

  it("destroys everything, and has not touched the alias that CodeDeploy moved", async () => {
    expect(await live("get-alias")).toEqual({ AdditionalVersionWeights: { 2: 0.1 } });
    // Behind its back: it reads that the group is gone, and goes on.
    const plain = ["--application-name", "acceptance-server", "--deployment-group-name", "plain"];
    await server.aws("deploy", "delete-deployment-group", ...plain);
    const { stdout, stderr } = await run("work", "destroy", "-auto-approve");
    expect(stderr).toBe("");
    expect(stdout).toContain(`Destroy complete! Resources: ${RESOURCES.length + FUNCTION_RESOURCES - 1} destroyed.`);
  });
});
