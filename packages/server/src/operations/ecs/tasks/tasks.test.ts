import { afterEach, beforeEach, expect, it } from "vitest";
import { TASK_CONTAINERS } from "../../../store/columns/ecs-columns.ts";
import { taskRow } from "../../../store/ecs/rows.fixture.ts";
import { insertTasks, type TaskRow } from "../../../store/ecs/tasks.ts";
import { EcsWorld } from "../ecs.fixture.ts";

const ID = "0123456789abcdef0123456789abcdef";
const ARN = `arn:aws:ecs:us-east-1:111122223333:task/prod/${ID}`;

let world: EcsWorld;
let taskSetId: string;
let serviceId: string;
beforeEach(async () => {
  world = await EcsWorld.begin();
  await world.addTargetGroup();
  await world.register("web", { cpu: "256", memory: "128" });
  const service = await world.createService();
  taskSetId = service.taskSets?.[0]?.id ?? "";
  const row = await world.context.store.db.selectFrom("ecs_services").selectAll().executeTakeFirstOrThrow();
  serviceId = row.service_id;
});
afterEach(() => world.close());

const add = (...rows: Partial<TaskRow>[]) =>
  world.context.store.write(({ db }) =>
    insertTasks(
      db,
      rows.map((row) => taskRow({ service_id: serviceId, task_set_id: taskSetId, ...row })),
    ),
  );
const listed = async (query: object = {}) =>
  (await world.call("ListTasks", { cluster: "prod", ...query })).taskArns?.map((arn) => arn.split("/").at(-1));

it("a task is described with its containers, and where it can be reached", async () => {
  await add({
    task_id: ID,
    last_status: "RUNNING",
    health: "HEALTHY",
    address: "172.30.0.2",
    created_at: 1_000,
    started_at: 2_000,
    containers_json: TASK_CONTAINERS.write([
      {
        name: "app",
        image: "web:1",
        imageDigest: "sha256:1",
        runtimeId: "c1",
        lastStatus: "RUNNING",
        exitCode: null,
        reason: null,
        health: "HEALTHY",
        publishedPorts: [{ containerPort: 8080, hostPort: 49153, protocol: "tcp" }],
      },
    ]),
  });
  const { tasks, failures } = await world.call("DescribeTasks", { cluster: "prod", tasks: [ARN, "none"] });
  expect(failures).toEqual([{ arn: "arn:aws:ecs:us-east-1:111122223333:task/prod/none", reason: "MISSING" }]);
  expect(tasks).toMatchObject([
    {
      taskArn: ARN,
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      healthStatus: "HEALTHY",
      cpu: "256",
      memory: "128",
      group: "service:web",
      launchType: "EC2",
      startedBy: taskSetId,
      createdAt: new Date(1_000),
      startedAt: new Date(2_000),
      containers: [
        {
          name: "app",
          runtimeId: "c1",
          networkBindings: [{ bindIP: "127.0.0.1", containerPort: 8080, hostPort: 49153, protocol: "tcp" }],
          networkInterfaces: [{ privateIpv4Address: "172.30.0.2" }],
        },
      ],
    },
  ]);
});

it("tasks are listed by what is wanted of them, and whose they are", async () => {
  await add({ task_id: "a" }, { task_id: "b" }, { task_id: "c", desired_status: "STOPPED", last_status: "STOPPED" });
  expect(await listed()).toEqual(["a", "b"]);
  expect(await listed({ desiredStatus: "STOPPED" })).toEqual(["c"]);
  expect(await listed({ desiredStatus: "PENDING" })).toEqual([]);
  expect(await listed({ serviceName: "web", family: "web", launchType: "EC2" })).toEqual(["a", "b"]);
  expect(await listed({ launchType: "FARGATE" })).toEqual([]);
  expect(await listed({ family: "we" })).toEqual([]);
  expect(await listed({ startedBy: taskSetId })).toEqual(["a", "b"]);
  const first = await world.call("ListTasks", { cluster: "prod", maxResults: 1 });
  expect(await listed({ nextToken: first.nextToken })).toEqual(["b"]);
  expect(await world.fault("ListTasks", { cluster: "prod", serviceName: "none" })).toContain(
    "ServiceNotFoundException",
  );
  expect(await world.fault("ListTasks", { cluster: "prod", serviceName: "web", startedBy: "x" })).toContain("together");
  expect(await world.fault("ListTasks", { cluster: "prod", containerInstance: "i" })).toContain(
    "containerInstance is not",
  );
});

it("a task that is stopped says who stopped it, once", async () => {
  await add({ task_id: ID, last_status: "RUNNING" });
  const before = world.wakes;
  const { task } = await world.call("StopTask", { cluster: "prod", task: ARN, reason: "too slow" });
  expect(task).toMatchObject({ desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "too slow" });
  expect(world.wakes).toBe(before + 1);
  const again = await world.call("StopTask", { cluster: "prod", task: ID, reason: "other" });
  expect(again.task?.stoppedReason).toBe("too slow");
  expect(await world.fault("StopTask", { cluster: "prod", task: "none" })).toContain(
    "InvalidParameterException: The referenced task was not found.",
  );
  expect(await world.fault("StopTask", { cluster: "prod", task: ID, reason: "x".repeat(1_025) })).toContain(
    "at most 1024",
  );
});

it("a task of another cluster is not found", async () => {
  await add({ task_id: ID, cluster_name: "other" });
  expect((await world.call("DescribeTasks", { cluster: "prod", tasks: [ID] })).failures).toHaveLength(1);
  expect(await world.fault("StopTask", { cluster: "prod", task: ID })).toContain("was not found");
});
