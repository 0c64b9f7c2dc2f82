import { expect, it } from "vitest";
import type { BalancedTask } from "../store/elb/balanced-tasks.ts";
import type { BalancingRows } from "../store/elb/balancing-rows.ts";
import { newListener, newRule, newTargetGroup } from "./balancing.fixture.ts";
import { planBalancer } from "./plan-balancer.ts";

const EMPTY: BalancingRows = { loadBalancers: [], targetGroups: [], listeners: [], rules: [], targets: [] };
const task = (taskId: string, more: Partial<BalancedTask> = {}): BalancedTask => ({
  taskId,
  targetGroupArn: "tg-blue",
  address: `10.0.0.${taskId}`,
  port: 8080,
  isDraining: false,
  ...more,
});

it("of nothing is nothing", () => {
  expect(planBalancer(EMPTY, [task("1")])).toEqual({ listeners: [], groups: [] });
});

it("has the groups behind listeners and rules, whatever their weights, those with tasks, and no other", () => {
  const rows: BalancingRows = {
    ...EMPTY,
    targetGroups: ["tg-api", "tg-blue", "tg-green", "tg-spare"].map((arn) => newTargetGroup({ arn })),
    listeners: [
      newListener({
        defaultAction: {
          kind: "forward",
          groups: [
            { groupId: "tg-blue", weight: 100 },
            { groupId: "tg-green", weight: 0 },
          ],
        },
      }),
    ],
    rules: [newRule({ action: { kind: "forward", groups: [{ groupId: "tg-api", weight: 1 }] } })],
  };
  const groupIds = (tasks: readonly BalancedTask[]) => planBalancer(rows, tasks).groups.map(({ groupId }) => groupId);
  expect(groupIds([])).toEqual(["tg-api", "tg-blue", "tg-green"]);
  expect(groupIds([{ ...task("1"), targetGroupArn: "tg-spare" }])).toEqual([
    "tg-api",
    "tg-blue",
    "tg-green",
    "tg-spare",
  ]);
});

it("makes servers of tasks and of registered targets, and drains those that leave", () => {
  const rows: BalancingRows = {
    ...EMPTY,
    targetGroups: [newTargetGroup({ arn: "tg-blue" })],
    listeners: [newListener()],
    targets: [
      { targetGroupArn: "tg-blue", address: "192.0.2.1", port: 80, registeredAt: 0, drainingSince: null },
      { targetGroupArn: "tg-blue", address: "192.0.2.2", port: 80, registeredAt: 0, drainingSince: 5 },
      { targetGroupArn: "tg-green", address: "192.0.2.3", port: 80, registeredAt: 0, drainingSince: null },
    ],
  };
  const tasks = [task("2", { isDraining: true }), task("1"), task("3", { targetGroupArn: "tg-green" })];
  const { groups } = planBalancer(rows, tasks);
  expect(groups[0]?.servers).toEqual([
    { serverId: "1", address: "10.0.0.1", port: 8080, isDraining: false },
    { serverId: "2", address: "10.0.0.2", port: 8080, isDraining: true },
    { serverId: "192.0.2.1:80", address: "192.0.2.1", port: 80, isDraining: false },
    { serverId: "192.0.2.2:80", address: "192.0.2.2", port: 80, isDraining: true },
  ]);
});

it("asks a listener's own rules in the order of their priorities", () => {
  const rows: BalancingRows = {
    ...EMPTY,
    targetGroups: [newTargetGroup({ arn: "tg-blue" })],
    listeners: [
      newListener(),
      newListener({ arn: "l-2", port: 443, protocol: "HTTPS", certificate: "arn:x:certificate/web" }),
    ],
    rules: [
      newRule({ arn: "r-2", priority: 20 }),
      newRule({ arn: "r-1", priority: 3 }),
      newRule({ arn: "r-3", priority: 1, listenerArn: "l-2" }),
    ],
  };
  const { listeners } = planBalancer(rows, []);
  expect(
    listeners.map(({ protocol, certificate, rules }) => [protocol, certificate, rules.map((rule) => rule.ruleId)]),
  ).toEqual([
    ["http", null, ["r-1", "r-2"]],
    ["https", "web", ["r-3"]],
  ]);
});
