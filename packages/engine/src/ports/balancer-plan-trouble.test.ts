import { describe, expect, it } from "vitest";
import type { BalancerPlan, ListenerPlan } from "./balancer.ts";
import { balancerPlanTrouble } from "./balancer-plan-trouble.ts";

const GROUP = {
  groupId: "blue",
  name: "blue",
  protocol: "http",
  healthCheck: null,
  servers: [{ serverId: "s1", address: "10.0.0.1", port: 80, isDraining: false }],
} as const;
const LISTENER: ListenerPlan = {
  listenerId: "front",
  protocol: "http",
  port: 80,
  certificate: null,
  rules: [],
  defaultAction: { kind: "forward", groups: [{ groupId: "blue", weight: 1 }] },
};
const FIXED = { kind: "fixed-response", status: 200, contentType: "text/plain", body: "" } as const;

function plan(listener: Partial<ListenerPlan>, group: object = {}): BalancerPlan {
  return { listeners: [{ ...LISTENER, ...listener }], groups: [{ ...GROUP, ...group }] };
}
function forward(...groups: readonly (readonly [string, number])[]): Partial<ListenerPlan> {
  return { defaultAction: { kind: "forward", groups: groups.map(([groupId, weight]) => ({ groupId, weight })) } };
}

describe("a balancer's plan", () => {
  it("is in order with what it names, and with nothing at all", () => {
    expect(balancerPlanTrouble(plan({}))).toBeUndefined();
    expect(balancerPlanTrouble(plan(forward(["blue", 0])))).toBeUndefined();
    expect(balancerPlanTrouble({ listeners: [], groups: [] })).toBeUndefined();
  });

  it.each<[BalancerPlan, RegExp]>([
    [plan(forward(["green", 1])), /front forwards to green, which is not among/],
    [plan(forward()), /forwards to no target group/],
    [plan(forward(["blue", 1], ["blue", 2])), /target group of a forward action of the listener front blue twice/],
    [plan(forward(["blue", -1])), /weight -1: use a whole number from 0 to 999/],
    [plan(forward(["blue", 1.5])), /weight 1.5/],
    [plan(forward(["blue", 1000])), /weight 1000/],
    [plan({ port: 0 }), /port 0/],
    [plan({ port: 65_536 }), /port 65536/],
    [plan({}, { servers: [{ ...GROUP.servers[0], port: 0.5 }] }), /server s1 of blue has the port 0.5/],
    [plan({}, { servers: [GROUP.servers[0], GROUP.servers[0]] }), /server of blue s1 twice/],
    [plan({ protocol: "https" }), /https and has no certificate/],
    [plan({ protocol: "tcp", defaultAction: FIXED }), /tcp, and can only forward/],
    [plan({ rules: ["r", "r"].map((ruleId) => ({ ruleId, conditions: [], action: FIXED })) }), /rule of front r twice/],
    [{ listeners: [], groups: [GROUP, GROUP] }, /target group blue twice/],
    [{ listeners: [LISTENER, { ...LISTENER, port: 81 }], groups: [GROUP] }, /listener front twice/],
    [{ listeners: [LISTENER, { ...LISTENER, listenerId: "back" }], groups: [GROUP] }, /listener port 80 twice/],
  ])("%# says what is wrong", (wrong, words) => {
    expect(balancerPlanTrouble(wrong)).toMatch(words);
  });
});
