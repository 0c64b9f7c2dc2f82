import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { TaskSetPlan } from "@sluice/engine/ports/task-sets.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { queryAnswer, queryRefusal } from "../aws/answering-server.fixture.ts";
import { taskSetsContract } from "../contracts/task-sets-contract.fixture.ts";
import { EcsApi, groupArn } from "./ecs-api.fixture.ts";
import { type EcsSettings, ecsTaskSets } from "./ecs-task-sets.ts";

const never = new AbortController().signal;
const ROLE = "arn:aws:iam::111122223333:role/CodeDeploy";
const SERVICE = { clusterName: "shop", serviceName: "web" };
const BLUE = "ecs-svc/0000000000000000001";
const PLAN: TaskSetPlan = {
  externalId: "d-FIRST1111",
  taskDefinition: "web:2",
  targetGroup: groupArn("green"),
  containerName: "web",
  containerPort: 80,
};

let api: EcsApi;
let now = 0;
const driver = (more: Partial<EcsSettings> = {}) =>
  ecsTaskSets.create({ ...api.settings, ...more }, { now: () => now });

taskSetsContract("ecs", async (controller) => {
  const world = await EcsApi.start(controller);
  return {
    taskSets: ecsTaskSets.create(world.settings, { now: Date.now }),
    service: SERVICE,
    nobody: { ...SERVICE, serviceName: "nobody" },
    blue: BLUE,
    blueGroup: groupArn("blue"),
    plan: PLAN,
    pass: () => world.pass(),
    breakTaskSet: (taskSetId, why) => world.breakTaskSet(taskSetId, why),
    close: () => world.close(),
  };
});

beforeEach(async () => {
  now = Date.now();
  api = await EcsApi.start();
});
afterEach(() => api.close());

describe("a task set", () => {
  const inputOf = async (plan: Partial<TaskSetPlan>) => {
    expect(await driver().create(SERVICE, { ...PLAN, ...plan }, never)).toMatchObject({ outcome: "done" });
    return JSON.parse(api.questions("CreateTaskSet").at(-1)?.body ?? "");
  };

  it("is made as CodeDeploy makes it: with the deployment's id, and the service's network and launch type", async () => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } };
    const serviceRegistries = [{ registryArn: "arn:aws:servicediscovery:eu-central-1:111122223333:service/srv-1" }];
    api.serviceValues = { networkConfiguration, launchType: "FARGATE", serviceRegistries };
    expect(await inputOf({ targetGroup: "green", platformVersion: "1.4.0" })).toEqual({
      cluster: "shop",
      service: "web",
      externalId: "d-FIRST1111",
      clientToken: "d-FIRST1111",
      taskDefinition: "web:2",
      loadBalancers: [{ targetGroupArn: groupArn("green"), containerName: "web", containerPort: 80 }],
      scale: { unit: "PERCENT", value: 100 },
      networkConfiguration,
      launchType: "FARGATE",
      serviceRegistries,
      platformVersion: "1.4.0",
    });
  });

  it("takes the AppSpec's network and capacity providers instead of the service's", async () => {
    api.serviceValues = {
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
      launchType: "FARGATE",
    };
    const network = { subnets: ["subnet-2"], securityGroups: ["sg-2"], assignsPublicIp: true };
    const input = await inputOf({ network, capacityProviders: [{ name: "FARGATE_SPOT", base: 1, weight: 2 }] });
    expect(input).toMatchObject({
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ["subnet-2"], securityGroups: ["sg-2"], assignPublicIp: "ENABLED" },
      },
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", base: 1, weight: 2 }],
    });
    expect(input.launchType).toBeUndefined();
  });

  it("is not made behind a target group that is not there", async () => {
    expect(await driver().create(SERVICE, { ...PLAN, targetGroup: "purple" }, never)).toEqual({
      outcome: "failed",
      reason: "there is no target group purple",
    });
    expect(api.asked).not.toContain("CreateTaskSet");
  });

  it("is deleted once, by force, however often it is asked for", async () => {
    const created = await driver().create(SERVICE, PLAN, never);
    const taskSetId = created.outcome === "done" ? created.taskSetId : "";
    for (const _ of [1, 2])
      expect(await driver().remove(SERVICE, taskSetId, never)).toMatchObject({ outcome: "pending" });
    expect(api.questions("DeleteTaskSet").map(({ body }) => JSON.parse(body).force)).toEqual([true]);
  });
});

describe("what keeps a task set from being steady", () => {
  const troubled = async (more: Partial<EcsSettings> = {}) => {
    const created = await driver().create(SERVICE, PLAN, never);
    const taskSetId = created.outcome === "done" ? created.taskSetId : "";
    return {
      taskSetId,
      read: async () =>
        (await driver(more).describe(SERVICE, never))?.taskSets.find((one) => one.taskSetId === taskSetId),
    };
  };

  it("is why its tasks stop, what the service's events say, and what health checks answer", async () => {
    const { taskSetId, read } = await troubled();
    api.breakTaskSet(taskSetId, "Essential container in task exited: exit code 137");
    api.breakTaskSet(taskSetId, "CannotPullContainerError: pull image manifest has been retried 5 time(s)");
    api.breakTaskSet("ecs-svc/9999999999999999999", "of another task set: exit code 5");
    api.stopped.push({ startedBy: taskSetId, stopCode: "UserInitiated", stoppedReason: "somebody stopped it" });
    const message = `(service web, taskSet ${taskSetId}) was unable to place a task.`;
    api.events.push({ message, createdAt: 1_800_000_000 });
    api.unhealthy = "Health checks failed with these codes: [502]";
    expect(await read()).toMatchObject({
      failedTasks: 2,
      detail: `CannotPullContainerError: pull image manifest has been retried 5 time(s); ${message}; 1 of 1 targets unhealthy: ${api.unhealthy}`,
    });
  });

  it("is told as far as the role may look, and what it may not is said; it is not asked for again at once", async () => {
    const { taskSetId } = await troubled();
    api.breakTaskSet(taskSetId, "Essential container in task exited: exit code 1");
    for (const action of ["ListTasks", "DescribeTargetHealth"]) api.denied.add(action);
    const taskSets = driver();
    for (const _ of [1, 2]) {
      const facts = await taskSets.describe(SERVICE, never);
      expect(facts?.taskSets[1]).toMatchObject({
        failedTasks: 0,
        detail: expect.stringMatching(
          /why tasks stop is not known \(AccessDenied.*health checks answer is not known \(AccessDenied/,
        ),
      });
    }
    expect(api.questions("ListTasks")).toHaveLength(1);
    api.denied.clear();
    now += 61_000;
    expect((await taskSets.describe(SERVICE, never))?.taskSets[1]).toMatchObject({ failedTasks: 1 });
  });
});

describe("a task definition that the role may not look at", () => {
  it("is unchecked, and that is said", async () => {
    api.denied.add("DescribeTaskDefinition");
    expect(await driver().inspectTaskDefinition(SERVICE, { ...PLAN, taskDefinition: "web:2" }, never)).toEqual({
      outcome: "unchecked",
      reason: expect.stringContaining("ecs:DescribeTaskDefinition"),
    });
  });
});

describe("the group's role", () => {
  const SERVICE_WITH_ROLE = { ...SERVICE, serviceRoleArn: ROLE };
  const assumes = (expiresIn: number) => {
    const credentials = `<AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>assumed-secret</SecretAccessKey><SessionToken>assumed-token</SessionToken>`;
    const expiration = `<Expiration>${new Date(now + expiresIn).toISOString()}</Expiration>`;
    api.instead.set("AssumeRole", queryAnswer("AssumeRole", `<Credentials>${credentials}${expiration}</Credentials>`));
  };

  it("is assumed once, and its credentials make the calls until shortly before they expire", async () => {
    assumes(3_600_000);
    const taskSets = driver({ assumeServiceRole: true });
    await taskSets.create(SERVICE_WITH_ROLE, { ...PLAN, targetGroup: "green" }, never);
    await Promise.all([taskSets.describe(SERVICE_WITH_ROLE, never), taskSets.describe(SERVICE_WITH_ROLE, never)]);
    const [asked, ...others] = api.questions("AssumeRole");
    expect(others).toEqual([]);
    expect(Object.fromEntries(asked?.form ?? [])).toMatchObject({
      RoleArn: ROLE,
      RoleSessionName: "sluice-d-FIRST1111",
    });
    expect(asked?.headers.authorization).toContain("Credential=AKIAIOSFODNN7EXAMPLE/");
    for (const action of ["CreateTaskSet", "DescribeServices", "DescribeTargetGroups"]) {
      for (const { headers } of api.questions(action)) {
        expect(headers.authorization).toContain("Credential=ASIAASSUMED/");
        expect(headers["x-amz-security-token"]).toBe("assumed-token");
      }
    }
  });

  it("is assumed anew before a session ends", async () => {
    assumes(4 * 60_000);
    const taskSets = driver({ assumeServiceRole: true });
    for (const _ of [1, 2]) await taskSets.describe(SERVICE_WITH_ROLE, never);
    expect(api.questions("AssumeRole").length).toBeGreaterThan(1);
  });

  it("is missing from a group that has none, and nothing is asked", async () => {
    const taskSets = driver({ assumeServiceRole: true });
    expect(await taskSets.create(SERVICE, PLAN, never)).toMatchObject({
      outcome: "failed",
      code: "IAM_ROLE_MISSING",
      reason: expect.stringMatching(/^IAM Role is missing for the deployment group.*serviceRoleArn/),
    });
    await expect(taskSets.describe(SERVICE, never)).rejects.toMatchObject({ code: "IAM_ROLE_MISSING" });
    expect(api.asked).toEqual([]);
  });

  it("that can not be assumed is named, with what to allow", async () => {
    api.instead.set("AssumeRole", queryRefusal(403, "AccessDenied", `is not authorized to assume ${ROLE}`));
    expect(await driver({ assumeServiceRole: true }).create(SERVICE_WITH_ROLE, PLAN, never)).toMatchObject({
      outcome: "failed",
      code: "IAM_ROLE_PERMISSIONS",
      reason: expect.stringMatching(/sts:AssumeRole.*is not authorized to assume.*trust policy/),
    });
  });

  it("that may not do it fails with CodeDeploy's sentence, the service's words and what to allow", async () => {
    assumes(3_600_000);
    api.denied.add("CreateTaskSet").add("DescribeServices");
    const taskSets = driver({ assumeServiceRole: true });
    const sentence = `The IAM role ${ROLE} does not give you permission to perform operations in the following AWS service: AmazonECS.`;
    const refusal = await taskSets.describe(SERVICE_WITH_ROLE, never).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortRefusal);
    expect(refusal).toMatchObject({ code: "IAM_ROLE_PERMISSIONS", message: expect.stringContaining(sentence) });
    api.denied.delete("DescribeServices");
    expect(await taskSets.create(SERVICE_WITH_ROLE, PLAN, never)).toEqual({
      outcome: "failed",
      code: "IAM_ROLE_PERMISSIONS",
      reason: expect.stringMatching(
        /^The IAM role .*not authorized to perform: ecs:CreateTaskSet.*Allow the role .* ecs:CreateTaskSet/,
      ),
    });
  });
});

describe("a call that is throttled", () => {
  it("is tried again, is a rejection and no refusal of a question, and to blame for a wish that it keeps waiting", async () => {
    const body = JSON.stringify({ __type: "ThrottlingException", message: "Rate exceeded" });
    api.instead.set("DescribeServices", {
      status: 400,
      body,
      headers: { "content-type": "application/x-amz-json-1.1" },
    });
    const refusal = await driver()
      .describe(SERVICE, never)
      .catch((error: unknown) => error);
    expect(refusal).not.toBeInstanceOf(PortRefusal);
    expect((refusal as Error).message).toMatch(/could not serve ecs:DescribeServices with ThrottlingException/);
    expect(api.questions("DescribeServices")).toHaveLength(3);
    expect(await driver().create(SERVICE, PLAN, never)).toMatchObject({
      outcome: "pending",
      code: "THROTTLED",
      detail: expect.stringContaining("ThrottlingException"),
    });
  });
});

describe("an answer that says no", () => {
  it("is a failure in ECS' words", async () => {
    api.instead.set("CreateTaskSet", {
      status: 400,
      body: JSON.stringify({
        __type: "InvalidParameterException",
        message: "Unable to assume the service linked role.",
      }),
      headers: { "content-type": "application/x-amz-json-1.1" },
    });
    expect(await driver().create(SERVICE, PLAN, never)).toEqual({
      outcome: "failed",
      reason: expect.stringMatching(/InvalidParameterException: Unable to assume the service linked role/),
    });
  });
});
