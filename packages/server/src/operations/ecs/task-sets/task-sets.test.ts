import { afterEach, beforeEach, expect, it } from "vitest";
import { EcsWorld, GROUP_ARN, SERVICE } from "../ecs.fixture.ts";

const GREEN_ARN = GROUP_ARN.replace("web-blue", "web-green");
const OF_WEB = { cluster: "prod", service: "web" };
const GREEN = {
  ...OF_WEB,
  taskDefinition: "web:2",
  externalId: "d-1",
  loadBalancers: [{ targetGroupArn: GREEN_ARN, containerName: "app", containerPort: 8080 }],
};

let world: EcsWorld;
beforeEach(async () => {
  world = await EcsWorld.begin();
  await world.addTargetGroup();
  await world.addTargetGroup(GREEN_ARN, false);
  await world.register();
  await world.register();
  await world.createService({ taskDefinition: "web:1" });
});
afterEach(() => world.close());

const taskSets = async () => (await world.call("DescribeTaskSets", OF_WEB)).taskSets ?? [];
const statuses = async () =>
  (await taskSets()).map(({ status, taskDefinition }) => `${taskDefinition?.split("/")[1]} ${status}`);

it("a deployment's task set comes beside the primary, once for each external id and token", async () => {
  world.clock.now += 1;
  const { taskSet } = await world.call("CreateTaskSet", { ...GREEN, scale: { value: 50, unit: "PERCENT" } });
  expect(taskSet).toMatchObject({
    externalId: "d-1",
    status: "ACTIVE",
    computedDesiredCount: 1,
    scale: { value: 50 },
    loadBalancers: GREEN.loadBalancers,
  });
  expect((await world.call("CreateTaskSet", GREEN)).taskSet?.id).toBe(taskSet?.id);
  const byToken = { ...GREEN, externalId: undefined, clientToken: "once" };
  const third = await world.call("CreateTaskSet", byToken);
  expect((await world.call("CreateTaskSet", byToken)).taskSet?.id).toBe(third.taskSet?.id);
  expect(await statuses()).toEqual(["web:1 PRIMARY", "web:2 ACTIVE", "web:2 ACTIVE"]);
});

it("becomes the primary, is scaled, and is let go", async () => {
  world.clock.now += 1;
  const { taskSet } = await world.call("CreateTaskSet", GREEN);
  const [blue] = await taskSets();
  await world.call("UpdateServicePrimaryTaskSet", { ...OF_WEB, primaryTaskSet: taskSet?.taskSetArn });
  expect(await statuses()).toEqual(["web:1 ACTIVE", "web:2 PRIMARY"]);
  const services = await world.call("DescribeServices", { cluster: "prod", services: ["web"] });
  expect(services.services?.[0]).toMatchObject({
    taskDefinition: "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2",
    loadBalancers: GREEN.loadBalancers,
    deployments: [{ id: taskSet?.id }],
  });
  const old = { ...OF_WEB, taskSet: blue?.id };
  expect(await world.fault("DeleteTaskSet", old)).toContain("cannot be deleted while it is scaled above 0");
  const scaled = await world.call("UpdateTaskSet", { ...old, scale: { value: 0, unit: "PERCENT" } });
  expect(scaled.taskSet).toMatchObject({ computedDesiredCount: 0, stabilityStatus: "STABILIZING" });
  expect((await world.call("DeleteTaskSet", old)).taskSet?.status).toBe("DRAINING");
  expect(await world.fault("DeleteTaskSet", { ...OF_WEB, taskSet: taskSet?.id, force: true })).toContain(
    "is the primary of web.",
  );
});

it("is found by id and ARN, and told missing otherwise", async () => {
  const [blue] = await taskSets();
  const found = await world.call("DescribeTaskSets", { ...OF_WEB, taskSets: [blue?.taskSetArn ?? "", "ecs-svc/1"] });
  expect(found.taskSets?.map(({ id }) => id)).toEqual([blue?.id]);
  expect(found.failures).toEqual([
    { arn: "arn:aws:ecs:us-east-1:111122223333:task-set/prod/web/ecs-svc/1", reason: "MISSING" },
  ]);
  const missing = "TaskSetNotFoundException: The specified task set wasn't found.";
  for (const call of [
    world.fault("UpdateTaskSet", { ...OF_WEB, taskSet: "ecs-svc/1", scale: { value: 1, unit: "PERCENT" } }),
    world.fault("UpdateServicePrimaryTaskSet", { ...OF_WEB, primaryTaskSet: "ecs-svc/1" }),
    world.fault("DeleteTaskSet", { ...OF_WEB, taskSet: "ecs-svc/1" }),
  ])
    expect(await call).toBe(missing);
});

it.each<[object, string]>([
  [{ scale: { value: 101, unit: "PERCENT" } }, "scale.value 101 is out of range"],
  [{ taskDefinition: "none" }, "ClientException: TaskDefinition not found."],
  [{ loadBalancers: [] }, "loadBalancers has 0 entries"],
  [{ service: "none" }, "ServiceNotFoundException: Service not found."],
  [{ capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] }, "capacityProviderStrategy is not supported"],
])("is refused with %j", async (change, message) => {
  expect(await world.fault("CreateTaskSet", { ...GREEN, ...change })).toContain(message);
  expect(await taskSets()).toHaveLength(1);
});

it("has tags of its own, as the service, the cluster and the task definition have", async () => {
  const [blue] = await taskSets();
  const { service } = {
    service: (await world.call("DescribeServices", { cluster: "prod", services: ["web"] })).services,
  };
  const arns = [
    blue?.taskSetArn,
    service?.[0]?.serviceArn,
    service?.[0]?.clusterArn,
    "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2",
  ];
  for (const resourceArn of arns) {
    await world.call("TagResource", {
      resourceArn,
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
    });
    await world.call("TagResource", { resourceArn, tags: [{ key: "b", value: "3" }] });
    await world.call("UntagResource", { resourceArn, tagKeys: ["a"] });
    expect(await world.call("ListTagsForResource", { resourceArn })).toEqual({ tags: [{ key: "b", value: "3" }] });
  }
  const task = "arn:aws:ecs:us-east-1:111122223333:task/prod/0123456789abcdef0123456789abcdef";
  expect(await world.fault("TagResource", { resourceArn: task, tags: [{ key: "a" }] })).toContain("is not the ARN of");
  const none = "arn:aws:ecs:us-east-1:111122223333:service/prod/none";
  expect(await world.fault("ListTagsForResource", { resourceArn: none })).toContain("ResourceNotFoundException: ");
  const othersTaskSet = blue?.taskSetArn?.replace("/prod/web/", "/prod/other/");
  expect(await world.fault("ListTagsForResource", { resourceArn: othersTaskSet })).toContain("ResourceNotFound");
  const many = Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: "" }));
  expect(await world.fault("TagResource", { resourceArn: arns[0], tags: many })).toContain("at most 50 tags");
  const twice = [{ key: "a" }, { key: "a" }];
  expect(await world.fault("TagResource", { resourceArn: arns[0], tags: twice })).toContain("Duplicate tag keys");
});

it("none is made for a service that goes", async () => {
  await world.call("DeleteService", { ...OF_WEB, force: true });
  expect(await world.fault("CreateTaskSet", GREEN)).toContain("ServiceNotActiveException");
  expect(await world.fault("CreateService", SERVICE)).toContain("still Draining");
});
