import type { BalancerPlan, GroupPlan, ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { expect, it } from "vitest";
import { UnsupportedPlan } from "./config-word.ts";
import { servablePlan } from "./refused-parts.ts";

const group = (groupId: string, name = groupId): GroupPlan => ({
  groupId,
  name,
  protocol: "http",
  healthCheck: null,
  servers: [],
});
const listener = (listenerId: string, port: number, groupId: string): ListenerPlan => ({
  listenerId,
  protocol: "http",
  port,
  certificate: null,
  rules: [],
  defaultAction: { kind: "forward", groups: [{ groupId, weight: 1 }] },
});

/** Refuses what has a poisoned port or name in it, and listeners without their group. */
function refusing(...poison: readonly (number | string)[]) {
  const asked: BalancerPlan[] = [];
  return {
    asked,
    check: async (plan: BalancerPlan) => {
      asked.push(plan);
      const { listeners, groups } = plan;
      const found = [...listeners.map(({ port }) => port), ...groups.map(({ name }) => name)];
      const lost = listeners.flatMap(({ defaultAction }) =>
        defaultAction.kind === "forward" ? defaultAction.groups.map(({ groupId }) => groupId) : [],
      );
      if (lost.some((groupId) => !groups.some((one) => one.groupId === groupId))) return "a group is missing";
      const bad = found.find((value) => poison.includes(value));
      return bad === undefined ? undefined : `${bad} is bad`;
    },
  };
}

const nothing = async () => null;
const many = Array.from({ length: 64 }, (_, index) => listener(`l${index}`, 8000 + index, "a"));

it("asks once about a plan that is taken", async () => {
  const { asked, check } = refusing();
  const wish = { listeners: many, groups: [group("a")] };
  expect(await servablePlan(wish, nothing, check)).toEqual({ served: wish, refused: new Map() });
  expect(asked).toHaveLength(1);
});

it("finds one of many in few checks, and leaves out what was not served before", async () => {
  const { asked, check } = refusing(8037);
  const { served, refused } = await servablePlan({ listeners: many, groups: [group("a")] }, nothing, check);
  expect(served.listeners).toEqual(many.filter(({ port }) => port !== 8037));
  expect([...refused]).toEqual([["l37", "8037 is bad; until that is mended it is left out"]]);
  expect(asked.length).toBeLessThan(20);
});

it("keeps a listener as it was, in its place and with the groups that it had", async () => {
  const { check } = refusing(9000);
  const before = { listeners: [listener("l1", 8001, "old")], groups: [group("old")] };
  const wish = { listeners: [listener("l1", 9000, "a"), listener("l2", 8002, "a")], groups: [group("a")] };
  const { served, refused } = await servablePlan(wish, async () => before, check);
  expect(served).toEqual({
    listeners: [listener("l1", 8001, "old"), listener("l2", 8002, "a")],
    groups: [group("a"), group("old")],
  });
  expect([...refused]).toEqual([["l1", "9000 is bad; until that is mended it is served as it was before"]]);
});

it("leaves it out where another one has its old port now", async () => {
  const { check } = refusing(9000);
  const before = { listeners: [listener("l1", 8001, "a")], groups: [group("a")] };
  const wish = { listeners: [listener("l1", 9000, "a"), listener("l2", 8001, "a")], groups: [group("a")] };
  const { served, refused } = await servablePlan(wish, async () => before, check);
  expect(served.listeners).toEqual([listener("l2", 8001, "a")]);
  expect(refused.get("l1")).toMatch(/left out$/);
});

it("says of a target group's listeners that it is the group's fault, and of no others", async () => {
  const { check } = refusing("poison");
  const before = { listeners: [], groups: [group("a", "good")] };
  const wish = {
    listeners: [listener("l1", 8001, "a"), listener("l2", 8002, "b"), listener("l3", 8003, "c")],
    groups: [group("a", "poison"), group("b", "poison"), group("c")],
  };
  const { served, refused } = await servablePlan(wish, async () => before, check);
  expect(served).toEqual({
    listeners: [listener("l1", 8001, "a"), listener("l3", 8003, "c")],
    groups: [group("a", "good"), group("c")],
  });
  expect(Object.fromEntries(refused)).toEqual({
    a: "poison is bad; until that is mended it is served as it was before",
    b: "poison is bad; until that is mended it is left out",
    l1: "its target group a: poison is bad; until that is mended it is served as it was before",
    l2: "its target group b: poison is bad; until that is mended it is left out; until that is mended it is left out",
  });
});

it("changes nothing where no part alone is to blame", async () => {
  const check = async ({ listeners }: BalancerPlan) => (listeners.length > 1 ? "there are too many" : undefined);
  const wish = { listeners: many.slice(0, 2), groups: [group("a")] };
  await expect(servablePlan(wish, nothing, check)).rejects.toThrow(new UnsupportedPlan("there are too many"));
});
