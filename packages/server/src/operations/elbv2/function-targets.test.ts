import { changeServer } from "@sluice/drivers/memory/memory-balancer.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveAlias } from "../../store/lambda/aliases.ts";
import { insertFunction, removeFunction } from "../../store/lambda/functions.ts";
import { insertPermission, type Permission, removePermission } from "../../store/lambda/permissions.ts";
import { functionAlias, functionRow, functionVersion } from "../../store/lambda/rows.fixture.ts";
import { saveVersion } from "../../store/lambda/versions.ts";
import { type Elbv2World, openElbv2World } from "./elbv2.fixture.ts";

/** Functions as targets: the group, what may be registered in it, and what is said of it. */
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:payments";
const LIVE = `${FUNCTION}:live`;

let world: Elbv2World;
let group: string;
beforeEach(async () => {
  world = await openElbv2World();
  group = await makeGroup("pay");
  await world.context.store.write(async ({ db }) => {
    await insertFunction(db, functionRow());
    await saveVersion(db, functionVersion());
    await saveVersion(db, functionVersion({ version: "1" }));
    await saveAlias(db, functionAlias());
  });
});
afterEach(() => world.close());

const fault = (code: string, message: RegExp) =>
  expect.objectContaining({ constructor: CallerFault, code, message: expect.stringMatching(message) });

async function makeGroup(Name: string): Promise<string> {
  const { TargetGroups } = await world.call("CreateTargetGroup", { Name, TargetType: "lambda" });
  return TargetGroups?.[0]?.TargetGroupArn ?? "";
}

async function permit(qualifier: string, more: Partial<Permission["statement"]> = {}): Promise<void> {
  await world.context.store.write(({ db }) =>
    insertPermission(db, {
      functionName: "payments",
      qualifier,
      statementId: `s-${qualifier}`,
      statement: {
        action: "lambda:InvokeFunction",
        principal: "elasticloadbalancing.amazonaws.com",
        sourceArn: group,
        sourceAccount: null,
        ...more,
      },
    }),
  );
}

async function forwardTo(arn: string): Promise<void> {
  const { LoadBalancers } = await world.call("CreateLoadBalancer", { Name: "web" });
  await world.call("CreateListener", {
    LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    Protocol: "HTTP",
    Port: 80,
    DefaultActions: [{ Type: "forward", TargetGroupArn: arn }],
  });
}

const register = (...ids: readonly string[]) =>
  world.call("RegisterTargets", { TargetGroupArn: group, Targets: ids.map((Id) => ({ Id })) });
const healthNow = async () => {
  const { TargetHealthDescriptions = [] } = await world.call("DescribeTargetHealth", { TargetGroupArn: group });
  return TargetHealthDescriptions;
};
const serversNow = () => world.balancer.plan?.groups.find(({ groupId }) => groupId === group)?.servers;

describe("a target group of the type lambda", () => {
  it("has neither protocol nor port, and health checks that are off until they are wanted", async () => {
    const { TargetGroups } = await world.call("DescribeTargetGroups", { TargetGroupArns: [group] });
    expect(TargetGroups).toEqual([
      {
        TargetGroupArn: group,
        TargetGroupName: "pay",
        HealthCheckEnabled: false,
        HealthCheckPath: "/",
        HealthCheckIntervalSeconds: 35,
        HealthCheckTimeoutSeconds: 30,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        Matcher: { HttpCode: "200" },
        TargetType: "lambda",
        LoadBalancerArns: [],
        IpAddressType: "ipv4",
      },
    ]);
    const input = { TargetGroupArn: group, HealthCheckEnabled: true, HealthCheckPath: "/up" };
    const changed = await world.call("ModifyTargetGroup", input);
    expect(changed.TargetGroups?.[0]).toMatchObject({ HealthCheckEnabled: true, HealthCheckPath: "/up" });
    await forwardTo(group);
    expect(world.balancer.plan?.groups[0]?.healthCheck).toMatchObject({ path: "/up", intervalSeconds: 35 });
    await world.call("ModifyTargetGroup", { TargetGroupArn: group, HealthCheckEnabled: false });
    expect(world.balancer.plan?.groups[0]?.healthCheck).toBeNull();
  });

  it.each([
    [{ Protocol: "HTTP" as const }, /^Protocol cannot be specified .*'lambda': leave it out/],
    [{ Port: 80 }, /^Port cannot be specified/],
    [{ VpcId: "vpc-1" }, /^VpcId cannot be specified/],
    [{ HealthCheckPort: "80" }, /^HealthCheckPort cannot be specified/],
    [{ HealthCheckProtocol: "HTTP" as const }, /^HealthCheckProtocol cannot be specified/],
  ])("refuses %o", async (more, message) => {
    const input = { Name: "other", TargetType: "lambda" as const, ...more };
    await expect(world.call("CreateTargetGroup", input)).rejects.toEqual(fault("ValidationException", message));
  });

  it("has one attribute", async () => {
    const { Attributes } = await world.call("DescribeTargetGroupAttributes", { TargetGroupArn: group });
    expect(Attributes).toEqual([{ Key: "lambda.multi_value_headers.enabled", Value: "false" }]);
    const set = (Key: string, Value: string) =>
      world.call("ModifyTargetGroupAttributes", { TargetGroupArn: group, Attributes: [{ Key, Value }] });
    expect(await set("lambda.multi_value_headers.enabled", "true")).toEqual({
      Attributes: [{ Key: "lambda.multi_value_headers.enabled", Value: "true" }],
    });
    await expect(set("stickiness.enabled", "false")).rejects.toEqual(fault("ValidationException", /is not supported/));
  });

  it("is not what a TCP listener forwards to", async () => {
    const { LoadBalancers } = await world.call("CreateLoadBalancer", { Name: "net", Type: "network" });
    const input = {
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "TCP" as const,
      Port: 80,
      DefaultActions: [{ Type: "forward" as const, TargetGroupArn: group }],
    };
    await expect(world.call("CreateListener", input)).rejects.toMatchObject({ code: "IncompatibleProtocols" });
  });
});

describe("a function as a target", () => {
  it.each([
    ["", FUNCTION],
    ["1", `${FUNCTION}:1`],
    ["live", LIVE],
    ["$LATEST", `${FUNCTION}:$LATEST`],
  ])("is registered by the ARN with the qualifier %o, once its policy lets the group", async (qualifier, arn) => {
    const command = new RegExp(
      `aws lambda add-permission --function-name payments ${qualifier === "" ? "" : `--qualifier '${qualifier.replace("$", "\\$")}' `}--statement-id elb-\\w+ --principal elasticloadbalancing.amazonaws.com --action lambda:InvokeFunction --source-arn ${group}$`,
    );
    await expect(register(arn)).rejects.toEqual(fault("AccessDeniedException", command));
    // That of something else of the function is none of this.
    await permit(qualifier === "live" ? "" : "live");
    await expect(register(arn)).rejects.toEqual(fault("AccessDeniedException", command));
    if (qualifier === "live") await permit("live");
    else await permit(qualifier);
    await register(arn);
    expect(await healthNow()).toMatchObject([{ Target: { Id: arn }, TargetHealth: { State: "unused" } }]);
    await forwardTo(group);
    expect(serversNow()).toEqual([{ serverId: `${arn}:0`, address: "127.0.0.1", port: 8_100, isDraining: false }]);
    expect(world.balancer.plan?.groups[0]?.sentHeader).toEqual({ name: "x-test", value: "secret" });
  });

  it.each([
    [{ principal: "apigateway.amazonaws.com" }],
    [{ action: "lambda:GetFunction" }],
    [{ sourceArn: "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/other/*" }],
    [{ sourceAccount: "999999999999" }],
  ])("is not let by %o", async (statement) => {
    await permit("live", statement);
    await expect(register(LIVE)).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  it.each([
    [{ sourceArn: null }],
    [{ sourceArn: "arn:aws:elasticloadbalancing:*:111122223333:targetgroup/pay/*" }],
    [{ principal: "*", action: "lambda:*", sourceAccount: "111122223333" }],
  ])("is let by %o", async (statement) => {
    await permit("live", statement);
    expect(await register(LIVE)).toEqual({});
  });

  it.each([
    ["192.0.2.7", "InvalidTarget", /is not a valid function ARN/],
    ["payments", "InvalidTarget", /is not a valid function ARN/],
    [`${FUNCTION}:9`, "InvalidTarget", /payments:9' does not exist.*list-functions/],
    [LIVE.replace("us-east-1", "eu-west-1"), "InvalidTarget", /its region is us-east-1/],
    [LIVE.replace("111122223333", "999999999999"), "InvalidTarget", /its account 111122223333/],
  ])("is not %s", async (id, code, message) => {
    await expect(register(id)).rejects.toEqual(fault(code, message));
  });

  it("has no port", async () => {
    await permit("live");
    const input = { TargetGroupArn: group, Targets: [{ Id: LIVE, Port: 80 }] };
    await expect(world.call("RegisterTargets", input)).rejects.toEqual(fault("ValidationException", /A port cannot/));
  });

  it("is the only one of its group, and another one comes when it was taken out", async () => {
    await permit("live");
    await permit("");
    await expect(register(LIVE, FUNCTION)).rejects.toEqual(fault("TooManyTargets", /at most one .* would be 2/));
    await register(LIVE);
    await register(LIVE);
    await forwardTo(group);
    await expect(register(FUNCTION)).rejects.toMatchObject({ code: "TooManyTargets" });
    changeServer(world.balancer, group, `${LIVE}:0`, { sessions: 1 });
    await world.call("DeregisterTargets", { TargetGroupArn: group, Targets: [{ Id: LIVE }] });
    await register(FUNCTION);
    expect(serversNow()).toHaveLength(2);
    expect(serversNow()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ serverId: `${LIVE}:0`, isDraining: true }),
        expect.objectContaining({ serverId: `${FUNCTION}:0`, isDraining: false }),
      ]),
    );
    const states = (await healthNow()).map(({ Target, TargetHealth }) => [Target?.Id, TargetHealth?.State]);
    expect(new Map(states as [string, string][])).toEqual(
      new Map([
        [LIVE, "draining"],
        [FUNCTION, "unavailable"],
      ]),
    );
  });

  it("is unavailable by AWS's words while nobody checks it, and says what keeps it from being invoked", async () => {
    await permit("live");
    await register(LIVE);
    await forwardTo(group);
    const words = "Health checks are not enabled for this target";
    const stateNow = async () => (await healthNow())[0]?.TargetHealth;
    expect(await stateNow()).toEqual({
      State: "unavailable",
      Reason: "Target.HealthCheckDisabled",
      Description: words,
    });
    const store = world.context.store;
    await store.write(({ db }) => removePermission(db, { functionName: "payments", qualifier: "live" }, "s-live"));
    expect((await stateNow())?.Description).toMatch(/^Health checks are .* \(elasticloadbalancing principal does not/);
    await store.write(({ db }) => removeFunction(db, "payments"));
    expect((await stateNow())?.Description).toMatch(/payments:live' does not exist: aws elbv2 deregister-targets/);
    await world.call("ModifyTargetGroup", { TargetGroupArn: group, HealthCheckEnabled: true });
    expect(await stateNow()).toMatchObject({ State: "unhealthy", Reason: "Target.FailedHealthChecks" });
    await world.call("DeregisterTargets", { TargetGroupArn: group, Targets: [{ Id: LIVE }] });
    expect((await stateNow())?.State).not.toBe("unhealthy");
  });

  it("is checked like others when that is wanted", async () => {
    await permit("live");
    await register(LIVE);
    await forwardTo(group);
    await world.call("ModifyTargetGroup", { TargetGroupArn: group, HealthCheckEnabled: true });
    const change = { health: "unhealthy", detail: "HTTP status 500" } as const;
    changeServer(world.balancer, group, `${LIVE}:0`, change);
    await world.balancing.loop.settle(AbortSignal.timeout(20_000));
    expect((await healthNow())[0]?.TargetHealth).toMatchObject({
      State: "unhealthy",
      Reason: "Target.ResponseCodeMismatch",
    });
  });

  it("needs a binding of functions", async () => {
    const without = await openElbv2World("127.0.0.1", true, false, false);
    try {
      const { TargetGroups } = await without.call("CreateTargetGroup", { Name: "pay", TargetType: "lambda" });
      const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
      await expect(without.call("RegisterTargets", { TargetGroupArn, Targets: [{ Id: LIVE }] })).rejects.toEqual(
        fault("OperationNotPermitted", /runs no functions.*- { match: "\*", port: function-alias, driver: functions }/),
      );
    } finally {
      await without.close();
    }
  });
});
