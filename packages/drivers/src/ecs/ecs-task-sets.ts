import type { Service, TaskSet } from "@aws-sdk/client-ecs";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type {
  EcsService,
  ServiceFacts,
  TaskDefinitionFacts,
  TaskSetCreation,
  TaskSetPlan,
  TaskSets,
} from "@sluice/engine/ports/task-sets.ts";
import * as v from "valibot";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import { optionalCalls } from "../aws/optional-calls.ts";
import { refusedAsFailed, refusedAsRefusal } from "../aws/port-answers.ts";
import { ROLE_CLIENT_SETTINGS, roleCaller, sessionsOf } from "../aws/role-caller.ts";
import type { Driver } from "../driver.ts";
import type { Elbv2Client } from "../elbv2/elbv2-client.ts";
import { endpointProblem } from "../s3/s3-url.ts";
import { settings, text } from "../settings-schema.ts";
import type { EcsClient } from "./ecs-client.ts";
import { serviceFacts } from "./service-facts.ts";
import { inspectTaskDefinition } from "./task-definition-facts.ts";
import { taskSetInput } from "./task-set-input.ts";
import { taskSetTroubles } from "./task-set-troubles.ts";

const ECS_SETTINGS = settings({
  ...ROLE_CLIENT_SETTINGS.entries,
  /** Target groups have ARNs that their names do not tell, and health. Absent: `endpoint`, or AWS's own address for the region. */
  loadBalancingEndpoint: v.optional(text("the address of Elastic Load Balancing", endpointProblem)),
});

export type EcsSettings = v.InferOutput<typeof ECS_SETTINGS>;

export interface EcsTaskSetsDependencies {
  /** Epoch milliseconds: sessions of roles expire. */
  readonly now: () => number;
}

/** ECS takes seconds to stop a task, and counts these calls for the whole account. */
const ASK_AGAIN_MILLISECONDS = 2_000;

/** The calls of one deployment group. */
interface Calls {
  readonly ecs: AwsCaller<EcsClient>;
  readonly elbv2: AwsCaller<Elbv2Client>;
}

/** Services of Amazon ECS, with task sets as CodeDeploy makes them. */
export const ecsTaskSets: Driver<"task-sets", EcsSettings, EcsTaskSetsDependencies, TaskSets> = {
  port: "task-sets",
  name: "ecs",
  configSchema: ECS_SETTINGS,
  create: (settings, { now }) => {
    const { loadBalancingEndpoint = settings.endpoint } = settings;
    const sessions = sessionsOf(settings, now);
    const open = async (config: object) => (await import("./ecs-client.ts")).openEcs(config);
    const ecs = roleCaller(settings, "ecs", open, sessions);
    const elbv2 = roleCaller(
      { ...settings, endpoint: loadBalancingEndpoint },
      "elasticloadbalancing",
      async (config) => (await import("../elbv2/elbv2-client.ts")).openElbv2(config),
      sessions,
    );
    const optional = optionalCalls(now);
    const callsFor = ({ serviceRoleArn, serviceName }: EcsService, deploymentId?: string): Calls => {
      const use = { serviceRoleArn, purpose: deploymentId ?? serviceName.split("/").at(-1) ?? "" };
      return { ecs: ecs(use), elbv2: elbv2(use) };
    };
    return {
      describe: async (service, signal) => {
        signal.throwIfAborted();
        const calls = callsFor(service);
        const roleName = service.serviceRoleArn ?? "";
        return refusedAsRefusal("INVALID_ECS_SERVICE", async (): Promise<ServiceFacts | undefined> => {
          const found = await findService(calls, service, signal);
          return found && serviceFacts(found, await taskSetTroubles(found, { ...calls, optional, roleName }, signal));
        });
      },
      inspectTaskDefinition: async (service, { taskDefinition }, signal): Promise<TaskDefinitionFacts> => {
        signal.throwIfAborted();
        return refusedAsRefusal("INVALID_ECS_SERVICE", () =>
          inspectTaskDefinition(callsFor(service).ecs, taskDefinition, signal),
        );
      },
      create: async (service, plan, signal) => {
        signal.throwIfAborted();
        return refusedAsFailed(() => create(callsFor(service, plan.externalId), service, plan, signal));
      },
      makePrimary: async (service, taskSetId, signal) => {
        signal.throwIfAborted();
        return refusedAsFailed(() => makePrimary(callsFor(service), service, taskSetId, signal));
      },
      remove: async (service, taskSetId, signal) => {
        signal.throwIfAborted();
        return refusedAsFailed(() => remove(callsFor(service), service, taskSetId, signal));
      },
    };
  },
};

/** Undefined: there is no such service, or no more. */
async function findService(
  { ecs }: Calls,
  { clusterName, serviceName }: EcsService,
  signal: AbortSignal,
): Promise<Service | undefined> {
  try {
    const { services = [] } = await ecs("DescribeServices", signal, (client, options) =>
      client.describeServices({ cluster: clusterName, services: [serviceName] }, options),
    );
    return services.find(({ status }) => status !== "INACTIVE");
  } catch (error) {
    if (error instanceof AwsCallError && /^(ClusterNotFound|ServiceNotFound)/.test(error.code)) return undefined;
    throw error;
  }
}

async function create(
  calls: Calls,
  service: EcsService,
  plan: TaskSetPlan,
  signal: AbortSignal,
): Promise<TaskSetCreation> {
  const found = await findService(calls, service, signal);
  if (!found) return unknownService(service);
  const before = found.taskSets?.find(({ externalId }) => externalId === plan.externalId);
  if (before?.id !== undefined) return { outcome: "done", taskSetId: before.id };
  const controller = found.deploymentController?.type ?? "ECS";
  if (controller !== "CODE_DEPLOY") {
    return { outcome: "failed", reason: `the service's deployment controller is ${controller}` };
  }
  const group = await targetGroupArn(calls, plan.targetGroup, signal);
  if (group === undefined) return { outcome: "failed", reason: `there is no target group ${plan.targetGroup}` };
  const input = taskSetInput(service, plan, found, group);
  const { taskSet } = await calls.ecs("CreateTaskSet", signal, (client, options) =>
    client.createTaskSet(input, options),
  );
  if (taskSet?.id !== undefined) return { outcome: "done", taskSetId: taskSet.id };
  throw new Error("the answer to ecs:CreateTaskSet names no task set");
}

async function makePrimary(
  calls: Calls,
  service: EcsService,
  taskSetId: string,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const found = await findService(calls, service, signal);
  if (!found) return unknownService(service);
  const chosen = taskSetOf(found, taskSetId);
  if (!chosen) return { outcome: "failed", reason: `there is no task set ${taskSetId}` };
  if (chosen.status === "PRIMARY") return { outcome: "done" };
  if (chosen.status === "DRAINING") {
    return { outcome: "failed", reason: `the task set ${taskSetId} is being removed` };
  }
  const input = { ...namesOf(service), primaryTaskSet: chosen.taskSetArn };
  await calls.ecs("UpdateServicePrimaryTaskSet", signal, (client, options) =>
    client.updateServicePrimaryTaskSet(input, options),
  );
  return { outcome: "done" };
}

async function remove(calls: Calls, service: EcsService, taskSetId: string, signal: AbortSignal): Promise<PortOutcome> {
  const found = await findService(calls, service, signal);
  if (!found) return unknownService(service);
  const chosen = taskSetOf(found, taskSetId);
  if (!chosen) return { outcome: "done" };
  if (chosen.status === "PRIMARY") return { outcome: "failed", reason: `the task set ${taskSetId} is the primary` };
  if (chosen.status !== "DRAINING") {
    // It still has tasks: ECS refuses to delete such a set without force.
    const input = { ...namesOf(service), taskSet: chosen.taskSetArn, force: true };
    await calls.ecs("DeleteTaskSet", signal, (client, options) => client.deleteTaskSet(input, options));
  }
  const { runningCount = 0 } = chosen;
  const detail = `${runningCount} tasks of the task set ${taskSetId} are stopping`;
  return { outcome: "pending", retryAfterMilliseconds: ASK_AGAIN_MILLISECONDS, detail };
}

/** A group is called by its name in a deployment group, and ECS wants its ARN. Undefined: there is none. */
async function targetGroupArn({ elbv2 }: Calls, name: string, signal: AbortSignal): Promise<string | undefined> {
  if (name.startsWith("arn:")) return name;
  try {
    const { TargetGroups } = await elbv2("DescribeTargetGroups", signal, (client, options) =>
      client.describeTargetGroups({ Names: [name] }, options),
    );
    return TargetGroups?.[0]?.TargetGroupArn;
  } catch (error) {
    if (error instanceof AwsCallError && error.code.startsWith("TargetGroupNotFound")) return undefined;
    throw error;
  }
}

function taskSetOf({ taskSets = [] }: Service, taskSetId: string): TaskSet | undefined {
  return taskSets.find(({ id }) => id === taskSetId);
}

function namesOf({ clusterName, serviceName }: EcsService) {
  return { cluster: clusterName, service: serviceName };
}

function unknownService({ clusterName, serviceName }: EcsService): { outcome: "failed"; reason: string } {
  return { outcome: "failed", reason: `there is no service ${serviceName} in the cluster ${clusterName}` };
}
