import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { weightedRouterContract } from "@sluice/drivers/contracts/weighted-router-contract.fixture.ts";
import { elbv2WeightedRouter } from "@sluice/drivers/elbv2/elbv2-weighted-router.ts";
import { type TargetGroupPair, weightsOfPair } from "@sluice/engine/ports/weighted-router.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

// moto keeps listeners, rules and weights, and checks what is asked for; it balances no traffic, so that what weights do is not seen here.

const whyNot = whyNoMoto();
const never = new AbortController().signal;

describe("the weighted router elbv2, against moto", () => {
  let moto: MotoServer;
  let elb: ElasticLoadBalancingV2Client;
  let subnets: string[];
  let vpc: string;
  let made = 0;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    const { endpoint, region, accessKeyId, secretAccessKey } = moto.settings;
    const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    elb = new ElasticLoadBalancingV2Client(config);
    const ec2 = new EC2Client(config);
    vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId ?? "";
    subnets = [];
    for (const [at, zone] of ["a", "b"].entries()) {
      const input = { VpcId: vpc, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `${region}${zone}` };
      subnets.push((await ec2.send(new CreateSubnetCommand(input))).Subnet?.SubnetId ?? "");
    }
    ec2.destroy();
  }, 120_000);
  afterAll(async () => {
    elb?.destroy();
    await moto?.stop();
  });

  const router = () => elbv2WeightedRouter.create(moto.settings, { now: Date.now });
  const balancer = async (Type: "application" | "network" = "application") => {
    const input = { Name: `balancer-${++made}`, Subnets: subnets, Type };
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand(input));
    return LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  };
  const group = async (Protocol: "HTTP" | "TCP" = "HTTP") => {
    const input = { Name: `group-${++made}`, Protocol, Port: 80, VpcId: vpc, TargetType: "ip" } as const;
    const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(input));
    return { name: input.Name, arn: TargetGroups?.[0]?.TargetGroupArn ?? "" };
  };
  const listener = async (LoadBalancerArn: string, DefaultActions: Action[], Protocol: "HTTP" | "TCP" = "HTTP") => {
    const input = { LoadBalancerArn, Protocol, Port: 8_000 + ++made, DefaultActions };
    const { Listeners } = await elb.send(new CreateListenerCommand(input));
    return Listeners?.[0]?.ListenerArn ?? "";
  };
  const actionsOf = async (arn: string) => {
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [arn] }));
    return Listeners?.[0]?.DefaultActions ?? [];
  };
  const rulesOf = async (ListenerArn: string) => {
    const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
    return Rules.filter(({ IsDefault }) => !IsDefault);
  };
  const weighted = (...weights: readonly (readonly [string, number])[]): Action => ({
    Type: "forward",
    ForwardConfig: { TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  });

  weightedRouterContract("elbv2", async () => {
    const [lb, blue, green, other] = await Promise.all([balancer(), group(), group(), group()]);
    const productionListener = await listener(lb, [weighted([blue.arn, 100], [other.arn, 7])]);
    const testListener = await listener(lb, [{ Type: "forward", TargetGroupArn: blue.arn }]);
    const foreignListener = await listener(lb, [{ Type: "forward", TargetGroupArn: other.arn }]);
    const names = new Map([blue, green, other].map(({ arn, name }) => [arn, name]));
    return {
      router: router(),
      pair: { targetGroups: [blue.name, green.name], productionListener, testListener },
      elsewhere: other.name,
      foreignListener,
      missingListener: `${foreignListener.slice(0, -4)}0000`,
      production: async () => {
        const groups = (await actionsOf(productionListener))[0]?.ForwardConfig?.TargetGroups ?? [];
        return Object.fromEntries(
          groups.map(({ TargetGroupArn = "", Weight }) => [names.get(TargetGroupArn), Weight ?? 1]),
        );
      },
      close: async () => {
        await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: lb }));
      },
    };
  });

  const world = async () => {
    const [lb, blue, green, other] = await Promise.all([balancer(), group(), group(), group()]);
    const productionListener = await listener(lb, [{ Type: "forward", TargetGroupArn: blue.arn }]);
    const pair: TargetGroupPair = { targetGroups: [blue.arn, green.arn], productionListener, testListener: null };
    return { lb, blue, green, other, pair };
  };

  it("changes the rules that name a group of the pair, and no other rule and no condition", async () => {
    const { blue, green, other, pair } = await world();
    const { productionListener: ListenerArn } = pair;
    const condition = (Values: string[]) => [{ Field: "path-pattern", Values }];
    const rule = (Priority: number, Values: string[], Actions: Action[]) =>
      elb.send(new CreateRuleCommand({ ListenerArn, Priority, Conditions: condition(Values), Actions }));
    const Stickiness = { Enabled: true, DurationSeconds: 600 };
    const sticky = weighted([blue.arn, 1], [green.arn, 0]);
    sticky.ForwardConfig = { ...sticky.ForwardConfig, TargetGroupStickinessConfig: Stickiness };
    await rule(1, ["/api/*"], [sticky]);
    await rule(2, ["/else/*"], [{ Type: "forward", TargetGroupArn: other.arn }]);
    await elb.send(
      new ModifyListenerCommand({
        ListenerArn,
        DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
      }),
    );
    const before = await rulesOf(ListenerArn);
    const weights = weightsOfPair(pair, green.arn, 25);
    expect(await router().splitProduction(pair, weights, never)).toEqual({ outcome: "done" });
    const [api, elsewhere] = await rulesOf(ListenerArn);
    expect(api).toMatchObject({ Priority: "1", Conditions: before[0]?.Conditions });
    expect(api?.Actions?.[0]?.ForwardConfig).toEqual({
      TargetGroups: [
        { TargetGroupArn: blue.arn, Weight: 75 },
        { TargetGroupArn: green.arn, Weight: 25 },
      ],
      TargetGroupStickinessConfig: Stickiness,
    });
    expect(elsewhere).toEqual(before[1]);
    expect((await actionsOf(ListenerArn))[0]).toMatchObject({ Type: "fixed-response" });
    expect(await router().describe(pair, never)).toMatchObject({ production: weights });
  });

  it("says so when a call for one of several rules was not made", async () => {
    const { blue, green, pair } = await world();
    const { productionListener: ListenerArn } = pair;
    const Conditions = [{ Field: "path-pattern", Values: ["/api/*"] }];
    const Actions = [weighted([green.arn, 100])];
    await elb.send(new CreateRuleCommand({ ListenerArn, Priority: 1, Conditions, Actions }));
    expect(await router().describe(pair, never)).toMatchObject({ production: weightsOfPair(pair, green.arn, 50) });
    await router().splitProduction(pair, weightsOfPair(pair, blue.arn, 100), never);
    expect(await router().describe(pair, never)).toMatchObject({ production: weightsOfPair(pair, blue.arn, 100) });
  });

  it("refuses listeners on two balancers, and a group that is behind another", async () => {
    const { blue, green, other, pair } = await world();
    const second = await balancer();
    const testListener = await listener(second, [{ Type: "forward", TargetGroupArn: other.arn }]);
    expect(await router().describe({ ...pair, targetGroups: [blue.arn, other.arn], testListener }, never)).toEqual({
      outcome: "unusable",
      reason: expect.stringMatching(/production listener is on .* test listener on .*both have to be on one/),
      production: expect.arrayContaining([{ targetGroup: blue.arn, percent: 100 }]),
    });
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: second,
        Protocol: "HTTP",
        Port: 9_999,
        DefaultActions: [{ Type: "forward", TargetGroupArn: green.arn }],
      }),
    );
    expect(await router().describe(pair, never)).toEqual({
      outcome: "unusable",
      reason: expect.stringMatching(/is also behind the load balancer/),
      production: weightsOfPair(pair, blue.arn, 100),
    });
  });

  it("names a target group that is not there", async () => {
    const { blue, pair } = await world();
    expect(await router().describe({ ...pair, targetGroups: [blue.arn, "nothing"] }, never)).toEqual({
      outcome: "unusable",
      reason: "there is no target group nothing",
    });
  });

  it("moves all traffic of a network listener at once, and no part of it", async () => {
    const [lb, blue, green] = await Promise.all([balancer("network"), group("TCP"), group("TCP")]);
    const productionListener = await listener(lb, [{ Type: "forward", TargetGroupArn: blue.arn }], "TCP");
    const pair: TargetGroupPair = { targetGroups: [blue.arn, green.arn], productionListener, testListener: null };
    expect(await router().describe(pair, never)).toMatchObject({ protocol: "network" });
    expect(await router().splitProduction(pair, weightsOfPair(pair, green.arn, 10), never)).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/network load balancer.*ECSAllAtOnce/),
    });
    const whole = weightsOfPair(pair, green.arn, 100);
    expect(await router().splitProduction(pair, whole, never)).toEqual({ outcome: "done" });
    expect(await router().describe(pair, never)).toMatchObject({ production: whole });
    expect((await actionsOf(productionListener)).map(({ TargetGroupArn }) => TargetGroupArn)).toEqual([green.arn]);
  });
});
