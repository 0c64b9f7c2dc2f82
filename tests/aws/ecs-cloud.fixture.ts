import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServicePrimaryTaskSetCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import type { EcsService } from "@sluice/engine/ports/task-sets.ts";
import type { TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import type { MotoServer } from "./moto-server.fixture.ts";

const ROLE = "arn:aws:iam::123456789012:role/CodeDeploy";
/** An archive without any file. */
const EMPTY_ZIP = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

/** A service with its target groups and listeners. */
export interface EcsWorld {
  readonly service: EcsService;
  readonly pair: TargetGroupPair;
  /** The id of the primary task set, before. */
  readonly blue: string;
}

/** The cluster `shop` in moto, the task definitions `web:1` and `web:2`, and the function `CodeDeployHook_before`. */
export interface EcsCloud {
  /** A new service of `web:1`, whose primary task set is behind the first of two target groups. */
  createService(): Promise<EcsWorld>;
  /** The weight of `blue` and `green`, as the listener has them; a group that it does not name is absent. */
  weightsAt(listenerArn: string): Promise<Readonly<Record<string, number | undefined>>>;
  taskSetsOf(world: EcsWorld): Promise<readonly CloudTaskSet[]>;
  close(): Promise<void>;
}

export interface CloudTaskSet {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly externalId: string;
  readonly taskDefinition: string | undefined;
}

export async function createEcsCloud(moto: MotoServer): Promise<EcsCloud> {
  const ecs = new ECSClient(awsClientConfig(moto.settings, "ecs"));
  const elb = new ElasticLoadBalancingV2Client(awsClientConfig(moto.settings, "elasticloadbalancing"));
  const { vpc, subnets, securityGroup } = await createNetwork(moto);
  let made = 0;
  await ecs.send(new CreateClusterCommand({ clusterName: "shop" }));
  for (const image of ["web:1", "web:2"]) {
    const web = { name: "web", image, memory: 64, portMappings: [{ containerPort: 80 }] };
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "web",
        containerDefinitions: [web],
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
      }),
    );
  }
  await createFunction(moto);
  return { createService, weightsAt, taskSetsOf, close };

  async function close(): Promise<void> {
    ecs.destroy();
    elb.destroy();
  }

  async function createService(): Promise<EcsWorld> {
    const name = `web-${++made}`;
    const groups: string[] = [];
    for (const colour of ["blue", "green"]) {
      const input = { Name: `${name}-${colour}`, Protocol: "HTTP", Port: 80, VpcId: vpc, TargetType: "ip" } as const;
      const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(input));
      groups.push(TargetGroups?.[0]?.TargetGroupArn ?? "");
    }
    const [blueGroup = ""] = groups;
    const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: name, Subnets: subnets }));
    const listeners: string[] = [];
    for (const Port of [80, 8_080]) {
      const { Listeners } = await elb.send(
        new CreateListenerCommand({
          LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
          Protocol: "HTTP",
          Port,
          DefaultActions: [{ Type: "forward", TargetGroupArn: blueGroup }],
        }),
      );
      listeners.push(Listeners?.[0]?.ListenerArn ?? "");
    }
    const loadBalancers = [{ targetGroupArn: blueGroup, containerName: "web", containerPort: 80 }];
    const awsvpcConfiguration = { subnets, securityGroups: [securityGroup], assignPublicIp: "DISABLED" as const };
    const runs = { launchType: "FARGATE" as const, networkConfiguration: { awsvpcConfiguration }, loadBalancers };
    const names = { cluster: "shop", service: name };
    await ecs.send(
      new CreateServiceCommand({
        cluster: "shop",
        serviceName: name,
        taskDefinition: "web:1",
        desiredCount: 2,
        deploymentController: { type: "CODE_DEPLOY" },
        ...runs,
      }),
    );
    const { taskSet } = await ecs.send(new CreateTaskSetCommand({ ...names, ...runs, taskDefinition: "web:1" }));
    await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...names, primaryTaskSet: taskSet?.taskSetArn ?? "" }));
    const [productionListener = "", testListener = ""] = listeners;
    return {
      service: { clusterName: "shop", serviceName: name, serviceRoleArn: ROLE },
      // As a deployment group has them: by their names.
      pair: {
        targetGroups: [`${name}-blue`, `${name}-green`],
        productionListener,
        testListener,
        serviceRoleArn: ROLE,
      },
      blue: taskSet?.id ?? "",
    };
  }

  async function weightsAt(ListenerArn: string) {
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] }));
    const groups = Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const colour = (arn = "") => (arn.includes("-green/") ? "green" : "blue");
    return Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [colour(TargetGroupArn), Weight]));
  }

  async function taskSetsOf({ service: { serviceName } }: EcsWorld): Promise<readonly CloudTaskSet[]> {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: "shop", services: [serviceName] }));
    return (services?.[0]?.taskSets ?? []).map(({ id, status, externalId, taskDefinition = "" }) => ({
      id,
      status,
      externalId: externalId ?? "",
      taskDefinition: taskDefinition.split("/").at(-1),
    }));
  }
}

async function createNetwork({
  settings,
}: MotoServer): Promise<{ vpc: string; subnets: string[]; securityGroup: string }> {
  const ec2 = new EC2Client(awsClientConfig(settings, "ec2"));
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId ?? "";
  // Without it moto cannot name the network interface of a task.
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpc, EnableDnsHostnames: { Value: true } }));
  const subnets: string[] = [];
  for (const [at, zone] of ["a", "b"].entries()) {
    const input = { VpcId: vpc, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `${settings.region}${zone}` };
    subnets.push((await ec2.send(new CreateSubnetCommand(input))).Subnet?.SubnetId ?? "");
  }
  const group = await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "web", Description: "web" }));
  ec2.destroy();
  return { vpc, subnets, securityGroup: group.GroupId ?? "" };
}

/** moto takes invocations of a function without a Docker Engine when it is told so. */
async function createFunction(moto: MotoServer): Promise<void> {
  const config = JSON.stringify({ lambda: { use_docker: false } });
  const headers = { "content-type": "application/json" };
  await fetch(`${moto.url}/moto-api/config`, { method: "POST", body: config, headers });
  const scope = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
  const policy = encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement: [] }));
  await fetch(moto.url, {
    method: "POST",
    body: `Action=CreateRole&Version=2010-05-08&RoleName=hook&AssumeRolePolicyDocument=${policy}`,
    headers: { authorization: scope, "content-type": "application/x-www-form-urlencoded" },
  });
  const lambda = new LambdaClient(awsClientConfig(moto.settings, "lambda"));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "CodeDeployHook_before",
      Runtime: "python3.11",
      Handler: "hook.handler",
      Role: "arn:aws:iam::123456789012:role/hook",
      Code: { ZipFile: EMPTY_ZIP },
    }),
  );
  lambda.destroy();
}
