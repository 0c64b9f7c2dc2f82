import { serviceRow, taskRow, taskSetRow, WEB_GROUP_ARN } from "@sluice/server/store/ecs/rows.fixture.ts";
import { insertTaskSet } from "@sluice/server/store/ecs/task-sets.ts";
import { insertTasks } from "@sluice/server/store/ecs/tasks.ts";
import { readBalancedTasks } from "@sluice/server/store/elb/balanced-tasks.ts";
import { isBehindListener, readBalancingRows } from "@sluice/server/store/elb/balancing-rows.ts";
import {
  type Listener,
  type ListenerRule,
  removeListener,
  saveListener,
  saveListenerRule,
  setRulePriorities,
} from "@sluice/server/store/elb/listeners.ts";
import { type LoadBalancer, removeLoadBalancer, saveLoadBalancer } from "@sluice/server/store/elb/load-balancers.ts";
import { beginDraining, registerTarget, removeDrained } from "@sluice/server/store/elb/registered-targets.ts";
import { removeTargetGroup, saveTargetGroup, type TargetGroup } from "@sluice/server/store/elb/target-groups.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

const LOAD_BALANCER: LoadBalancer = {
  arn: "lb-1",
  name: "web",
  type: "application",
  createdAt: 5,
  scheme: "internal",
  subnets: ["subnet-1"],
  securityGroups: [],
  attributes: { "deletion_protection.enabled": "true" },
  tags: [{ Key: "a", Value: "b" }],
};
const GROUP: TargetGroup = {
  arn: "tg-1",
  name: "blue",
  createdAt: 6,
  protocol: "HTTP",
  port: 80,
  vpcId: null,
  targetType: "ip",
  isChecked: true,
  healthCheck: {
    protocol: "http",
    path: "/",
    matcher: "200",
    port: null,
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyCount: 5,
    unhealthyCount: 2,
  },
  attributes: {},
  tags: [],
};
const LISTENER: Listener = {
  arn: "l-1",
  loadBalancerArn: "lb-1",
  port: 80,
  protocol: "HTTP",
  certificate: null,
  createdAt: 7,
  defaultAction: { kind: "forward", groups: [{ groupId: "tg-1", weight: 1 }] },
  tags: [],
};
const RULE: ListenerRule = {
  arn: "r-1",
  listenerArn: "l-1",
  priority: 10,
  conditions: [{ field: "path-pattern", values: ["/api/*"] }],
  action: { kind: "forward", groups: [{ groupId: "tg-2", weight: 0 }] },
  createdAt: 8,
  tags: [],
};

describe.each(["sqlite", "postgres"] as const)("load balancers in the store on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let postgres: PostgresCluster | undefined;
  let store: Store;

  beforeAll(async () => {
    if (dialect === "postgres" && whyNot === null) postgres = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    store = await openStore({ dataDirectory: ":memory:", databaseUrl: await postgres?.newDatabase() });
    await store.write(async ({ db }) => {
      await saveLoadBalancer(db, LOAD_BALANCER);
      await saveTargetGroup(db, GROUP);
      await saveListener(db, LISTENER);
      await saveListenerRule(db, RULE);
      await registerTarget(db, { targetGroupArn: "tg-1", address: "10.0.0.1", port: 8080, registeredAt: 9 });
    });
  });
  afterEach(async () => {
    if (!whyNot) await store.close();
  });
  afterAll(async () => {
    await postgres?.stop();
  });

  it("reads what was written, and what took its place", async () => {
    const target = { targetGroupArn: "tg-1", address: "10.0.0.1", port: 8080, registeredAt: 9, drainingSince: null };
    expect(await readBalancingRows(store.db)).toEqual({
      loadBalancers: [LOAD_BALANCER],
      targetGroups: [GROUP],
      listeners: [LISTENER],
      rules: [RULE],
      targets: [target],
    });
    const changed = { ...LISTENER, port: 81, tags: [{ Key: "c", Value: "d" }] };
    await store.write(({ db }) => saveListener(db, changed));
    expect((await readBalancingRows(store.db)).listeners).toEqual([changed]);
  });

  it("knows the groups that a listener or a rule forwards to, without traffic too", async () => {
    const behind = [];
    for (const group of ["tg-1", "tg-2", "tg-3"]) behind.push(await isBehindListener(store.db, group));
    expect(behind).toEqual([true, true, false]);
  });

  it("lets rules change places", async () => {
    await store.write(async ({ db }) => {
      await saveListenerRule(db, { ...RULE, arn: "r-2", priority: 20 });
      await setRulePriorities(db, [
        { arn: "r-1", priority: 20 },
        { arn: "r-2", priority: 10 },
      ]);
    });
    const { rules } = await readBalancingRows(store.db);
    expect(rules.map(({ arn, priority }) => [arn, priority])).toEqual([
      ["r-2", 10],
      ["r-1", 20],
    ]);
  });

  it("keeps a target that is registered anew while it drains", async () => {
    const key = { targetGroupArn: "tg-1", address: "10.0.0.1", port: 8080 };
    const drainingSince = async () => (await readBalancingRows(store.db)).targets.map((target) => target.drainingSince);
    await store.write(({ db }) => removeDrained(db, key));
    expect(await drainingSince()).toEqual([null]);
    await store.write(({ db }) => beginDraining(db, key, 100));
    await store.write(({ db }) => beginDraining(db, key, 200));
    expect(await drainingSince()).toEqual([100]);
    await store.write(({ db }) => registerTarget(db, { ...key, registeredAt: 300 }));
    expect(await drainingSince()).toEqual([null]);
    await store.write(({ db }) => beginDraining(db, key, 400));
    await store.write(({ db }) => removeDrained(db, key));
    expect(await drainingSince()).toEqual([]);
  });

  it("removes what hangs on what is removed", async () => {
    await store.write(({ db }) => removeListener(db, "l-1"));
    const left = await readBalancingRows(store.db);
    expect([left.listeners, left.rules]).toEqual([[], []]);
    await store.write(async ({ db }) => {
      await saveListener(db, LISTENER);
      await saveListenerRule(db, RULE);
      await removeLoadBalancer(db, "lb-1");
      await removeTargetGroup(db, "tg-1");
    });
    expect(await readBalancingRows(store.db)).toEqual({
      loadBalancers: [],
      targetGroups: [],
      listeners: [],
      rules: [],
      targets: [],
    });
  });

  it("has the tasks that run behind a target group and have an address, from their start to their stop", async () => {
    const bare = { target_group_arn: null, container_name: null, container_port: null };
    const running = { last_status: "RUNNING", address: "10.0.0.1" } as const;
    await store.write(async ({ db }) => {
      await db.insertInto("ecs_services").values(serviceRow()).execute();
      await insertTaskSet(db, taskSetRow());
      await insertTaskSet(db, taskSetRow({ task_set_id: "ecs-svc/2", external_id: "d-2", ...bare }));
      await insertTasks(db, [
        taskRow({ task_id: "1", ...running }),
        taskRow({ task_id: "2", ...running, last_status: "ACTIVATING" }),
        taskRow({ task_id: "3", ...running, last_status: "DEACTIVATING", draining_since: 5 }),
        taskRow({ task_id: "4", ...running, last_status: "STOPPING" }),
        taskRow({ task_id: "5", ...running, last_status: "PENDING" }),
        taskRow({ task_id: "6", ...running, address: null }),
        taskRow({ task_id: "7", ...running, task_set_id: "ecs-svc/2" }),
      ]);
    });
    const target = { targetGroupArn: WEB_GROUP_ARN, address: "10.0.0.1", port: 8080 };
    expect(await readBalancedTasks(store.db)).toEqual([
      { taskId: "1", ...target, isDraining: false },
      { taskId: "2", ...target, isDraining: false },
      { taskId: "3", ...target, isDraining: true },
    ]);
  });
});
