import type {
  BalancerHealthCheck,
  BalancerPlan,
  ListenerAction,
  RuleCondition,
} from "@sluice/engine/ports/balancer.ts";
import { describe, expect, it } from "vitest";
import { balancerConfig, type ConfigPlace } from "./balancer-config.ts";
import { EMPTY_LAYOUT, planLayout } from "./balancer-layout.ts";
import { backendName } from "./configured-names.ts";
import { weightsMapText, weightsOf } from "./weights-map.ts";

const PLACE: ConfigPlace = {
  directory: "/var/lib/sluice/haproxy",
  address: "127.0.0.1",
  runAs: { user: "haproxy", group: "haproxy" },
  threads: 2,
  certificates: new Map([["web", "/etc/sluice/it's.pem"]]),
  certificatesDigest: "",
};
const CHECK = {
  protocol: "http",
  path: "/health?deep=1",
  matcher: "200-299,302",
  port: 9000,
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyCount: 5,
  unhealthyCount: 2,
} as const;
const FORWARD: ListenerAction = {
  kind: "forward",
  groups: [
    { groupId: "blue", weight: 1 },
    { groupId: "green", weight: 3 },
  ],
};
const REDIRECT: ListenerAction = {
  kind: "redirect",
  status: 301,
  protocol: "HTTPS",
  host: "#{host}",
  port: "443",
  path: "/100%/#{path}",
  query: "#{query}",
};

function plan(conditions: readonly RuleCondition[], action: ListenerAction = REDIRECT): BalancerPlan {
  return {
    listeners: [
      {
        listenerId: "front",
        protocol: "https",
        port: 8443,
        certificate: "web",
        rules: [{ ruleId: "rule", conditions, action }],
        defaultAction: FORWARD,
      },
      {
        listenerId: "wire",
        protocol: "tcp",
        port: 5432,
        certificate: null,
        rules: [],
        defaultAction: { kind: "forward", groups: [{ groupId: "database", weight: 1 }] },
      },
    ],
    groups: [
      {
        groupId: "blue",
        name: "blue",
        protocol: "http",
        healthCheck: CHECK,
        servers: [
          { serverId: "s1", address: "10.0.0.1", port: 80, isDraining: false },
          { serverId: "s2", address: "fd00::1", port: 80, isDraining: true },
        ],
      },
      { groupId: "green", name: "green", protocol: "http", healthCheck: null, servers: [] },
      {
        groupId: "database",
        name: "database",
        protocol: "tcp",
        healthCheck: { ...CHECK, protocol: "tcp", port: null },
        servers: [],
      },
    ],
  };
}

function configOf(wanted: BalancerPlan, place: Partial<ConfigPlace> = {}) {
  return balancerConfig(wanted, planLayout(wanted, EMPTY_LAYOUT, 0), { ...PLACE, ...place });
}

function withChecks(change: Partial<BalancerHealthCheck>): BalancerPlan {
  const groups = plan([]).groups.map((group) => ({
    ...group,
    healthCheck: group.healthCheck && { ...group.healthCheck, ...change },
  }));
  return { ...plan([]), groups };
}

const EVERY_CONDITION: readonly RuleCondition[] = [
  { field: "host-header", values: ["*.example.com", "shop.example.org"] },
  { field: "path-pattern", values: ["/img/*", "/a?c"] },
  { field: "http-header", name: "X-Canary", values: ["it's (me)*"] },
  { field: "http-request-method", values: ["GET"] },
  {
    field: "query-string",
    values: [
      { key: "v*", value: "2" },
      { key: null, value: "*beta*" },
    ],
  },
  { field: "source-ip", values: ["10.0.0.0/8", "fd00::/8"] },
];

describe("the configuration", () => {
  it("is this", async () => {
    const { text } = configOf(plan(EVERY_CONDITION));
    await expect(text).toMatchFileSnapshot("golden/whole-plan.cfg");
  });

  it("stays the same, in its lasting part, when weights and servers change", () => {
    const before = plan([]);
    const { digest } = configOf(before);
    const [front, wire] = before.listeners;
    const groups = before.groups.map((group) => ({ ...group, servers: [] }));
    const shifted: ListenerAction = { kind: "forward", groups: [{ groupId: "green", weight: 7 }] };
    expect(configOf({ listeners: [{ ...front!, defaultAction: shifted }, wire!], groups }).digest).toBe(digest);
  });

  it.each<[string, BalancerPlan, Partial<ConfigPlace>]>([
    ["a rule", plan([{ field: "path-pattern", values: ["/x"] }]), {}],
    ["a body", plan([], { kind: "fixed-response", status: 200, contentType: "text/plain", body: "other" }), {}],
    ["a certificate's content", plan([]), { certificatesDigest: "renewed" }],
    ["a health check", { ...plan([]), groups: plan([]).groups.map((group) => ({ ...group, healthCheck: null })) }, {}],
    ["a health check's interval", withChecks({ intervalSeconds: 10 }), {}],
    ["a health check's port", withChecks({ port: 9001 }), {}],
    ["how many checks make a server healthy", withChecks({ healthyCount: 3 }), {}],
    ["how many checks make a server unhealthy", withChecks({ unhealthyCount: 3 }), {}],
  ])("differs in its lasting part for %s", (_name, changed, place) => {
    expect(configOf(changed, place).digest).not.toBe(configOf(plan([])).digest);
  });

  it("keeps weights out of it, one entry an action", () => {
    const [blue, green, database] = ["blue", "green", "database"].map(backendName);
    expect(weightsMapText(weightsOf(plan([])))).toMatch(
      new RegExp(`^a_\\w{16} 250000:${blue}:1000000:${green}\na_\\w{16} 1000000:${database}\n$`),
    );
  });

  it("has a header for a group's servers, in requests and health checks alike", () => {
    const sentHeader = { name: "x-own", value: "it's 5% \\ $(x)" };
    const { text, digest } = configOf({ listeners: [], groups: [{ ...plan([]).groups[0]!, sentHeader }] });
    const value = String.raw`'it'\''s 5%% \ $(x)'`;
    expect(text).toContain(`\n  http-request set-header x-own ${value}\n`);
    expect(text).toContain(` hdr User-Agent ELB-HealthChecker/2.0 hdr x-own ${value}\n`);
    expect(configOf({ listeners: [], groups: [plan([]).groups[0]!] }).digest).not.toBe(digest);
  });

  const group = plan([]).groups[0]!;
  const withGroup = (change: object): BalancerPlan => ({ listeners: [], groups: [{ ...group, ...change }] });
  const fixed = (values: object): ListenerAction => ({
    kind: "fixed-response",
    status: 200,
    contentType: "",
    body: "",
    ...values,
  });
  it.each<[BalancerPlan, RegExp]>([
    [plan([{ field: "path-pattern", values: ["/a\nfrontend b"] }]), /path-pattern has the control character U\+000A/],
    [plan([{ field: "host-header", values: ["a\u0000"] }]), /U\+0000/],
    [plan([{ field: "path-pattern", values: [] }]), /path-pattern of rule has no value/],
    [plan([{ field: "http-header", name: "X Y", values: ["a"] }]), /"X Y" is no name/],
    [plan([{ field: "http-request-method", values: ["GET }"] }]), /"GET }" is no HTTP method/],
    [plan([{ field: "source-ip", values: ["10.0.0.0/33"] }]), /10.0.0.0\/33" is no address range/],
    [plan([{ field: "source-ip", values: ["::1%lo"] }]), /no address range/],
    [plan([], fixed({ status: 99 })), /status 99: use one from 200 to 599/],
    [plan([], fixed({ body: "x".repeat(8193) })), /8193 bytes: use at most 8192/],
    [plan([], fixed({ body: "x", contentType: "a\rb" })), /U\+000D/],
    [plan([], { ...REDIRECT, path: "x" } as ListenerAction), /path "x": begin it with/],
    [plan([], { ...REDIRECT, protocol: "FTP" } as ListenerAction), /protocol FTP/],
    [plan([], { ...REDIRECT, port: "80 }" } as ListenerAction), /port 80 }/],
    [withGroup({ healthCheck: { ...CHECK, path: "/a b" } }), /path "\/a b"/],
    [withGroup({ healthCheck: { ...CHECK, matcher: "200 ok" } }), /matcher "200 ok"/],
    [
      withGroup({ servers: [{ ...group.servers[0]!, address: "web.local" }] }),
      /address "web.local": use an IP address/,
    ],
    [
      { ...plan([]), listeners: [{ ...plan([]).listeners[0]!, certificate: "none" }] },
      /certificate none, which no setting/,
    ],
    [
      { ...plan([]), listeners: [{ ...plan([]).listeners[1]!, defaultAction: FORWARD }] },
      /is tcp and forwards to blue, which is http/,
    ],
  ])("%# refuses what it cannot say, or what could be more than a value", (wrong, words) => {
    expect(() => configOf(wrong)).toThrow(words);
  });
});
