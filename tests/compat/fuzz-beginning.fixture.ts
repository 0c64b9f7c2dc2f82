import type { FuzzCall } from "./fuzz-calls.fixture.ts";
import { CODE, HOST_USER, LISTENER_PORT, latest, ROLE } from "./fuzz-values.fixture.ts";

const GROUP = { applicationName: "web", deploymentGroupName: "live" };
const REVISION = { revisionType: "S3", s3Location: { bucket: "revisions", key: "app.zip", bundleType: "zip" } };
const TAG_FILTER = { Key: "Fleet", Value: "web", Type: "KEY_AND_VALUE" };

/** What there is on the server when a part of a run begins. Some of it may have been deleted by the part before. */
export const BEGINNING: readonly FuzzCall[] = [
  codeDeploy("CreateApplication", { applicationName: "web" }),
  codeDeploy("CreateDeploymentConfig", {
    deploymentConfigName: "half",
    minimumHealthyHosts: { type: "FLEET_PERCENT", value: 50 },
  }),
  codeDeploy("CreateDeploymentGroup", { ...GROUP, serviceRoleArn: ROLE, onPremisesInstanceTagFilters: [TAG_FILTER] }),
  codeDeploy("RegisterApplicationRevision", { applicationName: "web", revision: REVISION }),
  codeDeploy("RegisterOnPremisesInstance", { instanceName: "rack-1", iamUserArn: HOST_USER }),
  codeDeploy("AddTagsToOnPremisesInstances", { instanceNames: ["rack-1"], tags: [{ Key: "Fleet", Value: "web" }] }),
  codeDeploy("CreateDeployment", { ...GROUP, revision: REVISION, deploymentConfigName: "CodeDeployDefault.AllAtOnce" }),
  json("ecs", "AmazonEC2ContainerServiceV20141113", "CreateCluster", { clusterName: "main" }),
  json("ecs", "AmazonEC2ContainerServiceV20141113", "RegisterTaskDefinition", {
    family: "app",
    containerDefinitions: [{ name: "app", image: "app:1", portMappings: [{ containerPort: 8080 }] }],
  }),
  query("CreateTargetGroup", "Name=tg&Protocol=HTTP&Port=8080&TargetType=ip&VpcId=vpc-1"),
  query("CreateLoadBalancer", "Name=lb&Subnets.member.1=subnet-1&Subnets.member.2=subnet-2"),
  query(
    "CreateListener",
    `LoadBalancerArn=${latest("LoadBalancerArn")}&Protocol=HTTP&Port=${LISTENER_PORT}&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn=${latest("TargetGroupArn")}`,
  ),
  query(
    "CreateRule",
    `ListenerArn=${latest("ListenerArn")}&Priority=5&Conditions.member.1.Field=path-pattern&Conditions.member.1.Values.member.1=/a&Actions.member.1.Type=forward&Actions.member.1.TargetGroupArn=${latest("TargetGroupArn")}`,
  ),
  json("ecs", "AmazonEC2ContainerServiceV20141113", "CreateService", {
    cluster: "main",
    serviceName: "api",
    desiredCount: 0,
    deploymentController: { type: "CODE_DEPLOY" },
    taskDefinition: "app",
    loadBalancers: [{ targetGroupArn: latest("TargetGroupArn"), containerName: "app", containerPort: 8080 }],
  }),
  {
    service: "lambda",
    operation: "CreateFunction",
    call: {
      target: null,
      service: "lambda",
      path: "/2015-03-31/functions",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        FunctionName: "hook",
        Role: ROLE,
        Runtime: "provided.al2023",
        Handler: "bootstrap",
        Code: { ZipFile: CODE },
        Publish: true,
      }),
    },
  },
];

function codeDeploy(operation: string, input: object): FuzzCall {
  return json("codedeploy", "CodeDeploy_20141006", operation, input);
}

function json(service: "codedeploy" | "ecs", prefix: string, operation: string, input: object): FuzzCall {
  return { service, operation, call: { target: `${prefix}.${operation}`, service, body: JSON.stringify(input) } };
}

function query(operation: string, parameters: string): FuzzCall {
  return {
    service: "elbv2",
    operation,
    call: {
      target: null,
      service: "elasticloadbalancing",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `Action=${operation}&Version=2015-12-01&${parameters}`,
    },
  };
}
