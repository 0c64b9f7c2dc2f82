import { describe, expect, it } from "vitest";
import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import { type BalancerLayout, EMPTY_LAYOUT, planLayout } from "./balancer-layout.ts";
import { commandLines } from "./command-lines.ts";
import { backendName } from "./configured-names.ts";
import { countLeftServers, planRuntimeCommands, type RunningBalancer } from "./runtime-commands.ts";
import { serverStatesText, stateLines } from "./server-states.ts";

const CHECK = {
  protocol: "http",
  path: "/",
  matcher: "200",
  port: null,
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyCount: 5,
  unhealthyCount: 2,
} as const;
const G = backendName("blue");

function group(
  servers: readonly { readonly id: string; readonly isDraining?: boolean }[],
  healthCheck: typeof CHECK | null = CHECK,
) {
  return {
    groupId: "blue",
    name: "blue",
    protocol: "http",
    healthCheck,
    servers: servers.map(({ id, isDraining = false }) => ({ serverId: id, address: "10.0.0.1", port: 80, isDraining })),
  } as const;
}

function running(
  layout: BalancerLayout,
  weights: Record<string, string> = {},
  change: Partial<ServerState> = {},
): RunningBalancer {
  const servers = layout.servers.map(
    ({ name }) => ({ backend: G, server: name, weight: 1, isForcedMaintenance: false, ...change }) as ServerState,
  );
  return { servers, weights: new Map(Object.entries(weights)) };
}

function wanted(layout: BalancerLayout, of: ReturnType<typeof group>, weights: Record<string, string> = {}) {
  return { groups: [of], layout, weights: new Map(Object.entries(weights)), weightsPath: "/data dir/weights.map" };
}

const one = planLayout({ groups: [group([{ id: "s1" }])] }, EMPTY_LAYOUT, 0);
const S1 = `${G}/${one.servers[0]!.name}`;

describe("from a running process to a plan", () => {
  it("needs nothing when all is so", () => {
    expect(planRuntimeCommands(running(one, { a: "1:x" }), wanted(one, group([{ id: "s1" }]), { a: "1:x" }))).toEqual(
      [],
    );
  });

  it("adds servers first and down, then moves weights, then takes servers out", () => {
    const both = planLayout({ groups: [group([{ id: "s2" }])] }, one, 5);
    const s2 = `${G}/${both.servers[0]!.name}`;
    expect(planRuntimeCommands(running(one, { a: "1:x" }), wanted(both, group([{ id: "s2" }]), { a: "2:x" }))).toEqual([
      `add server ${s2} 10.0.0.1:80 check inter 30s downinter 1s fall 2 rise 5 weight 0`,
      `enable health ${s2}`,
      `set server ${s2} state ready`,
      `set server ${s2} health down`,
      `set server ${s2} weight 1`,
      "set map /data\\ dir/weights.map a 2:x",
      `set server ${S1} state maint`,
    ]);
  });

  it("drains by weight, and back", () => {
    const drained = planLayout({ groups: [group([{ id: "s1", isDraining: true }])] }, one, 0);
    const of = group([{ id: "s1", isDraining: true }]);
    expect(planRuntimeCommands(running(one), wanted(drained, of))).toEqual([`set server ${S1} weight 0`]);
    const back = running(one, {}, { weight: 0 });
    expect(planRuntimeCommands(back, wanted(one, group([{ id: "s1" }])))).toEqual([`set server ${S1} weight 1`]);
  });

  it("does not repeat itself for servers that have left, and counts them", () => {
    const left = running(one, {}, { isForcedMaintenance: true });
    const none = planLayout({ groups: [group([])] }, one, 0);
    expect(planRuntimeCommands(left, wanted(none, group([])))).toEqual([]);
    expect(countLeftServers(left, none)).toBe(1);
  });

  it("adds a server without a check as one that serves", () => {
    const of = group([{ id: "s1" }], null);
    const layout = planLayout({ groups: [of] }, EMPTY_LAYOUT, 0);
    expect(layout.servers[0]!.isProven).toBe(true);
    const commands = planRuntimeCommands({ servers: [], weights: new Map() }, wanted(layout, of));
    expect(commands).toEqual([
      `add server ${S1} 10.0.0.1:80 weight 0`,
      `set server ${S1} state ready`,
      `set server ${S1} weight 1`,
    ]);
  });

  it("gives a server that comes back, or moves, a name of its own", () => {
    const none = planLayout({ groups: [group([])] }, one, 0);
    const again = planLayout({ groups: [group([{ id: "s1" }])] }, none, 9);
    expect(again.servers[0]!.name).not.toBe(one.servers[0]!.name);
    expect(again.servers[0]).toMatchObject({ isProven: false, addedAt: 9 });
    expect(planLayout({ groups: [group([{ id: "s1" }])] }, one, 9).servers).toEqual(one.servers);
  });
});

describe("what the next process is told of its servers", () => {
  it("takes over what is known, and holds the rest for down", () => {
    const both = planLayout({ groups: [group([{ id: "s1", isDraining: true }, { id: "s2" }])] }, one, 0);
    const [name1, name2] = both.servers.map(({ name }) => name);
    const told = `4 ${G} 1 ${name1} 10.0.0.1 2 8 1 1 641 15 3 4 6 0 0 0 - 80 - 0 0 - - 0`;
    const text = serverStatesText(both, new Map([["blue", CHECK]]), stateLines(`1\n# be_id\n${told}\n\n`));
    const [version, , first, second, end] = text.split("\n");
    expect([version, end]).toEqual(["1", ""]);
    expect(first).toBe(`4 ${G} 1 ${name1} 10.0.0.1 2 0 0 0 641 15 3 4 6 0 0 0 - 80 - 0 0 - - 0`);
    expect(second).toBe(`1 ${G} 1 ${name2} 10.0.0.1 0 0 1 1 0 1 0 0 6 0 0 0 - 80 - 0 0 - - 0`);
  });

  it("leaves out servers that nobody checks: they serve", () => {
    expect(serverStatesText(one, new Map([["blue", null]]), new Map()).split("\n")).toHaveLength(3);
  });
});

it("sends as few lines of commands as fit", () => {
  expect(commandLines(["a", "b"])).toEqual(["a;b"]);
  expect(commandLines([])).toEqual([]);
  const long = "x".repeat(7_999);
  expect(commandLines([long, "b"])).toEqual([long, "b"]);
});
