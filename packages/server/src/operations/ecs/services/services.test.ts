import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { taskRow } from "../../../store/ecs/rows.fixture.ts";
import { changeService } from "../../../store/ecs/services.ts";
import { changeTaskSet } from "../../../store/ecs/task-sets.ts";
import { insertTasks } from "../../../store/ecs/tasks.ts";
import { EcsWorld, GROUP_ARN, SERVICE } from "../ecs.fixture.ts";

const GREEN_ARN = GROUP_ARN.replace("web-blue", "web-green");
const SERVICE_ARN = "arn:aws:ecs:us-east-1:111122223333:service/prod/web";

let world: EcsWorld;
beforeEach(async () => {
  world = await EcsWorld.begin();
  await world.addTargetGroup();
  await world.register();
});
afterEach(() => world.close());

const describeWeb = async () =>
  (await world.call("DescribeServices", { cluster: "prod", services: ["web"], include: ["TAGS"] })).services![0]!;
const serviceId = async () => {
  const { db } = world.context.store;
  return (await db.selectFrom("ecs_services").select("service_id").executeTakeFirstOrThrow()).service_id;
};

describe("CreateService", () => {
  it("makes a service with its primary task set, and tells who looks after it", async () => {
    const before = world.wakes;
    const service = await world.createService({ tags: [{ key: "team", value: "web" }], launchType: "FARGATE" });
    expect(world.wakes).toBe(before + 1);
    expect(service).toMatchObject({
      serviceArn: SERVICE_ARN,
      clusterArn: "arn:aws:ecs:us-east-1:111122223333:cluster/prod",
      status: "ACTIVE",
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      launchType: "FARGATE",
      taskDefinition: "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1",
      deploymentController: { type: "CODE_DEPLOY" },
      schedulingStrategy: "REPLICA",
      loadBalancers: SERVICE.loadBalancers,
      tags: [{ key: "team", value: "web" }],
      createdBy: "arn:aws:iam::111122223333:root",
    });
    const id = service.taskSets?.[0]?.id;
    expect(id).toMatch(/^ecs-svc\/[1-9]\d{18}$/);
    expect(service.taskSets).toMatchObject([
      {
        taskSetArn: `arn:aws:ecs:us-east-1:111122223333:task-set/prod/web/${id}`,
        status: "PRIMARY",
        computedDesiredCount: 2,
        scale: { value: 100, unit: "PERCENT" },
        stabilityStatus: "STABILIZING",
        loadBalancers: SERVICE.loadBalancers,
      },
    ]);
    expect(service.deployments).toMatchObject([
      { id, status: "PRIMARY", rolloutState: "IN_PROGRESS", desiredCount: 2 },
    ]);
  });

  it("answers the same call again with the same service, whatever became of it by then", async () => {
    const made = await world.createService({ clientToken: "once" });
    expect(await world.createService({ clientToken: "once" })).toEqual(made);
    expect(await world.createService()).toEqual(made);
    await world.call("UpdateService", { cluster: "prod", service: "web", desiredCount: 5 });
    expect((await world.createService({ clientToken: "once" })).desiredCount).toBe(5);
    expect(await world.fault("CreateService", SERVICE)).toContain(
      "InvalidParameterException: Creation of service was not idempotent.",
    );
  });

  it("makes one of those that are asked for at once", async () => {
    const made = await Promise.all([1, 2, 3].map(() => world.createService()));
    expect(new Set(made.map(({ taskSets }) => taskSets?.[0]?.id)).size).toBe(1);
  });

  it.each([undefined, "ECS", "EXTERNAL"] as const)("refuses the controller %s, with the cure", async (type) => {
    expect(await world.fault("CreateService", { ...SERVICE, deploymentController: type && { type } })).toMatch(
      /^InvalidParameterException: deploymentController.type (ECS|EXTERNAL) is not supported: .* Give --deployment-controller type=CODE_DEPLOY\.$/,
    );
  });

  const LB = SERVICE.loadBalancers![0]!;
  it.each<[string, object, string]>([
    ["of a cluster that is not there", { cluster: "none" }, "ClusterNotFoundException: Cluster not found."],
    ["without a name", { serviceName: "" }, "InvalidParameterException: serviceName must be specified."],
    ["with a name that is none", { serviceName: "a b" }, "InvalidParameterException: serviceName a b is not valid"],
    [
      "of a task definition that is not there",
      { taskDefinition: "none" },
      "ClientException: TaskDefinition not found.",
    ],
    ["without a count", { desiredCount: undefined }, "InvalidParameterException: desiredCount must be specified"],
    ["of too many tasks", { desiredCount: 201 }, "InvalidParameterException: desiredCount 201 is out of range"],
    ["of fewer than none", { desiredCount: -1 }, "InvalidParameterException: desiredCount -1 is out of range"],
    ["without a target group", { loadBalancers: [] }, "InvalidParameterException: loadBalancers has 0 entries"],
    ["with two", { loadBalancers: [LB, LB] }, "InvalidParameterException: loadBalancers has 2 entries"],
    [
      "with a group that is not there",
      { loadBalancers: [{ ...LB, targetGroupArn: GREEN_ARN }] },
      `InvalidParameterException: loadBalancers[0].targetGroupArn ${GREEN_ARN} does not exist`,
    ],
    [
      "with a container that is not there",
      { loadBalancers: [{ ...LB, containerName: "other" }] },
      "InvalidParameterException: The container other does not exist in the task definition.",
    ],
    [
      "with a port that is not mapped",
      { loadBalancers: [{ ...LB, containerPort: 81 }] },
      "InvalidParameterException: The container app did not have a container port 81 defined.",
    ],
    ["on other machines", { launchType: "EXTERNAL" }, "InvalidParameterException: launchType EXTERNAL"],
    ["as a daemon", { schedulingStrategy: "DAEMON" }, "InvalidParameterException: schedulingStrategy DAEMON"],
    [
      "with subnets",
      { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } },
      "InvalidParameterException: networkConfiguration is AWS' own: ",
    ],
    [
      "with a circuit breaker",
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } },
      "InvalidParameterException: deploymentConfiguration.deploymentCircuitBreaker is not supported",
    ],
    [
      "that rolls",
      { deploymentConfiguration: { maximumPercent: 150 } },
      "InvalidParameterException: deploymentConfiguration.maximumPercent 150 is not supported",
    ],
    ["that passes tags on", { propagateTags: "SERVICE" }, "InvalidParameterException: propagateTags SERVICE"],
    ["that is entered", { enableExecuteCommand: true }, "InvalidParameterException: enableExecuteCommand is not"],
    ["of a patience below none", { healthCheckGracePeriodSeconds: -1 }, "healthCheckGracePeriodSeconds -1 is out"],
  ])("refuses one %s, and makes nothing", async (_, change, message) => {
    expect(await world.fault("CreateService", { ...SERVICE, ...change })).toContain(message);
    expect((await world.call("ListServices", { cluster: "prod" })).serviceArns).toEqual([]);
  });

  it("takes what clients send for what nobody asked", async () => {
    const service = await world.createService({
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      propagateTags: "NONE",
      availabilityZoneRebalancing: "DISABLED",
      platformVersion: "LATEST",
      placementConstraints: [],
    });
    expect(service.status).toBe("ACTIVE");
  });

  it("refuses a target group that no listener forwards to", async () => {
    await world.addTargetGroup(GREEN_ARN, false);
    expect(
      await world.fault("CreateService", { ...SERVICE, loadBalancers: [{ ...LB, targetGroupArn: GREEN_ARN }] }),
    ).toContain(`The target group with targetGroupArn ${GREEN_ARN} does not have an associated load balancer.`);
  });
});

describe("UpdateService", () => {
  const update = (change: object) => world.call("UpdateService", { cluster: "prod", service: "web", ...change });

  it("changes the count and the grace period, and the service is not steady until then", async () => {
    const { taskSets } = await world.createService();
    const id = taskSets?.[0]?.id ?? "";
    await world.context.store.write(({ db }) => changeTaskSet(db, id, { stability: "STEADY_STATE" }));
    expect((await describeWeb()).deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
    const { service } = await update({ desiredCount: 3, healthCheckGracePeriodSeconds: 60 });
    expect(service).toMatchObject({
      desiredCount: 3,
      healthCheckGracePeriodSeconds: 60,
      taskSets: [{ computedDesiredCount: 3, stabilityStatus: "STABILIZING" }],
    });
    expect((await update({ desiredCount: 4 })).service?.healthCheckGracePeriodSeconds).toBe(60);
  });

  it.each<[object, string]>([
    [
      { taskDefinition: "web" },
      "Unable to update task definition on services with a CODE_DEPLOY deployment controller.",
    ],
    [{ loadBalancers: SERVICE.loadBalancers }, "Unable to update load balancers on services with a CODE_DEPLOY"],
    [{ forceNewDeployment: true }, "Cannot force a new deployment on services with a CODE_DEPLOY"],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: ["s"] } } }, "Unable to update network parameters on"],
    [{ deploymentController: { type: "ECS" } }, "deploymentController is not supported"],
    [{ deploymentConfiguration: { minimumHealthyPercent: 50 } }, "deploymentConfiguration.minimumHealthyPercent 50"],
  ])("refuses %j in AWS' words", async (change, message) => {
    await world.createService();
    const fault = await world.fault("UpdateService", { cluster: "prod", service: "web", ...change });
    expect(fault).toContain(`InvalidParameterException: ${message}`);
  });

  it("knows no service that is not there, or is not ACTIVE any more", async () => {
    expect(await world.fault("UpdateService", { cluster: "prod", service: "web" })).toBe(
      "ServiceNotFoundException: Service not found.",
    );
    await world.createService();
    await world.call("DeleteService", { cluster: "prod", service: "web", force: true });
    expect(await world.fault("UpdateService", { cluster: "prod", service: SERVICE_ARN })).toBe(
      "ServiceNotActiveException: Service was not ACTIVE.",
    );
  });
});

describe("DeleteService", () => {
  it("refuses a service that is scaled above 0, unless it is forced", async () => {
    await world.createService();
    expect(await world.fault("DeleteService", { cluster: "prod", service: "web" })).toContain(
      "InvalidParameterException: The service cannot be stopped while it is scaled above 0.",
    );
    const { service } = await world.call("DeleteService", { cluster: "prod", service: "web", force: true });
    expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0, taskSets: [{ status: "DRAINING" }] });
    expect(await world.fault("CreateService", SERVICE)).toBe(
      "InvalidParameterException: Unable to Start a service that is still Draining.",
    );
  });

  it("leaves the name free, and the old one described, when its tasks have stopped", async () => {
    await world.createService({ desiredCount: 0 });
    await world.call("DeleteService", { cluster: "prod", service: "web" });
    const id = await serviceId();
    await world.context.store.write(({ db }) => changeService(db, id, { status: "INACTIVE", inactive_at: 1 }));
    expect((await describeWeb()).status).toBe("INACTIVE");
    expect((await world.call("ListServices", { cluster: "prod" })).serviceArns).toEqual([]);
    world.clock.now += 1;
    expect((await world.createService()).status).toBe("ACTIVE");
    expect((await describeWeb()).status).toBe("ACTIVE");
  });
});

describe("services", () => {
  it("are described by name and by ARN, with those that are missing", async () => {
    await world.createService();
    const other = "arn:aws:ecs:us-east-1:111122223333:service/other/web";
    const answer = await world.call("DescribeServices", {
      cluster: "prod",
      services: [SERVICE_ARN, "none", "none", other],
    });
    expect(answer.services?.map(({ serviceName }) => serviceName)).toEqual(["web"]);
    expect(answer.failures).toEqual([
      { arn: "arn:aws:ecs:us-east-1:111122223333:service/prod/none", reason: "MISSING" },
      { arn: other, reason: "MISSING" },
    ]);
    expect(await world.fault("DescribeServices", { cluster: "prod", services: [] })).toContain("services must be");
    const many = Array.from({ length: 11 }, (_, index) => `web-${index}`);
    expect(await world.fault("DescribeServices", { cluster: "prod", services: many })).toContain("at most 10");
  });

  it("are listed a page at a time, by launch type", async () => {
    for (const name of ["a", "b", "c"])
      await world.createService({ serviceName: name, launchType: name === "b" ? "FARGATE" : "EC2" });
    const first = await world.call("ListServices", { cluster: "prod", maxResults: 2 });
    const second = await world.call("ListServices", { cluster: "prod", maxResults: 2, nextToken: first.nextToken });
    const names = (arns: string[] | undefined) => arns?.map((arn) => arn.split("/").at(-1));
    expect([names(first.serviceArns), names(second.serviceArns), second.nextToken]).toEqual([
      ["a", "b"],
      ["c"],
      undefined,
    ]);
    const fargate = await world.call("ListServices", { cluster: "prod", launchType: "FARGATE" });
    expect(names(fargate.serviceArns)).toEqual(["b"]);
    const daemons = await world.call("ListServices", { cluster: "prod", schedulingStrategy: "DAEMON" });
    expect(daemons.serviceArns).toEqual([]);
  });

  it("count their tasks, but for those that stop", async () => {
    const { taskSets } = await world.createService();
    const [service_id, task_set_id] = [await serviceId(), taskSets?.[0]?.id ?? ""];
    await world.context.store.write(({ db }) =>
      insertTasks(db, [
        taskRow({ task_id: "a", service_id, task_set_id, last_status: "RUNNING" }),
        taskRow({ task_id: "b", service_id, task_set_id, last_status: "PENDING" }),
        taskRow({ task_id: "c", service_id, task_set_id, last_status: "RUNNING", desired_status: "STOPPED" }),
      ]),
    );
    expect(await describeWeb()).toMatchObject({
      runningCount: 1,
      pendingCount: 1,
      taskSets: [{ runningCount: 1, pendingCount: 1 }],
      deployments: [{ runningCount: 1, pendingCount: 1 }],
    });
  });
});
