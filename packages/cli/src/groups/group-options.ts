import type {
  AutoRollbackConfiguration,
  CreateDeploymentGroupInput,
  DeploymentStyle,
  TriggerEventType,
} from "@aws-sdk/client-codedeploy";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { MAX_READY_WAIT_MINUTES, MAX_TERMINATION_WAIT_MINUTES } from "@sluice/model/limits.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readJsonInput, without } from "../arguments/json-input.ts";
import { type ClientOptions, collectTag, collectText, collectWord, durationUpTo } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { parseRollbackEvents, ROLLBACK_EVENTS_HELP } from "./rollback-events.ts";

/** The fields of a group that have an option of their own; all others are given as JSON. */
export interface GroupOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly tag?: readonly Tag[];
  readonly onPremisesTag?: readonly Tag[];
  readonly config?: string;
  readonly autoRollback?: AutoRollbackConfiguration;
  readonly targetGroup?: readonly string[];
  readonly loadBalancer?: readonly string[];
  readonly alarm?: readonly string[];
  readonly trigger?: readonly NamedTopic[];
  readonly triggerEvent?: readonly TriggerEventType[];
  readonly blueGreen?: boolean;
  readonly terminateAfter?: number;
  readonly waitForContinue?: number;
  readonly ecsService?: EcsServiceName;
  readonly listener?: string;
  readonly testListener?: string;
  readonly serviceRole?: string;
  readonly fromJson?: string;
}

interface EcsServiceName {
  readonly clusterName: string;
  readonly serviceName: string;
}

interface NamedTopic {
  readonly name: string;
  readonly arn: string;
}

/** What is said of a group, without its names. */
export type GroupFields = Omit<Partial<CreateDeploymentGroupInput>, "applicationName" | "deploymentGroupName">;

/** The API asks for a role, which Sluice uses nowhere but with AWS. */
const UNUSED_ROLE = "arn:aws:iam::111122223333:role/sluice";
const TRIGGER_EVENTS_DEFAULT: readonly TriggerEventType[] = [
  "DeploymentSuccess",
  "DeploymentFailure",
  "DeploymentStop",
  "DeploymentRollback",
];
/** What GetDeploymentGroup answers beyond what CreateDeploymentGroup takes. */
const READ_ONLY_MEMBERS = [
  "deploymentGroupId",
  "computePlatform",
  "targetRevision",
  "lastSuccessfulDeployment",
  "lastAttemptedDeployment",
];
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_DAY = 86_400;

export function addGroupOptions(command: Command): Command {
  return command
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "the deployment group")
    .option("--tag <key=value>", "select hosts with this tag; of several, any one is enough (repeatable)", collectTag)
    .option("--on-premises-tag <key=value>", "the same, for on-premises instances (repeatable)", collectTag)
    .option("--config <name>", "the deployment configuration, such as CodeDeployDefault.HalfAtATime")
    .option("--auto-rollback <events>", ROLLBACK_EVENTS_HELP, parseRollbackEvents)
    .option(
      "--target-group <name>",
      "deregister hosts from this target group while they are deployed to (repeatable); ECS: one of the two that traffic moves between",
      collectText,
    )
    .option("--load-balancer <name>", "the same, for a classic load balancer (repeatable)", collectText)
    .option("--alarm <name>", "an alarm that stops a deployment (repeatable)", collectText)
    .option("--trigger <name=arn>", "notify this topic of deployments (repeatable)", collectTopic)
    .addOption(
      new Option(
        "--trigger-event <event>",
        `an event type to notify of (repeatable; default: ${TRIGGER_EVENTS_DEFAULT.join(", ")})`,
      )
        .choices(ENUMS.TriggerEventType)
        .argParser(collectWord(ENUMS.TriggerEventType)),
    )
    .option(
      "--blue-green",
      "deploy to replacement hosts and move the traffic to them; needs --target-group or --load-balancer",
    )
    .option(
      "--terminate-after <duration>",
      "blue/green: terminate original hosts of a fleet binding after this time; others stay enrolled (default: keep all). ECS: remove the original task set after this time (default: at once)",
      durationUpTo(MAX_TERMINATION_WAIT_MINUTES * SECONDS_PER_MINUTE),
    )
    .option(
      "--wait-for-continue <duration>",
      "blue/green and ECS: wait up to this time for sluice continue before traffic moves",
      durationUpTo(MAX_READY_WAIT_MINUTES.ECS * SECONDS_PER_MINUTE),
    )
    .option(
      "--ecs-service <cluster/service>",
      "ECS: the service, with two --target-group and a --listener",
      parseEcsService,
    )
    .option("--listener <arn>", "ECS: the listener whose traffic moves")
    .option("--test-listener <arn>", "ECS: the listener that shows the replacement before traffic moves")
    .option("--service-role <arn>", "the API's serviceRoleArn: a driver of AWS assumes it where its binding says so")
    .option(
      "--from-json <file>",
      "fields in the API's shape, as printed by sluice groups show --json (- is standard input)",
    );
}

/**
 * What the options say of the group, over what `--from-json` says.
 * @param style the group's present one: the API takes both of its members or none
 */
export async function groupFields(options: GroupOptions, style: DeploymentStyle | undefined): Promise<GroupFields> {
  checkTogether(options);
  const base = options.fromJson === undefined ? {} : await fieldsOfFile(options.fromJson);
  const { tag, onPremisesTag, config, autoRollback, alarm, serviceRole } = options;
  return {
    ...base,
    ...(serviceRole === undefined ? {} : { serviceRoleArn: serviceRole }),
    ...(tag === undefined ? {} : { ec2TagFilters: tag.map(asFilter) }),
    ...(onPremisesTag === undefined ? {} : { onPremisesInstanceTagFilters: onPremisesTag.map(asFilter) }),
    ...(config === undefined ? {} : { deploymentConfigName: config }),
    ...(autoRollback === undefined ? {} : { autoRollbackConfiguration: autoRollback }),
    ...(alarm === undefined ? {} : { alarmConfiguration: { enabled: true, alarms: alarm.map((name) => ({ name })) } }),
    ...triggers(options),
    ...(options.ecsService === undefined
      ? {
          ...balancer(options),
          ...deploymentStyle(options, base.deploymentStyle ?? style),
          ...blueGreen(options),
        }
      : ecsFields({ ...options, ecsService: options.ecsService })),
  };
}

/** @throws CommandFailed when a group cannot be created with these fields, in the words of the options */
export function checkNewGroup({ blueGreen }: GroupOptions, { loadBalancerInfo }: GroupFields): void {
  if (blueGreen && loadBalancerInfo === undefined) {
    throw usage("--blue-green needs --target-group NAME or --load-balancer NAME");
  }
}

export function withRole(fields: GroupFields): GroupFields & { readonly serviceRoleArn: string } {
  return { ...fields, serviceRoleArn: fields.serviceRoleArn ?? UNUSED_ROLE };
}

async function fieldsOfFile(file: string): Promise<GroupFields> {
  const input = await readJsonInput(file, CODEDEPLOY_TABLE.CreateDeploymentGroup.input, asInput);
  // The names are the command line's to say, so that one file serves several groups.
  return without(input, ["applicationName", "deploymentGroupName"]);
}

/** Auto Scaling groups are printed as objects, and given by name. */
function asInput(printed: Record<string, unknown>): Record<string, unknown> {
  const input = without(printed, READ_ONLY_MEMBERS);
  const { autoScalingGroups } = input;
  if (!Array.isArray(autoScalingGroups)) return input;
  const names = autoScalingGroups.map((group: string | { readonly name?: string }) =>
    typeof group === "object" && group !== null ? group.name : group,
  );
  return { ...input, autoScalingGroups: names };
}

function checkTogether(options: GroupOptions): void {
  const { blueGreen, ecsService, terminateAfter, waitForContinue, trigger, triggerEvent } = options;
  if (ecsService !== undefined) checkEcsOptions(options);
  else if ((options.listener ?? options.testListener) !== undefined) {
    throw usage("--listener and --test-listener need --ecs-service CLUSTER/SERVICE");
  } else if (!blueGreen && (terminateAfter ?? waitForContinue) !== undefined) {
    throw usage("--terminate-after and --wait-for-continue need --blue-green or --ecs-service");
  }
  const mostWait = MAX_READY_WAIT_MINUTES.Server * SECONDS_PER_MINUTE;
  if (ecsService === undefined && waitForContinue !== undefined && waitForContinue > mostWait) {
    throw usage(`--wait-for-continue for hosts is at most ${mostWait / SECONDS_PER_DAY}d`);
  }
  if (trigger === undefined && triggerEvent !== undefined) throw usage("--trigger-event needs --trigger NAME=ARN");
}

/** A deployment to a service moves traffic between two target groups, and always is blue/green. */
function checkEcsOptions(options: GroupOptions): void {
  const ofHosts = (["tag", "onPremisesTag", "loadBalancer", "blueGreen"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (ofHosts !== undefined) throw usage(`--${OPTION_OF[ofHosts]} is for hosts: leave it out beside --ecs-service`);
  if (options.targetGroup?.length !== 2 || options.listener === undefined) {
    throw usage("--ecs-service needs two --target-group NAME and a --listener ARN");
  }
}

const OPTION_OF = {
  tag: "tag",
  onPremisesTag: "on-premises-tag",
  loadBalancer: "load-balancer",
  blueGreen: "blue-green",
} as const;

function ecsFields(options: GroupOptions & { readonly ecsService: EcsServiceName }): GroupFields {
  const { ecsService, targetGroup = [], listener = "", testListener, terminateAfter = 0, waitForContinue } = options;
  return {
    ecsServices: [ecsService],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: targetGroup.map((name) => ({ name })),
          prodTrafficRoute: { listenerArns: [listener] },
          ...(testListener === undefined ? {} : { testTrafficRoute: { listenerArns: [testListener] } }),
        },
      ],
    },
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: {
        action: "TERMINATE",
        terminationWaitTimeInMinutes: inMinutes(terminateAfter),
      },
      deploymentReadyOption: readyOption(waitForContinue),
    },
  };
}

function readyOption(waitForContinue: number | undefined) {
  return waitForContinue === undefined
    ? { actionOnTimeout: "CONTINUE_DEPLOYMENT" as const }
    : { actionOnTimeout: "STOP_DEPLOYMENT" as const, waitTimeInMinutes: inMinutes(waitForContinue) };
}

function parseEcsService(text: string): EcsServiceName {
  const [clusterName, serviceName, ...more] = text.split("/");
  if (!clusterName || !serviceName || more.length > 0) {
    throw new InvalidArgumentError(`"${text}" is not CLUSTER/SERVICE, such as demo/shop`);
  }
  return { clusterName, serviceName };
}

function triggers({ trigger, triggerEvent = TRIGGER_EVENTS_DEFAULT }: GroupOptions): GroupFields {
  if (trigger === undefined) return {};
  return {
    triggerConfigurations: trigger.map(({ name, arn }) => ({
      triggerName: name,
      triggerTargetArn: arn,
      triggerEvents: [...triggerEvent],
    })),
  };
}

function balancer({ targetGroup, loadBalancer }: GroupOptions): GroupFields {
  if (targetGroup === undefined && loadBalancer === undefined) return {};
  return {
    loadBalancerInfo: {
      ...(targetGroup === undefined ? {} : { targetGroupInfoList: targetGroup.map((name) => ({ name })) }),
      ...(loadBalancer === undefined ? {} : { elbInfoList: loadBalancer.map((name) => ({ name })) }),
    },
  };
}

function deploymentStyle(options: GroupOptions, before: DeploymentStyle | undefined): GroupFields {
  const hasBalancer = options.targetGroup !== undefined || options.loadBalancer !== undefined;
  if (!options.blueGreen && !hasBalancer) return {};
  return {
    deploymentStyle: {
      deploymentType: options.blueGreen ? "BLUE_GREEN" : (before?.deploymentType ?? "IN_PLACE"),
      deploymentOption:
        hasBalancer || options.blueGreen
          ? "WITH_TRAFFIC_CONTROL"
          : (before?.deploymentOption ?? "WITHOUT_TRAFFIC_CONTROL"),
    },
  };
}

function blueGreen({ blueGreen, terminateAfter, waitForContinue }: GroupOptions): GroupFields {
  if (!blueGreen) return {};
  return {
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess:
        terminateAfter === undefined
          ? { action: "KEEP_ALIVE" }
          : { action: "TERMINATE", terminationWaitTimeInMinutes: inMinutes(terminateAfter) },
      deploymentReadyOption: readyOption(waitForContinue),
      greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
    },
  };
}

function inMinutes(seconds: number): number {
  return Math.ceil(seconds / SECONDS_PER_MINUTE);
}

function asFilter(tag: Tag) {
  return { ...tag, Type: "KEY_AND_VALUE" as const };
}

function collectTopic(text: string, previous: readonly NamedTopic[] = []): readonly NamedTopic[] {
  const at = text.indexOf("=");
  const [name, arn] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || arn === "") throw new InvalidArgumentError(`"${text}" is not NAME=ARN`);
  return [...previous, { name, arn }];
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}
