import { balancerConfig } from "@sluice/drivers/haproxy-balancer/balancer-config.ts";
import { EMPTY_LAYOUT, planLayout } from "@sluice/drivers/haproxy-balancer/balancer-layout.ts";
import { balancerPlanTrouble } from "@sluice/engine/ports/balancer-plan-trouble.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ELBV2_TABLE, type Elbv2Operations } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { OperationTable, Shape } from "@sluice/wire/shapes/shape.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { makeWeb, openElbv2World } from "./elbv2.fixture.ts";

const TABLE: OperationTable = ELBV2_TABLE;
const RUNS = 100;
const CALLS_IN_A_RUN = 40;

const PLACE = {
  directory: "/tmp",
  address: "127.0.0.1",
  runAs: null,
  threads: 1,
  certificates: new Map([["web", "/tmp/web.pem"]]),
  certificatesDigest: "",
};

const WORDS = [
  ...[
    "web",
    "blue",
    "green",
    "forward",
    "redirect",
    "fixed-response",
    "HTTP",
    "TCP",
    "HTTPS",
    "application",
    "network",
    "ip",
  ],
  ...[
    "path-pattern",
    "host-header",
    "query-string",
    "source-ip",
    "http-header",
    "/a*",
    "192.0.2.0/24",
    "192.0.2.7",
    "200",
  ],
  ...[
    "HTTP_301",
    "#{host}",
    "/#{path}",
    "443",
    "traffic-port",
    "stickiness.enabled",
    "true",
    "deletion_protection.enabled",
  ],
  ...["", " ", "\u202e", "a\nuse_backend x", "'; --", "__proto__", "a".repeat(5_000)],
];

/** What a member is mostly given. */
const BY_MEMBER: Readonly<Record<string, readonly unknown[]>> = {
  Name: ["web", "blue", "green", "red", "spare"],
  Names: [["web"], ["blue"]],
  Protocol: ["HTTP", "HTTP", "TCP", "HTTPS"],
  Port: [80, 81, 443, 8080],
  TargetType: ["ip", "instance", "lambda"],
  Priority: [1, 2, 3],
  Conditions: [
    [{ Field: "path-pattern", Values: ["/a*", "/?"] }],
    [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-A", Values: ["it's 100%; {x}"] } }],
    [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: 'a"b', Value: "\\'$(x)" }] } }],
  ],
  Targets: [[{ Id: "192.0.2.7" }], [{ Id: "192.0.2.7", Port: 81 }]],
  Certificates: [undefined, [{ CertificateArn: "web" }]],
};

function ofMember(name: string, shape: Shape, isRequired: boolean, known: readonly string[]): fc.Arbitrary<unknown> {
  const kind = ARN_KINDS[name];
  const arns = kind === undefined ? [] : known.filter((arn) => arn.includes(kind));
  const likely = [...(BY_MEMBER[name] ?? []), ...arns, ...(name in ACTIONS ? actionsOf(known) : [])];
  return fc.oneof(
    ...(likely.length > 0 ? [{ weight: 40, arbitrary: fc.constantFrom(...likely) }] : []),
    { weight: isRequired ? 1 : 20, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: roughly(shape, known) },
  );
}

const ARN_KINDS: Readonly<Record<string, string>> = {
  LoadBalancerArn: ":loadbalancer/",
  TargetGroupArn: ":targetgroup/",
  ListenerArn: ":listener/",
};
const ACTIONS: Readonly<Record<string, true>> = { Actions: true, DefaultActions: true };

function actionsOf(known: readonly string[]): readonly unknown[] {
  const group = known.find((arn) => arn.includes(":targetgroup/"));
  return [
    [{ Type: "forward", TargetGroupArn: group }],
    [{ Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 0 }] } }],
    [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404", MessageBody: "100% 'gone'\nfor good" } }],
    [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_302", Host: "a'b%[x]", Query: '#{query}&c="' } }],
  ];
}

/** Mostly what may be right, so that calls come past the first check. */
function roughly(shape: Shape, known: readonly string[]): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
      return fc.constantFrom(...known, ...known, ...WORDS);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "long":
    case "double":
      return fc.constantFrom(0, 1, 2, 5, 80, 81, 100, 999, 65_535, 70_000, -1, 2 ** 31 - 1);
    case "timestamp":
      return fc.constant(new Date(0));
    case "blob":
      return fc.uint8Array();
    case "list":
      return fc.array(roughly(shape.member, known), { maxLength: 3 });
    case "map":
      return fc.dictionary(fc.constantFrom(...WORDS), roughly(shape.value, known), { maxKeys: 2 });
    case "structure": {
      const { members, required } = shape;
      const shapes = Object.entries(members).map(([name, member]) =>
        ofMember(name, member, required.includes(name), known).map((value) => [name, value] as const),
      );
      return fc.tuple(...shapes).map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)));
    }
    default:
      return shape satisfies never;
  }
}

it("answers every call or refuses it with a fault of the caller, and what it keeps a balancer can do", async () => {
  const first = await openElbv2World();
  const made = Object.values(await makeWeb(first));
  await first.close();
  const call = fc
    .constantFrom(...(Object.keys(TABLE) as (keyof Elbv2Operations)[]))
    .chain((name) => fc.tuple(fc.constant(name), roughly(TABLE[name]!.input, made)));
  const calls = fc.array(call, { minLength: CALLS_IN_A_RUN, maxLength: CALLS_IN_A_RUN });
  const done = new Set<string>();
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const world = await openElbv2World();
      try {
        await makeWeb(world);
        for (const [name, input] of all) {
          await world.call(name, input as never).then(
            () => done.add(name),
            (error: unknown) => expect(error).toBeInstanceOf(CallerFault),
          );
        }
        const { outcome } = await world.balancing.loop.settle(AbortSignal.timeout(20_000));
        expect(outcome).toEqual({ outcome: "done" });
        const plan = world.balancer.plan!;
        expect(balancerPlanTrouble(plan)).toBeUndefined();
        balancerConfig(plan, planLayout(plan, EMPTY_LAYOUT, 0), PLACE);
      } finally {
        await world.close();
      }
    }),
    { numRuns: RUNS },
  );
  // Otherwise all that was tried is the first check.
  const wanted = ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "ModifyListener", "CreateRule"];
  expect(wanted.filter((name) => !done.has(name))).toEqual([]);
}, 120_000);
