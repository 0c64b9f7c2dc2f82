import type {
  CreateClusterRequest,
  CreateServiceRequest,
  CreateTaskSetRequest,
  DeploymentConfiguration,
  DeploymentController,
  ListServicesRequest,
  ListTasksRequest,
  LoadBalancer,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { NO_AWS_NETWORK } from "../../../services/aws-only.ts";
import { awsOnly, type MemberRule, type MemberRules, only, READ, unsupported, within } from "../../member-rules.ts";

const BY_CODEDEPLOY = "deployments are made by CodeDeploy";
const BY_SHIFTS = unsupported(`${BY_CODEDEPLOY}: their configuration says how traffic is shifted`);

const NO_PLACEMENT = unsupported("there is one machine");
const NO_REGISTRIES = unsupported("Cloud Map is AWS' own");
const NO_PROVIDERS = unsupported("there is one machine, without capacity providers");
const NO_CONNECT = unsupported("Service Connect is AWS' own");
const NO_VOLUMES = unsupported("EBS is AWS' own");
const NO_LATTICE = unsupported("VPC Lattice is AWS' own");
const NO_MONITORING = unsupported("CloudWatch is AWS' own");
const NO_MANAGED_TAGS = unsupported("tasks have no tags");
const NO_EXECUTE = unsupported("ExecuteCommand is not served");
const NO_TAGS_PASSED_ON = only(["NONE"], "tasks have no tags. Use NONE, or leave it out.");
const NO_REBALANCING = only(["DISABLED"], "there is one machine. Use DISABLED, or leave it out.");
const LATEST = only(["LATEST"], "there are no platform versions. Use LATEST, or leave it out.");

/** AWS' own defaults, which say nothing that Sluice could do: a task set has its whole count, and only CodeDeploy makes another. */
const DEPLOYMENT_CONFIGURATION: MemberRules<DeploymentConfiguration> = {
  deploymentCircuitBreaker: unsupported(
    `${BY_CODEDEPLOY}, which end early when their tasks fail`,
    "Set failEarly of the deployment group, and leave it out.",
  ),
  maximumPercent: only([200], `${BY_CODEDEPLOY}. Use 200, or leave it out.`),
  minimumHealthyPercent: only([100], `${BY_CODEDEPLOY}. Use 100, or leave it out.`),
  alarms: unsupported(BY_CODEDEPLOY, "Set the alarms of the deployment group, and leave it out."),
  strategy: BY_SHIFTS,
  bakeTimeInMinutes: BY_SHIFTS,
  lifecycleHooks: unsupported(BY_CODEDEPLOY, "Name hooks in the AppSpec, and leave it out."),
  linearConfiguration: BY_SHIFTS,
  canaryConfiguration: BY_SHIFTS,
  earlySuccessCriteria: BY_SHIFTS,
};

export const LOAD_BALANCER_RULES: MemberRules<LoadBalancer> = {
  targetGroupArn: READ,
  loadBalancerName: unsupported("there are no classic load balancers", "Give a targetGroupArn."),
  containerName: READ,
  containerPort: READ,
  advancedConfiguration: unsupported(BY_CODEDEPLOY, "Name the other target group in the deployment group."),
};

const DEPLOYMENT_CONTROLLER: MemberRules<DeploymentController> = { type: READ };

export const CREATE_SERVICE_RULES: MemberRules<CreateServiceRequest> = {
  serviceName: READ,
  cluster: READ,
  taskDefinition: READ,
  availabilityZoneRebalancing: NO_REBALANCING,
  loadBalancers: within(LOAD_BALANCER_RULES),
  serviceRegistries: NO_REGISTRIES,
  desiredCount: READ,
  clientToken: READ,
  launchType: READ,
  capacityProviderStrategy: NO_PROVIDERS,
  platformVersion: LATEST,
  role: unsupported("the balancer is Sluice's own, and needs no role"),
  deploymentConfiguration: within(DEPLOYMENT_CONFIGURATION),
  placementConstraints: NO_PLACEMENT,
  placementStrategy: NO_PLACEMENT,
  networkConfiguration: awsOnly(NO_AWS_NETWORK),
  healthCheckGracePeriodSeconds: READ,
  schedulingStrategy: only(
    ["REPLICA"],
    "CodeDeploy does not deploy to a DAEMON service. Use REPLICA, or leave it out.",
  ),
  deploymentController: within(DEPLOYMENT_CONTROLLER),
  tags: READ,
  enableECSManagedTags: NO_MANAGED_TAGS,
  propagateTags: NO_TAGS_PASSED_ON,
  enableExecuteCommand: NO_EXECUTE,
  serviceConnectConfiguration: NO_CONNECT,
  volumeConfigurations: NO_VOLUMES,
  vpcLatticeConfigurations: NO_LATTICE,
  monitoring: NO_MONITORING,
};

const USE_CODEDEPLOY =
  "on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.";

/** `what` is what was to be changed. */
function byCodeDeploy(what: string): MemberRule {
  return { kind: "told", sentence: `Unable to update ${what} ${USE_CODEDEPLOY}` };
}

export const UPDATE_SERVICE_RULES: MemberRules<UpdateServiceRequest> = {
  service: READ,
  cluster: READ,
  desiredCount: READ,
  taskDefinition: byCodeDeploy("task definition"),
  capacityProviderStrategy: byCodeDeploy("capacity provider strategy"),
  deploymentConfiguration: within(DEPLOYMENT_CONFIGURATION),
  availabilityZoneRebalancing: NO_REBALANCING,
  networkConfiguration: byCodeDeploy("network parameters"),
  placementConstraints: NO_PLACEMENT,
  placementStrategy: NO_PLACEMENT,
  platformVersion: byCodeDeploy("platform version"),
  forceNewDeployment: { kind: "told", sentence: `Cannot force a new deployment ${USE_CODEDEPLOY}` },
  healthCheckGracePeriodSeconds: READ,
  deploymentController: unsupported("a service keeps its deployment controller CODE_DEPLOY"),
  enableExecuteCommand: NO_EXECUTE,
  enableECSManagedTags: NO_MANAGED_TAGS,
  loadBalancers: byCodeDeploy("load balancers"),
  propagateTags: NO_TAGS_PASSED_ON,
  serviceRegistries: byCodeDeploy("service registries"),
  serviceConnectConfiguration: NO_CONNECT,
  volumeConfigurations: NO_VOLUMES,
  vpcLatticeConfigurations: NO_LATTICE,
  monitoring: NO_MONITORING,
};

export const CREATE_TASK_SET_RULES: MemberRules<CreateTaskSetRequest> = {
  service: READ,
  cluster: READ,
  taskDefinition: READ,
  externalId: READ,
  networkConfiguration: awsOnly(NO_AWS_NETWORK),
  loadBalancers: within(LOAD_BALANCER_RULES),
  serviceRegistries: NO_REGISTRIES,
  launchType: READ,
  capacityProviderStrategy: NO_PROVIDERS,
  platformVersion: LATEST,
  scale: READ,
  clientToken: READ,
  tags: READ,
};

export const CREATE_CLUSTER_RULES: MemberRules<CreateClusterRequest> = {
  clusterName: READ,
  tags: READ,
  settings: READ,
  configuration: unsupported("ExecuteCommand is not served, and storage is the engine's own"),
  capacityProviders: NO_PROVIDERS,
  defaultCapacityProviderStrategy: NO_PROVIDERS,
  serviceConnectDefaults: NO_CONNECT,
};

export const LIST_SERVICES_RULES: MemberRules<ListServicesRequest> = {
  cluster: READ,
  nextToken: READ,
  maxResults: READ,
  launchType: READ,
  schedulingStrategy: READ,
  resourceManagementType: only(["CUSTOMER"], "services are managed by whoever made them. Leave it out."),
};

export const LIST_TASKS_RULES: MemberRules<ListTasksRequest> = {
  cluster: READ,
  containerInstance: unsupported("there are no container instances"),
  family: READ,
  nextToken: READ,
  maxResults: READ,
  startedBy: READ,
  serviceName: READ,
  desiredStatus: READ,
  launchType: READ,
  daemonName: unsupported("there are no daemons"),
};
