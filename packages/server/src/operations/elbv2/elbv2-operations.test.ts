import { changeServer } from "@sluice/drivers/memory/memory-balancer.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ELBV2_TABLE } from "@sluice/wire/generated/elbv2-shapes.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Elbv2World, makeWeb, openElbv2World } from "./elbv2.fixture.ts";
import { ELBV2_HANDLERS } from "./elbv2-operations.ts";
import { requireBalancing } from "./require-balancing.ts";

let world: Elbv2World;
beforeEach(async () => {
  world = await openElbv2World();
});
afterEach(() => world.close());

const forward = (arn: string) => [{ Type: "forward" as const, TargetGroupArn: arn }];
const fault = (code: string, message: RegExp) =>
  expect.objectContaining({ constructor: CallerFault, code, message: expect.stringMatching(message) });
const arnOf = (name: string, kind: string) => expect.stringMatching(new RegExp(`:${kind}/${name}/[0-9a-f]{16}$`));
const NOWHERE = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/nowhere/0123456789abcdef";

async function makeGroup(Name: string, Protocol: "HTTP" | "TCP" = "HTTP"): Promise<string> {
  const { TargetGroups } = await world.call("CreateTargetGroup", { Name, Protocol, Port: 80 });
  return TargetGroups?.[0]?.TargetGroupArn ?? "";
}

it("has a handler for each operation of the table", () => {
  expect(Object.keys(ELBV2_HANDLERS).sort()).toEqual(Object.keys(ELBV2_TABLE).sort());
});

it("says which binding to add where there is none", () => {
  expect(() => requireBalancing(undefined)).toThrow(/- { match: "\*", port: weighted-router, driver: haproxy/);
});

describe("load balancers", () => {
  it("are made once under a name, shown with what was said, and gone with their listeners", async () => {
    const input = { Name: "web", Subnets: ["subnet-a", "subnet-b"], SecurityGroups: ["sg-1"] };
    const { LoadBalancers } = await world.call("CreateLoadBalancer", input);
    expect(LoadBalancers).toEqual([
      expect.objectContaining({
        LoadBalancerArn: arnOf("app/web", "loadbalancer"),
        LoadBalancerName: "web",
        DNSName: "127.0.0.1",
        Scheme: "internet-facing",
        Type: "application",
        State: { Code: "active" },
        SecurityGroups: ["sg-1"],
        AvailabilityZones: [
          { ZoneName: "us-east-1", SubnetId: "subnet-a" },
          { ZoneName: "us-east-1", SubnetId: "subnet-b" },
        ],
      }),
    ]);
    expect(await world.call("CreateLoadBalancer", input)).toEqual({ LoadBalancers });
    await expect(world.call("CreateLoadBalancer", { Name: "web", Type: "network" })).rejects.toEqual(
      fault(
        "DuplicateLoadBalancerName",
        /^A load balancer with the same name 'web' exists, but with different settings$/,
      ),
    );
    const group = await makeGroup("blue");
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    await world.call("CreateListener", { LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions: forward(group) });
    expect(world.balancer.plan?.listeners).toHaveLength(1);
    for (const _ of [1, 2]) expect(await world.call("DeleteLoadBalancer", { LoadBalancerArn })).toEqual({});
    expect(world.balancer.plan).toEqual({ listeners: [], groups: [] });
    await expect(world.call("DescribeLoadBalancers", { LoadBalancerArns: [LoadBalancerArn] })).rejects.toEqual(
      fault("LoadBalancerNotFound", /One or more load balancers not found/),
    );
    await expect(world.call("DescribeLoadBalancers", { Names: ["web"] })).rejects.toEqual(
      fault("LoadBalancerNotFound", /^Load balancers '\[web\]' not found$/),
    );
  });

  it("come in pages", async () => {
    for (const Name of ["c", "a", "b"]) await world.call("CreateLoadBalancer", { Name });
    const first = await world.call("DescribeLoadBalancers", { PageSize: 2 });
    expect(first.LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName)).toEqual(["a", "b"]);
    const second = await world.call("DescribeLoadBalancers", { PageSize: 2, Marker: first.NextMarker });
    expect(second.LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName)).toEqual(["c"]);
    expect(second.NextMarker).toBeUndefined();
    await expect(world.call("DescribeLoadBalancers", { Marker: "?" })).rejects.toEqual(
      fault("ValidationException", /Marker/),
    );
  });

  it("are protected from deletion where somebody asked for it", async () => {
    const { balancer: LoadBalancerArn } = await makeWeb(world);
    const Attributes = [{ Key: "deletion_protection.enabled", Value: "true" }];
    expect((await world.call("ModifyLoadBalancerAttributes", { LoadBalancerArn, Attributes })).Attributes).toEqual(
      expect.arrayContaining(Attributes),
    );
    expect((await world.call("DescribeLoadBalancerAttributes", { LoadBalancerArn })).Attributes).toEqual(
      expect.arrayContaining(Attributes),
    );
    await expect(world.call("DeleteLoadBalancer", { LoadBalancerArn })).rejects.toEqual(
      fault("OperationNotPermitted", /cannot be deleted because deletion protection is enabled/),
    );
  });

  it("say why the balancer does not serve", async () => {
    await world.call("CreateLoadBalancer", { Name: "web" });
    world.balancer.trouble = "haproxy is not installed";
    await world.balancing.loop.settle(AbortSignal.timeout(10_000));
    const { LoadBalancers } = await world.call("DescribeLoadBalancers", {});
    expect(LoadBalancers?.[0]?.State).toEqual({ Code: "failed", Reason: "haproxy is not installed" });
  });

  it.each([
    [{}, "ValidationException", /cannot be blank/],
    [{ Name: "x".repeat(33) }, "ValidationException", /cannot be longer than '32' characters/],
    [{ Name: "a_b" }, "ValidationException", /hyphens\(-\)/],
    [{ Name: "-a" }, "ValidationException", /begin or end with '-'/],
    [{ Name: "internal-a" }, "ValidationException", /internal-/],
    [
      { Name: "a", Type: "gateway" },
      "ValidationException",
      /Type 'gateway' is not supported: use one of application, network/,
    ],
    [{ Name: "a", IpAddressType: "dualstack" }, "ValidationException", /IpAddressType 'dualstack' is not supported/],
    [{ Name: "a", IpamPools: {} }, "ValidationException", /^IpamPools is not supported/],
    [
      { Name: "a", SubnetMappings: [{ SubnetId: "subnet-a", AllocationId: "x" }] },
      "ValidationException",
      /AllocationId/,
    ],
    [{ Name: "a", Subnets: ["here"] }, "InvalidSubnet", /'here'/],
    [{ Name: "a", SecurityGroups: ["x"] }, "ValidationException", /SecurityGroups 'x'/],
    [{ Name: "a", Tags: [{ Key: "a" }, { Key: "a" }] }, "DuplicateTagKeys", /unique/],
  ] as const)("refuse %j", async (input, code, message) => {
    await expect(world.call("CreateLoadBalancer", input as never)).rejects.toEqual(fault(code, message));
  });

  it("are internal only where the address is", async () => {
    expect(
      (await world.call("CreateLoadBalancer", { Name: "in", Scheme: "internal" })).LoadBalancers?.[0]?.Scheme,
    ).toBe("internal");
    await world.close();
    world = await openElbv2World("0.0.0.0");
    await expect(world.call("CreateLoadBalancer", { Name: "in", Scheme: "internal" })).rejects.toEqual(
      fault("InvalidScheme", /listens on 0\.0\.0\.0/),
    );
  });
});

describe("target groups", () => {
  it("have AWS's usual health check, and another one when it is modified", async () => {
    const { TargetGroups } = await world.call("CreateTargetGroup", {
      Name: "blue",
      Protocol: "HTTP",
      Port: 80,
      VpcId: "vpc-1",
    });
    expect(TargetGroups).toEqual([
      {
        TargetGroupArn: arnOf("blue", "targetgroup"),
        TargetGroupName: "blue",
        Protocol: "HTTP",
        Port: 80,
        VpcId: "vpc-1",
        HealthCheckProtocol: "HTTP",
        HealthCheckPort: "traffic-port",
        HealthCheckEnabled: true,
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        HealthCheckPath: "/",
        Matcher: { HttpCode: "200" },
        LoadBalancerArns: [],
        TargetType: "instance",
        ProtocolVersion: "HTTP1",
        IpAddressType: "ipv4",
      },
    ]);
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    const modified = await world.call("ModifyTargetGroup", {
      TargetGroupArn,
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 2,
      HealthCheckPort: "9000",
      Matcher: { HttpCode: "200-299,302" },
    });
    expect(modified.TargetGroups?.[0]).toMatchObject({
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 2,
      HealthCheckTimeoutSeconds: 2,
      HealthCheckPort: "9000",
      Matcher: { HttpCode: "200-299,302" },
    });
    expect(await world.call("DescribeTargetGroups", { Names: ["blue"] })).toMatchObject({
      TargetGroups: modified.TargetGroups,
    });
  });

  it("are made once under a name, and cannot be deleted while they are in use", async () => {
    const { group, listener } = await makeWeb(world);
    const again = { Name: "blue", Protocol: "HTTP", Port: 8080, TargetType: "ip" } as const;
    expect((await world.call("CreateTargetGroup", again)).TargetGroups?.[0]?.TargetGroupArn).toBe(group);
    await expect(world.call("CreateTargetGroup", { ...again, Port: 81 })).rejects.toEqual(
      fault(
        "DuplicateTargetGroupName",
        /^A target group with the same name 'blue' exists, but with different settings$/,
      ),
    );
    await expect(world.call("DeleteTargetGroup", { TargetGroupArn: group })).rejects.toEqual(
      fault("ResourceInUse", new RegExp(`^Target group '${group}' is currently in use by a listener or a rule$`)),
    );
    await world.call("DeleteListener", { ListenerArn: listener });
    await world.call("DeleteTargetGroup", { TargetGroupArn: group });
    await expect(world.call("DescribeTargetGroups", { TargetGroupArns: [group] })).rejects.toEqual(
      fault("TargetGroupNotFound", /One or more target groups not found/),
    );
  });

  it("tell their load balancer, and are found by it", async () => {
    const { balancer, group } = await makeWeb(world);
    await makeGroup("spare");
    const { TargetGroups } = await world.call("DescribeTargetGroups", { LoadBalancerArn: balancer });
    expect(TargetGroups?.map((one) => [one.TargetGroupArn, one.LoadBalancerArns])).toEqual([[group, [balancer]]]);
  });

  it("have attributes, of which some have one value", async () => {
    const { group: TargetGroupArn } = await makeWeb(world);
    const modify = (Key: string, Value: string) =>
      world.call("ModifyTargetGroupAttributes", { TargetGroupArn, Attributes: [{ Key, Value }] });
    await modify("deregistration_delay.timeout_seconds", "10");
    await modify("slow_start.duration_seconds", "0");
    const { Attributes } = await world.call("DescribeTargetGroupAttributes", { TargetGroupArn });
    expect(Object.fromEntries((Attributes ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      "deregistration_delay.timeout_seconds": "10",
      "stickiness.enabled": "false",
      "stickiness.lb_cookie.duration_seconds": "86400",
    });
    await expect(modify("stickiness.enabled", "true")).rejects.toEqual(fault("ValidationException", /always 'false'/));
    await expect(modify("slow_start.duration_seconds", "30")).rejects.toEqual(
      fault("ValidationException", /always '0'/),
    );
    await expect(modify("deregistration_delay.timeout_seconds", "3601")).rejects.toEqual(
      fault("ValidationException", /from 0 to 3600/),
    );
    await expect(modify("nothing", "1")).rejects.toEqual(
      fault("ValidationException", /key 'nothing' is not supported/),
    );
  });

  it.each([
    [{ Protocol: "HTTP", Port: 80 }, /cannot be blank/],
    [{ Name: "a", Port: 80 }, /^A protocol must be specified$/],
    [{ Name: "a", Protocol: "HTTP" }, /^A port must be specified$/],
    [{ Name: "a", Protocol: "HTTPS", Port: 443 }, /Protocol 'HTTPS' is not supported: use one of HTTP, TCP/],
    [{ Name: "a", Protocol: "HTTP", Port: 0 }, /Port '0' must be a value from 1 to 65535/],
    [
      { Name: "a", Protocol: "HTTP", TargetType: "lambda" },
      /^Protocol cannot be specified for target groups with target type 'lambda'/,
    ],
    [{ Name: "a", Protocol: "HTTP", Port: 80, ProtocolVersion: "GRPC" }, /ProtocolVersion 'GRPC'/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, HealthCheckEnabled: false }, /HealthCheckEnabled 'false'/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, HealthCheckPath: "health" }, /must begin with '\/'/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, HealthCheckPath: "/a b" }, /without spaces/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, HealthCheckPort: "web" }, /'traffic-port'/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, Matcher: { HttpCode: "700" } }, /matcher/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, Matcher: { GrpcCode: "0" } }, /Matcher\.GrpcCode/],
    [
      { Name: "a", Protocol: "HTTP", Port: 80, HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 6 },
      /smaller than/,
    ],
    [{ Name: "a", Protocol: "TCP", Port: 80, HealthCheckPath: "/" }, /not for health checks of protocol TCP/],
    [{ Name: "a", Protocol: "HTTP", Port: 80, TargetControlPort: 3 }, /^TargetControlPort is not supported/],
  ])("refuse %j", async (input, message) => {
    await expect(world.call("CreateTargetGroup", input as never)).rejects.toEqual(
      fault("ValidationException", message),
    );
  });
});

describe("listeners", () => {
  it("are what the balancer serves", async () => {
    const { balancer, group, listener } = await makeWeb(world);
    expect(world.balancer.plan?.listeners).toEqual([
      {
        listenerId: listener,
        protocol: "http",
        port: 80,
        certificate: null,
        rules: [],
        defaultAction: { kind: "forward", groups: [{ groupId: group, weight: 1 }] },
      },
    ]);
    const described = await world.call("DescribeListeners", { LoadBalancerArn: balancer });
    expect(described.Listeners).toEqual([
      {
        ListenerArn: listener,
        LoadBalancerArn: balancer,
        Port: 80,
        Protocol: "HTTP",
        DefaultActions: [
          {
            Type: "forward",
            TargetGroupArn: group,
            Order: 1,
            ForwardConfig: {
              TargetGroups: [{ TargetGroupArn: group, Weight: 1 }],
              TargetGroupStickinessConfig: { Enabled: false },
            },
          },
        ],
      },
    ]);
  });

  it("take back what was described of them", async () => {
    const { balancer: LoadBalancerArn, listener: ListenerArn } = await makeWeb(world);
    const { Listeners } = await world.call("DescribeListeners", { LoadBalancerArn });
    const DefaultActions = Listeners?.[0]?.DefaultActions;
    expect(DefaultActions?.[0]?.ForwardConfig?.TargetGroupStickinessConfig).toEqual({ Enabled: false });
    expect((await world.call("ModifyListener", { ListenerArn, DefaultActions })).Listeners).toEqual(Listeners);
  });

  it("are modified by what is given alone", async () => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    const green = await makeGroup("green");
    const { Listeners } = await world.call("ModifyListener", {
      ListenerArn,
      DefaultActions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: group, Weight: 90 },
              { TargetGroupArn: green, Weight: 10 },
            ],
          },
        },
      ],
    });
    expect(Listeners?.[0]).toMatchObject({ Port: 80, DefaultActions: [{ Type: "forward" }] });
    expect(Listeners?.[0]?.DefaultActions?.[0]?.TargetGroupArn).toBeUndefined();
    const { Listeners: moved } = await world.call("ModifyListener", { ListenerArn, Port: 81 });
    expect(moved?.[0]).toMatchObject({ Port: 81, DefaultActions: Listeners?.[0]?.DefaultActions });
    expect(world.balancer.plan?.listeners[0]).toMatchObject({
      port: 81,
      defaultAction: {
        groups: [
          { groupId: group, weight: 90 },
          { groupId: green, weight: 10 },
        ],
      },
    });
  });

  it("that the balancer cannot serve leave nothing behind", async () => {
    const { balancer, group, listener: ListenerArn } = await makeWeb(world);
    const before = await world.call("DescribeListeners", { LoadBalancerArn: balancer });
    world.balancer.unserved.set(ListenerArn, "the port is taken");
    await expect(world.call("ModifyListener", { ListenerArn, Port: 81 })).rejects.toEqual(
      fault(
        "InvalidConfigurationRequest",
        /on 127\.0\.0\.1:81 cannot be served: the port is taken\..*Nothing was changed/,
      ),
    );
    world.balancer.unserved.clear();
    expect(await world.call("DescribeListeners", { LoadBalancerArn: balancer })).toEqual(before);
    world.balancer.trouble = "haproxy is not installed";
    const input = { LoadBalancerArn: balancer, Protocol: "HTTP", Port: 82, DefaultActions: forward(group) } as const;
    await expect(world.call("CreateListener", input)).rejects.toEqual(
      fault("InvalidConfigurationRequest", /does not serve: haproxy is not installed/),
    );
    world.balancer.outage = "ECONNREFUSED";
    await expect(world.call("CreateListener", input)).rejects.toEqual(
      fault("ServiceUnavailableException", /ECONNREFUSED/),
    );
    expect(await world.call("DescribeListeners", { LoadBalancerArn: balancer })).toEqual(before);
  });

  it("have a port of their own, of whichever load balancer", async () => {
    const { balancer, group } = await makeWeb(world);
    const { LoadBalancers } = await world.call("CreateLoadBalancer", { Name: "other" });
    const create = (LoadBalancerArn: string) =>
      world.call("CreateListener", { LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions: forward(group) });
    await expect(create(balancer)).rejects.toEqual(
      fault("DuplicateListener", /^A listener already exists on this port for this load balancer '/),
    );
    await expect(create(LoadBalancers?.[0]?.LoadBalancerArn ?? "")).rejects.toEqual(
      fault("DuplicateListener", /of another load balancer has port 80 already/),
    );
  });

  it("of HTTPS have a certificate that the binding names", async () => {
    const { balancer, group } = await makeWeb(world);
    const create = (Port: number, certificate: string | undefined) =>
      world.call("CreateListener", {
        LoadBalancerArn: balancer,
        Protocol: "HTTPS",
        Port,
        Certificates: certificate === undefined ? undefined : [{ CertificateArn: certificate }],
        DefaultActions: forward(group),
      });
    const { Listeners } = await create(443, "arn:aws:acm:us-east-1:111122223333:certificate/web");
    expect(Listeners?.[0]).toMatchObject({ SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" });
    expect(world.balancer.plan?.listeners.find(({ port }) => port === 443)?.certificate).toBe("web");
    await create(444, "web");
    await expect(create(445, "other")).rejects.toEqual(
      fault("CertificateNotFound", /'other' not found.*there are web/),
    );
    await expect(create(445, undefined)).rejects.toEqual(fault("CertificateNotFound", /must be specified/));
  });

  it("of a network load balancer speak TCP, to groups of TCP, without rules", async () => {
    const { LoadBalancers } = await world.call("CreateLoadBalancer", { Name: "net", Type: "network" });
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    const [http, tcp] = [await makeGroup("http"), await makeGroup("tcp", "TCP")];
    const create = (Protocol: "TCP" | "HTTP" | "UDP", group: string) =>
      world.call("CreateListener", { LoadBalancerArn, Protocol, Port: 53, DefaultActions: forward(group) });
    await expect(create("HTTP", http)).rejects.toEqual(
      fault("ValidationException", /Protocol 'HTTP' is not supported: use one of TCP/),
    );
    await expect(create("UDP", http)).rejects.toEqual(fault("UnsupportedProtocol", /UDP/));
    await expect(create("TCP", http)).rejects.toEqual(fault("IncompatibleProtocols", /has protocol HTTP/));
    const { Listeners } = await create("TCP", tcp);
    await expect(
      world.call("CreateRule", {
        ListenerArn: Listeners?.[0]?.ListenerArn ?? "",
        Priority: 1,
        Conditions: [{ Field: "path-pattern", Values: ["/"] }],
        Actions: forward(tcp),
      }),
    ).rejects.toEqual(fault("OperationNotPermitted", /Rules are not supported/));
  });

  it("share no target group with another load balancer", async () => {
    const { group } = await makeWeb(world);
    const { LoadBalancers } = await world.call("CreateLoadBalancer", { Name: "other" });
    await expect(
      world.call("CreateListener", {
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: "HTTP",
        Port: 81,
        DefaultActions: forward(group),
      }),
    ).rejects.toEqual(fault("TargetGroupAssociationLimit", /cannot be associated with more than one load balancer/));
  });

  it.each([
    [[], "ValidationException", /must have one action/],
    [[{ Type: "forward" }], "ValidationException", /TargetGroupArn must be specified/],
    [[{ Type: "forward", TargetGroupArn: "x" }], "ValidationException", /'x' is not a valid target group ARN/],
    [[{ Type: "forward", TargetGroupArn: NOWHERE }], "TargetGroupNotFound", /not found: .*nowhere/],
    [[{ Type: "forward", TargetGroupArn: NOWHERE, Order: 2 }], "ValidationException", /Order '2'/],
    [[{ Type: "authenticate-oidc" }], "ValidationException", /Type 'authenticate-oidc'/],
    [
      [{ Type: "forward", AuthenticateOidcConfig: {} }],
      "ValidationException",
      /AuthenticateOidcConfig is not supported/,
    ],
    [
      [{ Type: "forward", RedirectConfig: { StatusCode: "HTTP_301" } }],
      "InvalidLoadBalancerAction",
      /RedirectConfig is for/,
    ],
    [[{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }], "InvalidLoadBalancerAction", /same place/],
    [[{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301", Host: "a\r\nb" } }], "ValidationException", /Host/],
    [
      [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "302" } }],
      "ValidationException",
      /2XX, 4XX or 5XX/,
    ],
    [
      [{ Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: NOWHERE, Weight: 1000 }] } }],
      "ValidationException",
      /Weight '1000' must be a value from 0 to 999/,
    ],
    [
      [
        {
          Type: "forward",
          TargetGroupArn: NOWHERE,
          ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true } },
        },
      ],
      "ValidationException",
      /TargetGroupStickinessConfig\.Enabled 'true'/,
    ],
    [
      [
        {
          Type: "forward",
          TargetGroupArn: NOWHERE,
          ForwardConfig: { TargetGroupStickinessConfig: { Enabled: false, DurationSeconds: 300 } },
        },
      ],
      "ValidationException",
      /TargetGroupStickinessConfig\.DurationSeconds is not supported/,
    ],
  ])("refuse the actions %j", async (DefaultActions, code, message) => {
    const { listener: ListenerArn } = await makeWeb(world);
    const input = { ListenerArn, DefaultActions } as Parameters<typeof world.call<"ModifyListener">>[1];
    await expect(world.call("ModifyListener", input)).rejects.toEqual(fault(code, message));
  });

  it("take fixed responses and redirects", async () => {
    const { listener: ListenerArn } = await makeWeb(world);
    const actionOf = async (DefaultActions: Parameters<typeof world.call<"ModifyListener">>[1]["DefaultActions"]) => {
      const { Listeners } = await world.call("ModifyListener", { ListenerArn, DefaultActions });
      expect(Listeners?.[0]?.DefaultActions).toEqual([{ Order: 1, ...DefaultActions?.[0] }]);
      return world.balancer.plan?.listeners[0]?.defaultAction;
    };
    const FixedResponseConfig = { StatusCode: "503", ContentType: "text/plain", MessageBody: "closed" };
    expect(await actionOf([{ Type: "fixed-response", FixedResponseConfig }])).toEqual({
      kind: "fixed-response",
      status: 503,
      contentType: "text/plain",
      body: "closed",
    });
    const RedirectConfig = {
      StatusCode: "HTTP_301" as const,
      Protocol: "HTTPS",
      Port: "443",
      Host: "#{host}",
      Path: "/#{path}",
      Query: "#{query}",
    };
    expect(await actionOf([{ Type: "redirect", RedirectConfig }])).toMatchObject({
      kind: "redirect",
      status: 301,
      port: "443",
    });
  });
});

describe("rules", () => {
  const PATHS = [{ Field: "path-pattern", Values: ["/api/*"] }];

  it("act in the order of their priorities, before the default action", async () => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    const create = async (Priority: number) => {
      const { Rules } = await world.call("CreateRule", {
        ListenerArn,
        Priority,
        Conditions: PATHS,
        Actions: forward(group),
      });
      return Rules?.[0]?.RuleArn ?? "";
    };
    const [second, first] = [await create(20), await create(10)];
    const listed = async () =>
      (await world.call("DescribeRules", { ListenerArn })).Rules?.map(({ RuleArn, Priority }) => [RuleArn, Priority]);
    const defaultRule = [expect.stringMatching(/listener-rule/), "default"];
    expect(await listed()).toEqual([[first, "10"], [second, "20"], defaultRule]);
    expect(world.balancer.plan?.listeners[0]?.rules.map(({ ruleId }) => ruleId)).toEqual([first, second]);
    await expect(create(10)).rejects.toEqual(fault("PriorityInUse", /^Priority '10' is currently in use$/));
    const RulePriorities = [
      { RuleArn: first, Priority: 20 },
      { RuleArn: second, Priority: 10 },
    ];
    await world.call("SetRulePriorities", { RulePriorities });
    expect(await listed()).toEqual([[second, "10"], [first, "20"], defaultRule]);
    await expect(
      world.call("SetRulePriorities", { RulePriorities: [{ RuleArn: first, Priority: 10 }] }),
    ).rejects.toEqual(fault("PriorityInUse", /'10'/));
    const [page] = [await world.call("DescribeRules", { ListenerArn, PageSize: 2 })];
    expect(page.Rules?.map(({ Priority }) => Priority)).toEqual(["10", "20"]);
    const rest = await world.call("DescribeRules", { ListenerArn, PageSize: 2, Marker: page.NextMarker });
    expect(rest.Rules?.map(({ IsDefault }) => IsDefault)).toEqual([true]);
    await world.call("DeleteRule", { RuleArn: first });
    expect(await listed()).toEqual([[second, "10"], defaultRule]);
    await expect(world.call("DeleteRule", { RuleArn: first })).rejects.toEqual(
      fault("RuleNotFound", /rules not found/),
    );
  });

  it("are modified, but for the default one", async () => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    const { Rules } = await world.call("CreateRule", {
      ListenerArn,
      Priority: 1,
      Conditions: PATHS,
      Actions: forward(group),
    });
    const RuleArn = Rules?.[0]?.RuleArn ?? "";
    const Conditions = [{ Field: "host-header", HostHeaderConfig: { Values: ["*.example.com"] } }];
    const modified = await world.call("ModifyRule", { RuleArn, Conditions });
    expect(modified.Rules?.[0]).toMatchObject({ Actions: Rules?.[0]?.Actions, Conditions });
    const all = await world.call("DescribeRules", { ListenerArn });
    const byDefault = all.Rules?.at(-1)?.RuleArn ?? "";
    const denied = (verb: string) => fault("OperationNotPermitted", new RegExp(`Default rule '.*' cannot be ${verb}`));
    await expect(world.call("ModifyRule", { RuleArn: byDefault, Conditions })).rejects.toEqual(denied("modified"));
    await expect(world.call("DeleteRule", { RuleArn: byDefault })).rejects.toEqual(denied("deleted"));
  });

  it("that the balancer cannot serve leave nothing behind", async () => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    const rule = { ListenerArn, Conditions: PATHS, Actions: forward(group) };
    const { Rules } = await world.call("CreateRule", { ...rule, Priority: 1 });
    const before = await world.call("DescribeRules", { ListenerArn });
    world.balancer.unserved.set(ListenerArn, "it says no");
    const refusal = fault("InvalidConfigurationRequest", /cannot be served: it says no\..*Nothing was changed/);
    await expect(world.call("CreateRule", { ...rule, Priority: 2 })).rejects.toEqual(refusal);
    const Conditions = [{ Field: "path-pattern", Values: ["/other/*"] }];
    const RuleArn = Rules?.[0]?.RuleArn ?? "";
    await expect(world.call("ModifyRule", { RuleArn, Conditions })).rejects.toEqual(refusal);
    expect(await world.call("DescribeRules", { ListenerArn })).toEqual(before);
  });

  it.each([
    [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "204", MessageBody: "x" } }, /has no body/],
    [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301", Port: "65536" } }, /from 1 to 65535/],
  ] as const)("refuse the action %j", async (action, message) => {
    const { listener: ListenerArn } = await makeWeb(world);
    const input = { ListenerArn, Priority: 1, Conditions: PATHS, Actions: [action] };
    await expect(world.call("CreateRule", input)).rejects.toEqual(fault("ValidationException", message));
  });

  it.each([
    [{ Field: "host-header", HostHeaderConfig: { Values: ["a.example.com"] } }],
    [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Version", Values: ["2*"] } }],
    [{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["GET", "HEAD"] } }],
    [{ Field: "source-ip", SourceIpConfig: { Values: ["192.0.2.0/24", "2001:db8::/32"] } }],
    [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b*" }, { Value: "c" }] } }],
  ])("take the condition %j, and show it again", async (condition) => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    const { Rules } = await world.call("CreateRule", {
      ListenerArn,
      Priority: 1,
      Conditions: [condition],
      Actions: forward(group),
    });
    expect(Rules?.[0]?.Conditions).toMatchObject([condition]);
  });

  it.each([
    [[], /at least one condition/],
    [[{ Field: "cookie", Values: ["a"] }], /Field 'cookie' is not supported/],
    [[{ Field: "path-pattern" }], /at least one value/],
    [[{ Field: "path-pattern", Values: ["/a\n  use_backend x"] }], /must have 1 to 128 characters/],
    [[{ Field: "path-pattern", RegexValues: ["^/a"] }], /RegexValues is not supported/],
    [[{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/a"] } }], /RegexValues is not supported/],
    [[{ Field: "host-header", Values: ["a b"] }], /must have 1 to 128/],
    [[{ Field: "source-ip", SourceIpConfig: { Values: ["1.2.3.4"] } }], /not a CIDR block/],
    [[{ Field: "source-ip", SourceIpConfig: { Values: ["1.2.3.4/33"] } }], /not a CIDR block/],
    [[{ Field: "source-ip", SourceIpConfig: { Values: ["fe80::1%eth0/64"] } }], /not a CIDR block/],
    [[{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "Host", Values: ["a"] } }], /cannot be Host/],
    [
      [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "a b", Values: ["a"] } }],
      /not the name of a header/,
    ],
    [
      [{ Field: "path-pattern", Values: ["/a"], HostHeaderConfig: { Values: ["b"] } }],
      /HostHeaderConfig is for the field/,
    ],
    [[{ Field: "path-pattern", Values: ["1", "2", "3", "4", "5", "6"].map((n) => `/${n}`) }], /at most 5 values/],
    [
      [
        { Field: "path-pattern", Values: ["/a"] },
        { Field: "path-pattern", Values: ["/b"] },
      ],
      /only one 'path-pattern' condition/,
    ],
  ])("refuse the conditions %j", async (Conditions, message) => {
    const { group, listener: ListenerArn } = await makeWeb(world);
    await expect(
      world.call("CreateRule", { ListenerArn, Priority: 1, Conditions, Actions: forward(group) }),
    ).rejects.toEqual(fault("ValidationException", message));
  });
});

describe("targets", () => {
  const health = async (TargetGroupArn: string, Targets?: { Id: string; Port?: number }[]) =>
    (await world.call("DescribeTargetHealth", { TargetGroupArn, Targets })).TargetHealthDescriptions;

  it("are checked as soon as they are registered, and say what the check was answered", async () => {
    const { group: TargetGroupArn } = await makeWeb(world);
    await world.call("RegisterTargets", {
      TargetGroupArn,
      Targets: [{ Id: "192.0.2.1" }, { Id: "192.0.2.2", Port: 81 }],
    });
    changeServer(world.balancer, TargetGroupArn, "192.0.2.1:8080", { health: "healthy", detail: "200" });
    changeServer(world.balancer, TargetGroupArn, "192.0.2.2:81", { health: "unhealthy", detail: "answered 503" });
    await vi.waitFor(async () =>
      expect(await health(TargetGroupArn)).toEqual([
        {
          Target: { Id: "192.0.2.1", Port: 8080 },
          HealthCheckPort: "8080",
          TargetHealth: { State: "healthy" },
        },
        {
          Target: { Id: "192.0.2.2", Port: 81 },
          HealthCheckPort: "81",
          TargetHealth: {
            State: "unhealthy",
            Reason: "Target.ResponseCodeMismatch",
            Description: "Health checks failed with these codes: [503] (answered 503)",
          },
        },
      ]),
    );
  });

  it("drain when they are deregistered, and are gone then", async () => {
    const { group: TargetGroupArn } = await makeWeb(world);
    const Targets = [{ Id: "192.0.2.1" }];
    const isHere = async (state: object) =>
      vi.waitFor(async () => expect((await health(TargetGroupArn, Targets))?.[0]?.TargetHealth).toMatchObject(state));
    await world.call("RegisterTargets", { TargetGroupArn, Targets });
    await isHere({ State: "initial" });
    changeServer(world.balancer, TargetGroupArn, "192.0.2.1:8080", { health: "healthy", detail: "200", sessions: 2 });
    await isHere({ State: "healthy" });
    await world.call("DeregisterTargets", { TargetGroupArn, Targets });
    await isHere({
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress (2 in flight)",
    });
    changeServer(world.balancer, TargetGroupArn, "192.0.2.1:8080", { sessions: 0 });
    await vi.waitFor(async () =>
      expect((await health(TargetGroupArn, Targets))?.[0]?.TargetHealth).toEqual({
        State: "unused",
        Reason: "Target.NotRegistered",
        Description: "Target is not registered to the target group",
      }),
    );
    await vi.waitFor(() => expect(world.balancer.plan?.groups[0]?.servers).toEqual([]));
    await world.call("DeregisterTargets", { TargetGroupArn, Targets });
  });

  it("are tasks too, and are not used behind no listener", async () => {
    const { group } = await makeWeb(world);
    const spare = await makeGroup("spare");
    const task = { taskId: "t-1", address: "10.0.0.1", port: 80, isDraining: false };
    world.tasks = [group, spare].map((targetGroupArn) => ({ ...task, targetGroupArn }));
    await world.balancing.loop.settle(AbortSignal.timeout(10_000));
    expect((await health(group))?.[0]).toMatchObject({
      Target: { Id: "10.0.0.1", Port: 80 },
      TargetHealth: { State: "initial", Reason: "Elb.InitialHealthChecking" },
    });
    expect((await health(spare))?.[0]?.TargetHealth).toMatchObject({ State: "unused", Reason: "Target.NotInUse" });
  });

  it.each([
    [[], "ValidationException", /at least one target/],
    [[{ Id: "i-0123456789abcdef0" }], "InvalidTarget", /'i-0123456789abcdef0' is not a valid IP address/],
    [
      [{ Id: "192.0.2.1" }, { Id: "127.0.0.1" }],
      "InvalidTarget",
      /'127.0.0.1' is an address of this machine: .*localTargets/,
    ],
    [[{ Id: "192.0.2.77" }], "InvalidTarget", /'192.0.2.77' is an address of this machine/],
    [[{ Id: "169.254.169.254" }], "InvalidTarget", /'169.254.169.254' is link-local/],
    [[{ Id: "192.0.2.1", Port: 70_000 }], "ValidationException", /Port '70000'/],
    [[{ Id: "192.0.2.1", AvailabilityZone: "all" }], "ValidationException", /AvailabilityZone is not supported/],
  ])("refuse %j", async (Targets, code, message) => {
    const { group: TargetGroupArn } = await makeWeb(world);
    await expect(world.call("RegisterTargets", { TargetGroupArn, Targets })).rejects.toEqual(fault(code, message));
  });

  it("may be on this machine where sluice.yml says so, and can be taken out where it does not", async () => {
    const Targets = [{ Id: "127.0.0.1" }];
    const open = await openElbv2World("127.0.0.1", true, true);
    try {
      const { group: TargetGroupArn } = await makeWeb(open);
      await open.call("RegisterTargets", { TargetGroupArn, Targets });
      const { TargetHealthDescriptions } = await open.call("DescribeTargetHealth", { TargetGroupArn });
      expect(TargetHealthDescriptions?.map(({ Target }) => Target)).toEqual([{ Id: "127.0.0.1", Port: 8080 }]);
    } finally {
      await open.close();
    }
    const { group: TargetGroupArn } = await makeWeb(world);
    expect(await world.call("DeregisterTargets", { TargetGroupArn, Targets })).toEqual({});
  });
});

it("keeps tags of all that has an ARN", async () => {
  const { balancer, group, listener } = await makeWeb(world);
  const { Rules } = await world.call("CreateRule", {
    ListenerArn: listener,
    Priority: 1,
    Conditions: [{ Field: "path-pattern", Values: ["/"] }],
    Actions: forward(group),
    Tags: [{ Key: "old", Value: "1" }],
  });
  const ResourceArns = [balancer, group, listener, Rules?.[0]?.RuleArn ?? ""];
  await world.call("AddTags", { ResourceArns, Tags: [{ Key: "team", Value: "a" }, { Key: "old" }] });
  await world.call("RemoveTags", { ResourceArns, TagKeys: ["old", "none"] });
  const { TagDescriptions } = await world.call("DescribeTags", { ResourceArns });
  expect(TagDescriptions).toEqual(
    ResourceArns.map((ResourceArn) => ({ ResourceArn, Tags: [{ Key: "team", Value: "a" }] })),
  );
  await expect(world.call("DescribeTags", { ResourceArns: [NOWHERE] })).rejects.toEqual(
    fault("TargetGroupNotFound", /nowhere/),
  );
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  await expect(world.call("AddTags", { ResourceArns, Tags })).rejects.toEqual(fault("TooManyTags", /at most 50 tags/));
});
