import { DescribeVpcsCommand, EC2Client, RunInstancesCommand, StopInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import { elbv2Router } from "@sluice/drivers/elbv2/elbv2-router.ts";
import type { RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

const whyNot = whyNoMoto();
const never = new AbortController().signal;
const DONE = { outcome: "done" };

describe("the traffic router elbv2, against moto", () => {
  let moto: MotoServer;
  let elb: ElasticLoadBalancingV2Client;
  let ec2: EC2Client;
  let router: TrafficRouter;
  let vpc: string;
  const arns = new Map<string, string>();

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    elb = new ElasticLoadBalancingV2Client(awsClientConfig(moto.settings, "elasticloadbalancing"));
    ec2 = new EC2Client(awsClientConfig(moto.settings, "ec2"));
    router = elbv2Router.create(moto.settings, {});
    vpc = (await ec2.send(new DescribeVpcsCommand())).Vpcs![0]!.VpcId!;
    await createGroup("shop");
    await createGroup("shop-admin");
    await createGroup("shop-addresses", { TargetType: "ip" });
  });

  afterAll(async () => {
    elb?.destroy();
    ec2?.destroy();
    await moto?.stop();
  });

  async function createGroup(Name: string, more: Partial<CreateTargetGroupCommandInput> = {}): Promise<void> {
    const input = { Name, Protocol: "HTTP", Port: 8080, VpcId: vpc, ...more } as const;
    const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(input));
    arns.set(Name, TargetGroups![0]!.TargetGroupArn!);
  }

  async function newHost(...groups: string[]): Promise<RoutedHost> {
    const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 }));
    return { hostId: Instances![0]!.InstanceId!, hostName: "web-1", address: "10.0.0.7", groups };
  }

  async function targetsOf(name: string): Promise<string[]> {
    const { TargetHealthDescriptions = [] } = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: arns.get(name)! }),
    );
    return TargetHealthDescriptions.map(({ Target }) => `${Target?.Id}:${Target?.Port}`);
  }

  it("brings a host into all of its groups and takes it out of them, and leaves others alone", async () => {
    const [host, other] = [await newHost("shop", "shop-admin"), await newHost("shop")];
    expect(await router.allow(other, never)).toEqual(DONE);
    expect(await router.allow(host, never)).toEqual(DONE);
    expect(await targetsOf("shop")).toEqual([`${other.hostId}:8080`, `${host.hostId}:8080`]);
    expect(await targetsOf("shop-admin")).toEqual([`${host.hostId}:8080`]);
    expect((await router.observe(host, never)).map(({ group, state }) => `${group} ${state}`)).toEqual([
      "shop serving",
      "shop-admin serving",
    ]);
    expect(await router.block(host, never)).toEqual(DONE);
    expect(await targetsOf("shop")).toEqual([`${other.hostId}:8080`]);
    expect(await targetsOf("shop-admin")).toEqual([]);
    expect((await router.observe(host, never)).map(({ state }) => state)).toEqual(["blocked", "blocked"]);
  });

  it("may be asked again for what is so already", async () => {
    const host = await newHost("shop");
    expect(await router.block(host, never)).toEqual(DONE);
    for (const _ of [1, 2]) expect(await router.allow(host, never)).toEqual(DONE);
    for (const _ of [1, 2]) expect(await router.block(host, never)).toEqual(DONE);
  });

  it("puts addresses into groups of addresses, and refuses a host that a group cannot take", async () => {
    const host = { hostId: "rack-7", hostName: "rack-7", address: "10.1.2.3", groups: ["shop-addresses"] };
    expect(await router.allow(host, never)).toEqual(DONE);
    expect(await targetsOf("shop-addresses")).toEqual(["10.1.2.3:8080"]);
    expect(await router.block(host, never)).toEqual(DONE);
    expect(await router.allow({ ...host, groups: ["shop"] }, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("target group shop: it takes EC2 instances"),
    });
    expect(await router.block({ ...host, address: null }, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("none is known of rack-7"),
    });
  });

  it("registers hosts on the port that the binding gives", async () => {
    const host = await newHost("shop");
    const onItsPort = elbv2Router.create({ ...moto.settings, targetPort: 9090 }, {});
    expect(await onItsPort.allow(host, never)).toEqual(DONE);
    expect(await targetsOf("shop")).toContain(`${host.hostId}:9090`);
    expect(await onItsPort.block(host, never)).toEqual(DONE);
    expect(await targetsOf("shop")).not.toContain(`${host.hostId}:9090`);
  });

  it("fails with the balancer's reason", async () => {
    const host = await newHost("shop", "nobody's");
    const missing = { outcome: "failed", reason: expect.stringMatching(/nobody's: .*TargetGroupNotFound/) };
    expect(await router.allow(host, never)).toEqual(missing);
    expect(await router.block(host, never)).toEqual(missing);
    expect((await router.observe(host, never))[1]).toMatchObject({ group: "nobody's", state: "unknown" });

    const stopped = await newHost("shop");
    expect(await router.allow(stopped, never)).toEqual(DONE);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [stopped.hostId] }));
    expect(await router.allow(stopped, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("Target.InvalidState: Target is in the stopped state"),
    });
    expect(await router.block(stopped, never)).toEqual(DONE);
    expect(await router.allow(stopped, never)).toMatchObject({ outcome: "failed" });
  });

  it("finds a group again that was deleted and made anew", async () => {
    await createGroup("shop-anew");
    const host = await newHost("shop-anew");
    expect(await router.allow(host, never)).toEqual(DONE);
    await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: arns.get("shop-anew")! }));
    await createGroup("shop-anew");
    expect(await router.allow(host, never)).toEqual(DONE);
    expect(await targetsOf("shop-anew")).toEqual([`${host.hostId}:8080`]);
  });

  it("does not begin when it was told to stop", async () => {
    const host = await newHost("shop");
    await expect(router.allow(host, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(await targetsOf("shop")).not.toContain(`${host.hostId}:8080`);
  });
});
