import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { type RevisionLocation, UpdateDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import { CreateTagsCommand, DescribeVpcsCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, failedEvent } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

const FLEET = "cloud";
const ALARM = "Errors5xx";
const TARGET_GROUP = "shop";
const LIFECYCLE = [
  ...["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"],
  ...["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart"],
  ...["ValidateService", "BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"],
];

const whyNot = whyNoMoto();

/** An EC2 instance, and what the hooks of its agent wrote. */
interface CloudHost {
  readonly name: string;
  readonly instanceId: string;
  readonly folder: RecordingFolder;
}

describe("a deployment to EC2 instances behind an ELBv2 target group, watched by CloudWatch", () => {
  const undo = new AsyncDisposableStack();
  const hosts: CloudHost[] = [];
  let moto: MotoServer;
  let ec2: EC2Client;
  let elb: ElasticLoadBalancingV2Client;
  let cloudWatch: CloudWatchClient;
  let targetGroupArn: string;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  let revision: RevisionLocation;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    undo.defer(() => moto.stop());
    ec2 = new EC2Client(awsClientConfig(moto.settings, "ec2"));
    elb = new ElasticLoadBalancingV2Client(awsClientConfig(moto.settings, "elasticloadbalancing"));
    cloudWatch = new CloudWatchClient(awsClientConfig(moto.settings, "monitoring"));
    for (const client of [ec2, elb, cloudWatch]) undo.defer(() => client.destroy());
    await createCloud();
    await openServer();
    for (const host of hosts) await enrol(host);
    await codeDeploy.createGroup({ group: "prod", fleet: FLEET, config: "CodeDeployDefault.OneAtATime" });
    await codeDeploy.client.send(
      new UpdateDeploymentGroupCommand({
        applicationName: codeDeploy.application,
        currentDeploymentGroupName: "prod",
        deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        loadBalancerInfo: { targetGroupInfoList: [{ name: TARGET_GROUP }] },
        alarmConfiguration: { enabled: true, alarms: [{ name: ALARM }] },
      }),
    );
    revision = await codeDeploy.put(recordingBundle());
  });

  afterEach(() => {
    for (const { folder } of hosts) folder.releaseAll();
  });

  afterAll(() => undo.disposeAsync());

  /** Three instances, all of them targets, and an alarm that is well. */
  async function createCloud(): Promise<void> {
    const { Instances = [] } = await ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 3, MaxCount: 3 }));
    for (const [index, { InstanceId: instanceId = "" }] of Instances.entries()) {
      const folder = new RecordingFolder();
      undo.defer(() => folder.remove());
      hosts.push({ name: `web-${index + 1}`, instanceId, folder });
    }
    const Resources = hosts.map(({ instanceId }) => instanceId);
    await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: "Fleet", Value: FLEET }] }));
    const VpcId = (await ec2.send(new DescribeVpcsCommand())).Vpcs![0]!.VpcId!;
    const group = { Name: TARGET_GROUP, Protocol: "HTTP", Port: 8080, VpcId } as const;
    targetGroupArn = (await elb.send(new CreateTargetGroupCommand(group))).TargetGroups![0]!.TargetGroupArn!;
    const Targets = Resources.map((Id) => ({ Id }));
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: ALARM,
        Namespace: "Shop",
        MetricName: "Errors",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    await setAlarm("OK");
  }

  async function openServer(): Promise<void> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-moto-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const binding = (port: string, driver: string, match: string) => ({ match, port, driver, settings: moto.settings });
    const bindings = [
      binding("fleet", "ec2", "*"),
      binding("traffic-router", "elbv2", targetGroupArn),
      binding("alarm-reader", "cloudwatch", "*"),
    ];
    const config = join(directory, "sluice.yml");
    writeFileSync(config, JSON.stringify({ bindings }));
    server = await startSluiceServer({ args: ["--config", config] });
    undo.defer(() => server.close());
    codeDeploy = await CodeDeploy.begin(server, "shop");
    undo.defer(() => codeDeploy.close());
  }

  /** The tags that the group asks for are EC2's alone. */
  async function enrol({ name, instanceId, folder }: CloudHost): Promise<void> {
    await server.sluice("hosts", "add", name, "--instance-id", instanceId);
    const agent = await startSluiceAgent(server, { name, environment: { HOST_FOLDER: folder.path } });
    undo.defer(() => agent.close());
    expect(agent.hostId).toBe(instanceId);
  }

  async function setAlarm(StateValue: "OK" | "ALARM"): Promise<void> {
    const StateReason = `set to ${StateValue} by the test`;
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason }));
  }

  /** The names of the hosts that the balancer sends requests to. */
  async function serving(): Promise<string[]> {
    const { TargetHealthDescriptions = [] } = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const healthy = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy");
    return hosts.flatMap(({ name, instanceId }) =>
      healthy.some(({ Target }) => Target?.Id === instanceId) ? name : [],
    );
  }

  const ALL = ["web-1", "web-2", "web-3"];
  const allBut = (out: CloudHost) => ALL.filter((name) => name !== out.name);

  function holdAll(): void {
    for (const { folder } of hosts) folder.hold("AfterInstall");
  }

  /** The host whose AfterInstall has begun; `past` are those that were through it. */
  const installing = (deploymentId: string, past: readonly CloudHost[]) =>
    until("the next host installs", () =>
      hosts.find((host) => !past.includes(host) && host.folder.hasBegun(deploymentId, "AfterInstall")),
    );

  it("takes each target out of the group before it is touched, and brings it back", async () => {
    expect(await serving()).toEqual(ALL);
    holdAll();
    const deploymentId = await codeDeploy.deploy("prod", revision);
    const past: CloudHost[] = [];
    while (past.length < hosts.length) {
      const host = await installing(deploymentId, past);
      expect(await serving()).toEqual(allBut(host));
      past.push(host);
      host.folder.releaseAll();
    }
    const info = await codeDeploy.end(deploymentId);
    expect(info).toMatchObject({ status: "Succeeded", deploymentOverview: { Succeeded: 3 } });
    expect(await serving()).toEqual(ALL);
    const targets = await codeDeploy.targets(deploymentId);
    expect(targets.map(({ targetId }) => targetId).sort()).toEqual(hosts.map(({ instanceId }) => instanceId).sort());
    for (const { lifecycleEvents = [] } of targets) {
      expect(lifecycleEvents.map(({ lifecycleEventName }) => lifecycleEventName)).toEqual(LIFECYCLE);
      expect(lifecycleEvents.every(({ status }) => status === "Succeeded" || status === "Skipped")).toBe(true);
    }
  });

  it("is stopped by an alarm that goes off while a host installs; the hosts that wait keep their traffic", async () => {
    holdAll();
    const deploymentId = await codeDeploy.deploy("prod", revision);
    const host = await installing(deploymentId, []);
    await setAlarm("ALARM");
    const stopped = await codeDeploy.end(deploymentId);
    expect(stopped).toMatchObject({
      status: "Stopped",
      errorInformation: {
        code: "ALARM_ACTIVE",
        message: expect.stringMatching(/Activated alarms: <Errors5xx> .*set to ALARM by the test/),
      },
      deploymentOverview: { Succeeded: 0, Failed: 1, Skipped: 2 },
    });
    const interrupted = failedEvent(await codeDeploy.target(deploymentId, host.instanceId));
    expect(interrupted.lifecycleEventName).toBe("AfterInstall");
    expect(await serving()).toEqual(allBut(host));
    expect(stopped.deploymentStatusMessages?.join("\n")).toContain(host.name);
  });

  it("is not begun while the alarm is on, and mends what was left when it is over", async () => {
    const before = await serving();
    const refused = await codeDeploy.end(await codeDeploy.deploy("prod", revision));
    expect(refused).toMatchObject({ status: "Stopped", errorInformation: { code: "ALARM_ACTIVE" } });
    for (const { folder } of hosts) expect(folder.runs(refused.deploymentId!)).toEqual({});
    expect(await serving()).toEqual(before);

    await setAlarm("OK");
    const mended = await codeDeploy.end(await codeDeploy.deploy("prod", revision));
    expect(mended).toMatchObject({ status: "Succeeded", deploymentOverview: { Succeeded: 3 } });
    expect(await serving()).toEqual(ALL);
  });
});
