import { excerpt } from "../excerpt.ts";
import { MAX_PORT } from "../port.ts";
import { readCapacityProviders, type SpecCapacityProvider } from "./capacity-providers.ts";
import { readServiceAppSpec, type SpecGrammar } from "./service-app-spec.ts";
import { addFault, type SpecFault, type SpecFaults } from "./spec-fault.ts";
import type { SpecHooks } from "./spec-hooks.ts";
import { readMap, requireMembers } from "./spec-map.ts";
import { isPlaceholder, readChoice, readText, readTexts, readWholeNumber } from "./spec-scalar.ts";
import type { SpecValue } from "./spec-value.ts";

export const ECS_HOOK_EVENTS = [
  "BeforeInstall",
  "AfterInstall",
  "AfterAllowTestTraffic",
  "BeforeAllowTraffic",
  "AfterAllowTraffic",
] as const;
export type EcsHookEvent = (typeof ECS_HOOK_EVENTS)[number];

/** What an AppSpec says of the task set that a deployment makes (codedeploy-semantics.md, sections 8 and 12). */
export interface EcsTaskSetSpec {
  /** An ARN, family and revision, or a family, which means its newest revision. */
  readonly taskDefinition: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly platformVersion?: string;
  readonly network?: SpecNetwork;
  readonly capacityProviders?: readonly SpecCapacityProvider[];
}

export interface SpecNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignsPublicIp: boolean;
}

export interface EcsAppSpec {
  readonly taskSet: EcsTaskSetSpec;
  readonly hooks: SpecHooks<EcsHookEvent>;
}

export type EcsAppSpecReading =
  | { readonly outcome: "read"; readonly appSpec: EcsAppSpec }
  | { readonly outcome: "faulty"; readonly faults: readonly SpecFault[] };

const PORTS = { least: 1, most: MAX_PORT };
const FAMILY = /^[A-Za-z0-9_-]{1,255}(:[1-9]\d{0,9})?$/;
const TASK_DEFINITION_ARN =
  /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition\/[A-Za-z0-9_-]{1,255}(:[1-9]\d{0,9})?$/;
const TASK_DEFINITION_CURE =
  "give a task definition's ARN, such as arn:aws:ecs:us-east-1:111122223333:task-definition/web:1";

const PROPERTIES = [
  "TaskDefinition",
  "LoadBalancerInfo",
  "PlatformVersion",
  "NetworkConfiguration",
  "CapacityProviderStrategy",
] as const;
const BALANCER_KEYS = ["ContainerName", "ContainerPort"] as const;
const NETWORK_KEYS = ["Subnets", "SecurityGroups", "AssignPublicIp"] as const;

const GRAMMAR: SpecGrammar<EcsTaskSetSpec, EcsHookEvent> = {
  platform: "ECS",
  resourceType: "AWS::ECS::Service",
  usualName: "TargetService",
  hookEvents: ECS_HOOK_EVENTS,
  reservedEvents: ["Install", "AllowTestTraffic", "AllowTraffic", "Start", "End"],
  readProperties,
};

/** The AppSpec of a deployment to ECS, in YAML or JSON, with all its faults. */
export function readEcsAppSpec(text: string): EcsAppSpecReading {
  const reading = readServiceAppSpec(text, GRAMMAR);
  if (reading.outcome === "faulty") return reading;
  return { outcome: "read", appSpec: { taskSet: reading.properties, hooks: reading.hooks } };
}

function readProperties(value: SpecValue, faults: SpecFaults): EcsTaskSetSpec | undefined {
  const members = readMap(value, PROPERTIES, faults);
  if (!members) return undefined;
  requireMembers(
    value,
    members,
    { TaskDefinition: TASK_DEFINITION_CURE, LoadBalancerInfo: "give ContainerName and ContainerPort" },
    faults,
  );
  const taskDefinition = members.TaskDefinition && readTaskDefinition(members.TaskDefinition, faults);
  const container = members.LoadBalancerInfo && readContainer(members.LoadBalancerInfo, faults);
  const { PlatformVersion: version, NetworkConfiguration: net, CapacityProviderStrategy: strategy } = members;
  const platformVersion = version && readText(version, "give a version such as LATEST", faults);
  const network = net && readNetwork(net, faults);
  const capacityProviders = strategy && readCapacityProviders(strategy, faults);
  if (taskDefinition === undefined || container === undefined) return undefined;
  return {
    taskDefinition,
    ...container,
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(network === undefined ? {} : { network }),
    ...(capacityProviders === undefined ? {} : { capacityProviders }),
  };
}

function readTaskDefinition(value: SpecValue, faults: SpecFaults): string | undefined {
  const name = readText(value, TASK_DEFINITION_CURE, faults);
  if (name === undefined || FAMILY.test(name) || TASK_DEFINITION_ARN.test(name)) return name;
  const quoted = JSON.stringify(excerpt(name));
  if (isPlaceholder(name)) {
    return addFault(faults, value, `is ${quoted}, a placeholder that nobody has filled in: ${TASK_DEFINITION_CURE}`);
  }
  if (/\.(json|ya?ml)$/i.test(name)) {
    const how = "register it with aws ecs register-task-definition, and give its ARN, as aws ecs deploy does by itself";
    return addFault(faults, value, `is ${quoted}, which looks like a file: ${how}`);
  }
  return addFault(faults, value, `is ${quoted}: ${TASK_DEFINITION_CURE}`);
}

function readContainer(value: SpecValue, faults: SpecFaults) {
  const members = readMap(value, BALANCER_KEYS, faults);
  if (!members) return undefined;
  const cures = {
    ContainerName: "name the container that takes the traffic",
    ContainerPort: "give the port on which the container takes traffic",
  };
  requireMembers(value, members, cures, faults);
  const { ContainerName: name, ContainerPort: port } = members;
  const containerName = name && readText(name, cures.ContainerName, faults);
  const containerPort = port && readWholeNumber(port, PORTS, faults);
  return containerName === undefined || containerPort === undefined ? undefined : { containerName, containerPort };
}

/** All of it, or none: a part would be mixed with the service's own. */
function readNetwork(value: SpecValue, faults: SpecFaults): SpecNetwork | undefined {
  const outer = readMap(value, ["AwsvpcConfiguration"], faults);
  if (!outer) return undefined;
  const all = `give all of ${NETWORK_KEYS.join(", ")}, or leave NetworkConfiguration out to keep the service's`;
  requireMembers(value, outer, { AwsvpcConfiguration: all }, faults);
  const inner = outer.AwsvpcConfiguration;
  const members = inner && readMap(inner, NETWORK_KEYS, faults);
  if (!members) return undefined;
  requireMembers(inner, members, { Subnets: all, SecurityGroups: all, AssignPublicIp: all }, faults);
  const { Subnets, SecurityGroups, AssignPublicIp } = members;
  const subnets = Subnets && readTexts(Subnets, "write a list of subnets' ids", faults);
  const securityGroups = SecurityGroups && readTexts(SecurityGroups, "write a list of security groups' ids", faults);
  const assign = AssignPublicIp && readChoice(AssignPublicIp, ["ENABLED", "DISABLED"], faults);
  if (!subnets || !securityGroups || !assign) return undefined;
  return { subnets, securityGroups, assignsPublicIp: assign === "ENABLED" };
}
