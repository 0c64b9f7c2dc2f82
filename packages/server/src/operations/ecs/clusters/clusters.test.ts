import { afterEach, beforeEach, expect, it } from "vitest";
import { taskRow } from "../../../store/ecs/rows.fixture.ts";
import { insertTasks } from "../../../store/ecs/tasks.ts";
import { EcsWorld } from "../ecs.fixture.ts";
import { requireServices } from "../ecs-context.ts";

let world: EcsWorld;
beforeEach(async () => {
  world = await EcsWorld.begin();
});
afterEach(() => world.close());

it("a call that names no cluster means the cluster default, once it was made", async () => {
  expect(await world.fault("ListServices", {})).toBe("ClusterNotFoundException: Cluster not found.");
  const { cluster } = await world.call("CreateCluster", {});
  expect(cluster).toMatchObject({
    clusterArn: "arn:aws:ecs:us-east-1:111122223333:cluster/default",
    clusterName: "default",
    status: "ACTIVE",
    activeServicesCount: 0,
  });
  expect((await world.call("ListServices", {})).serviceArns).toEqual([]);
  expect((await world.call("DescribeClusters", {})).clusters?.map(({ clusterName }) => clusterName)).toEqual([
    "default",
  ]);
});

it("clusters are made once, described, listed and deleted", async () => {
  const input = { clusterName: "beta", tags: [{ key: "a", value: "1" }] };
  const made = await world.call("CreateCluster", input);
  expect(await world.call("CreateCluster", { clusterName: "beta" })).toEqual(made);
  const arn = "arn:aws:ecs:us-east-1:111122223333:cluster/beta";
  const described = await world.call("DescribeClusters", { clusters: [arn, "none"], include: ["TAGS"] });
  expect(described.clusters).toMatchObject([{ clusterArn: arn, tags: input.tags, settings: [] }]);
  expect(described.failures).toEqual([{ arn: "arn:aws:ecs:us-east-1:111122223333:cluster/none", reason: "MISSING" }]);
  const first = await world.call("ListClusters", { maxResults: 1 });
  const second = await world.call("ListClusters", { maxResults: 1, nextToken: first.nextToken });
  expect([first.clusterArns, second.clusterArns, second.nextToken]).toEqual([
    [arn],
    ["arn:aws:ecs:us-east-1:111122223333:cluster/prod"],
    undefined,
  ]);
  expect((await world.call("DeleteCluster", { cluster: arn })).cluster?.status).toBe("INACTIVE");
  expect((await world.call("ListClusters", {})).clusterArns).toHaveLength(1);
  expect(await world.fault("DeleteCluster", { cluster: "beta" })).toContain("ClusterNotFoundException");
  expect((await world.call("DescribeClusters", { clusters: ["beta"] })).clusters).toMatchObject([
    { status: "INACTIVE" },
  ]);
  expect((await world.call("CreateCluster", { clusterName: "beta" })).cluster).toMatchObject({
    status: "ACTIVE",
    tags: [],
  });
});

it("a cluster with services or tasks is not deleted", async () => {
  await world.addTargetGroup();
  await world.register();
  await world.createService();
  expect(await world.fault("DeleteCluster", { cluster: "prod" })).toContain("ClusterContainsServicesException");
  await world.context.store.write(async ({ db }) => {
    await db.updateTable("ecs_services").set({ status: "INACTIVE" }).execute();
    await insertTasks(db, [taskRow({ last_status: "STOPPING", desired_status: "STOPPED" })]);
  });
  expect(await world.fault("DeleteCluster", { cluster: "prod" })).toContain("ClusterContainsTasksException");
});

it.each<[object, string]>([
  [{ clusterName: "a b" }, "clusterName a b is not valid"],
  [{ capacityProviders: ["FARGATE"] }, "capacityProviders is not supported"],
  [{ settings: [{ name: "containerInsights", value: "enabled" }] }, "settings[0].value is not supported"],
  [{ configuration: { executeCommandConfiguration: { logging: "NONE" } } }, "configuration is not supported"],
])("CreateCluster refuses %j", async (input, message) => {
  expect(await world.fault("CreateCluster", input)).toContain(`InvalidParameterException: ${message}`);
});

it("without an engine every call says which binding to add", () => {
  expect(() => requireServices(undefined)).toThrow(
    /Add to the bindings in sluice.yml: - \{ match: "\*", port: task-sets, driver: docker, settings: \{ socket: /,
  );
});
