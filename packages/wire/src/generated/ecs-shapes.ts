// Made by scripts/generate-shapes.ts from the schemas of @aws-sdk/client-ecs. Do not edit: run "npm run generate".
import type * as sdk from "@aws-sdk/client-ecs";
import { boolean, double, integer, list, map, string, structure, timestamp, type TableFor } from "../shapes/shape.ts";

const Tag = structure({
  key: string,
  value: string,
});
const ClusterSetting = structure({
  name: string,
  value: string,
});
const ExecuteCommandLogConfiguration = structure({
  cloudWatchLogGroupName: string,
  cloudWatchEncryptionEnabled: boolean,
  s3BucketName: string,
  s3EncryptionEnabled: boolean,
  s3KeyPrefix: string,
});
const ExecuteCommandConfiguration = structure({
  kmsKeyId: string,
  logging: string,
  logConfiguration: ExecuteCommandLogConfiguration,
});
const ManagedStorageConfiguration = structure({
  kmsKeyId: string,
  fargateEphemeralStorageKmsKeyId: string,
});
const ClusterConfiguration = structure({
  executeCommandConfiguration: ExecuteCommandConfiguration,
  managedStorageConfiguration: ManagedStorageConfiguration,
});
const CapacityProviderStrategyItem = structure({
  capacityProvider: string,
  weight: integer,
  base: integer,
}, ["capacityProvider"]);
const ClusterServiceConnectDefaultsRequest = structure({
  namespace: string,
}, ["namespace"]);
const CreateClusterRequest = structure({
  clusterName: string,
  tags: list(Tag),
  settings: list(ClusterSetting),
  configuration: ClusterConfiguration,
  capacityProviders: list(string),
  defaultCapacityProviderStrategy: list(CapacityProviderStrategyItem),
  serviceConnectDefaults: ClusterServiceConnectDefaultsRequest,
});
const KeyValuePair = structure({
  name: string,
  value: string,
});
const Attachment = structure({
  id: string,
  type: string,
  status: string,
  details: list(KeyValuePair),
});
const ClusterServiceConnectDefaults = structure({
  namespace: string,
});
const Cluster = structure({
  clusterArn: string,
  clusterName: string,
  configuration: ClusterConfiguration,
  status: string,
  registeredContainerInstancesCount: integer,
  runningTasksCount: integer,
  pendingTasksCount: integer,
  activeServicesCount: integer,
  statistics: list(KeyValuePair),
  tags: list(Tag),
  settings: list(ClusterSetting),
  capacityProviders: list(string),
  defaultCapacityProviderStrategy: list(CapacityProviderStrategyItem),
  attachments: list(Attachment),
  attachmentsStatus: string,
  serviceConnectDefaults: ClusterServiceConnectDefaults,
});
const CreateClusterResponse = structure({
  cluster: Cluster,
});
const AdvancedConfiguration = structure({
  alternateTargetGroupArn: string,
  productionListenerRule: string,
  testListenerRule: string,
  roleArn: string,
});
const LoadBalancer = structure({
  targetGroupArn: string,
  loadBalancerName: string,
  containerName: string,
  containerPort: integer,
  advancedConfiguration: AdvancedConfiguration,
});
const ServiceRegistry = structure({
  registryArn: string,
  port: integer,
  containerName: string,
  containerPort: integer,
});
const ThresholdConfiguration = structure({
  type: string,
  value: double,
}, ["type", "value"]);
const DeploymentCircuitBreaker = structure({
  enable: boolean,
  rollback: boolean,
  resetOnHealthyTask: boolean,
  thresholdConfiguration: ThresholdConfiguration,
}, ["enable", "rollback"]);
const DeploymentAlarms = structure({
  alarmNames: list(string),
  rollback: boolean,
  enable: boolean,
}, ["alarmNames", "rollback", "enable"]);
const DeploymentLifecycleHookTimeoutConfiguration = structure({
  timeoutInMinutes: integer,
  action: string,
});
const DeploymentLifecycleHook = structure({
  targetType: string,
  hookTargetArn: string,
  roleArn: string,
  lifecycleStages: list(string),
  timeoutConfiguration: DeploymentLifecycleHookTimeoutConfiguration,
});
const LinearConfiguration = structure({
  stepPercent: double,
  stepBakeTimeInMinutes: integer,
});
const CanaryConfiguration = structure({
  canaryPercent: double,
  canaryBakeTimeInMinutes: integer,
});
const DeploymentEarlySuccessCriteria = structure({
  enable: boolean,
  healthyPercent: integer,
  sourceServiceRevisionCleanup: string,
}, ["enable"]);
const DeploymentConfiguration = structure({
  deploymentCircuitBreaker: DeploymentCircuitBreaker,
  maximumPercent: integer,
  minimumHealthyPercent: integer,
  alarms: DeploymentAlarms,
  strategy: string,
  bakeTimeInMinutes: integer,
  lifecycleHooks: list(DeploymentLifecycleHook),
  linearConfiguration: LinearConfiguration,
  canaryConfiguration: CanaryConfiguration,
  earlySuccessCriteria: DeploymentEarlySuccessCriteria,
});
const PlacementConstraint = structure({
  type: string,
  expression: string,
});
const PlacementStrategy = structure({
  type: string,
  field: string,
});
const AwsVpcConfiguration = structure({
  subnets: list(string),
  securityGroups: list(string),
  assignPublicIp: string,
}, ["subnets"]);
const NetworkConfiguration = structure({
  awsvpcConfiguration: AwsVpcConfiguration,
});
const DeploymentController = structure({
  type: string,
}, ["type"]);
const ServiceConnectTestTrafficHeaderMatchRules = structure({
  exact: string,
}, ["exact"]);
const ServiceConnectTestTrafficHeaderRules = structure({
  name: string,
  value: ServiceConnectTestTrafficHeaderMatchRules,
}, ["name"]);
const ServiceConnectTestTrafficRules = structure({
  header: ServiceConnectTestTrafficHeaderRules,
}, ["header"]);
const ServiceConnectClientAlias = structure({
  port: integer,
  dnsName: string,
  testTrafficRules: ServiceConnectTestTrafficRules,
}, ["port"]);
const TimeoutConfiguration = structure({
  idleTimeoutSeconds: integer,
  perRequestTimeoutSeconds: integer,
});
const ServiceConnectTlsCertificateAuthority = structure({
  awsPcaAuthorityArn: string,
});
const ServiceConnectTlsConfiguration = structure({
  issuerCertificateAuthority: ServiceConnectTlsCertificateAuthority,
  kmsKey: string,
  roleArn: string,
}, ["issuerCertificateAuthority"]);
const ServiceConnectService = structure({
  portName: string,
  discoveryName: string,
  clientAliases: list(ServiceConnectClientAlias),
  ingressPortOverride: integer,
  timeout: TimeoutConfiguration,
  tls: ServiceConnectTlsConfiguration,
}, ["portName"]);
const Secret = structure({
  name: string,
  valueFrom: string,
}, ["name", "valueFrom"]);
const LogConfiguration = structure({
  logDriver: string,
  options: map(string),
  secretOptions: list(Secret),
}, ["logDriver"]);
const ServiceConnectAccessLogConfiguration = structure({
  format: string,
  includeQueryParameters: string,
}, ["format"]);
const ServiceConnectConfiguration = structure({
  enabled: boolean,
  namespace: string,
  services: list(ServiceConnectService),
  logConfiguration: LogConfiguration,
  accessLogConfiguration: ServiceConnectAccessLogConfiguration,
}, ["enabled"]);
const EBSTagSpecification = structure({
  resourceType: string,
  tags: list(Tag),
  propagateTags: string,
}, ["resourceType"]);
const ServiceManagedEBSVolumeConfiguration = structure({
  roleArn: string,
  encrypted: boolean,
  kmsKeyId: string,
  volumeType: string,
  sizeInGiB: integer,
  snapshotId: string,
  volumeInitializationRate: integer,
  iops: integer,
  throughput: integer,
  tagSpecifications: list(EBSTagSpecification),
  filesystemType: string,
}, ["roleArn"]);
const ServiceVolumeConfiguration = structure({
  name: string,
  managedEBSVolume: ServiceManagedEBSVolumeConfiguration,
}, ["name"]);
const VpcLatticeConfiguration = structure({
  roleArn: string,
  targetGroupArn: string,
  portName: string,
}, ["roleArn", "targetGroupArn", "portName"]);
const MetricConfiguration = structure({
  metricNames: list(string),
  resolutionSeconds: integer,
}, ["metricNames", "resolutionSeconds"]);
const MonitoringConfiguration = structure({
  metricConfigurations: list(MetricConfiguration),
});
const CreateServiceRequest = structure({
  serviceName: string,
  cluster: string,
  taskDefinition: string,
  availabilityZoneRebalancing: string,
  loadBalancers: list(LoadBalancer),
  serviceRegistries: list(ServiceRegistry),
  desiredCount: integer,
  clientToken: string,
  launchType: string,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  platformVersion: string,
  role: string,
  deploymentConfiguration: DeploymentConfiguration,
  placementConstraints: list(PlacementConstraint),
  placementStrategy: list(PlacementStrategy),
  networkConfiguration: NetworkConfiguration,
  healthCheckGracePeriodSeconds: integer,
  schedulingStrategy: string,
  deploymentController: DeploymentController,
  tags: list(Tag),
  enableECSManagedTags: boolean,
  propagateTags: string,
  enableExecuteCommand: boolean,
  serviceConnectConfiguration: ServiceConnectConfiguration,
  volumeConfigurations: list(ServiceVolumeConfiguration),
  vpcLatticeConfigurations: list(VpcLatticeConfiguration),
  monitoring: MonitoringConfiguration,
}, ["serviceName"]);
const Scale = structure({
  value: double,
  unit: string,
});
const DeploymentEphemeralStorage = structure({
  kmsKeyId: string,
});
const TaskSet = structure({
  id: string,
  taskSetArn: string,
  serviceArn: string,
  clusterArn: string,
  startedBy: string,
  externalId: string,
  status: string,
  taskDefinition: string,
  computedDesiredCount: integer,
  pendingCount: integer,
  runningCount: integer,
  createdAt: timestamp,
  updatedAt: timestamp,
  launchType: string,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  platformVersion: string,
  platformFamily: string,
  networkConfiguration: NetworkConfiguration,
  loadBalancers: list(LoadBalancer),
  serviceRegistries: list(ServiceRegistry),
  scale: Scale,
  stabilityStatus: string,
  stabilityStatusAt: timestamp,
  tags: list(Tag),
  fargateEphemeralStorage: DeploymentEphemeralStorage,
});
const ServiceConnectServiceResource = structure({
  discoveryName: string,
  discoveryArn: string,
});
const Deployment = structure({
  id: string,
  status: string,
  taskDefinition: string,
  desiredCount: integer,
  pendingCount: integer,
  runningCount: integer,
  failedTasks: integer,
  createdAt: timestamp,
  updatedAt: timestamp,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  launchType: string,
  platformVersion: string,
  platformFamily: string,
  networkConfiguration: NetworkConfiguration,
  rolloutState: string,
  rolloutStateReason: string,
  serviceConnectConfiguration: ServiceConnectConfiguration,
  serviceConnectResources: list(ServiceConnectServiceResource),
  volumeConfigurations: list(ServiceVolumeConfiguration),
  fargateEphemeralStorage: DeploymentEphemeralStorage,
  vpcLatticeConfigurations: list(VpcLatticeConfiguration),
});
const ServiceEvent = structure({
  id: string,
  createdAt: timestamp,
  message: string,
});
const ServiceCurrentRevisionSummary = structure({
  arn: string,
  requestedTaskCount: integer,
  runningTaskCount: integer,
  pendingTaskCount: integer,
});
const Service = structure({
  serviceArn: string,
  serviceName: string,
  clusterArn: string,
  loadBalancers: list(LoadBalancer),
  serviceRegistries: list(ServiceRegistry),
  status: string,
  desiredCount: integer,
  runningCount: integer,
  pendingCount: integer,
  launchType: string,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  platformVersion: string,
  platformFamily: string,
  taskDefinition: string,
  deploymentConfiguration: DeploymentConfiguration,
  taskSets: list(TaskSet),
  deployments: list(Deployment),
  roleArn: string,
  events: list(ServiceEvent),
  createdAt: timestamp,
  currentServiceDeployment: string,
  currentServiceRevisions: list(ServiceCurrentRevisionSummary),
  placementConstraints: list(PlacementConstraint),
  placementStrategy: list(PlacementStrategy),
  networkConfiguration: NetworkConfiguration,
  healthCheckGracePeriodSeconds: integer,
  schedulingStrategy: string,
  deploymentController: DeploymentController,
  tags: list(Tag),
  createdBy: string,
  enableECSManagedTags: boolean,
  propagateTags: string,
  enableExecuteCommand: boolean,
  availabilityZoneRebalancing: string,
  resourceManagementType: string,
});
const CreateServiceResponse = structure({
  service: Service,
});
const CreateTaskSetRequest = structure({
  service: string,
  cluster: string,
  taskDefinition: string,
  externalId: string,
  networkConfiguration: NetworkConfiguration,
  loadBalancers: list(LoadBalancer),
  serviceRegistries: list(ServiceRegistry),
  launchType: string,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  platformVersion: string,
  scale: Scale,
  clientToken: string,
  tags: list(Tag),
}, ["service", "cluster", "taskDefinition"]);
const CreateTaskSetResponse = structure({
  taskSet: TaskSet,
});
const DeleteClusterRequest = structure({
  cluster: string,
}, ["cluster"]);
const DeleteClusterResponse = structure({
  cluster: Cluster,
});
const DeleteServiceRequest = structure({
  service: string,
  cluster: string,
  force: boolean,
}, ["service"]);
const DeleteServiceResponse = structure({
  service: Service,
});
const DeleteTaskSetRequest = structure({
  cluster: string,
  service: string,
  taskSet: string,
  force: boolean,
}, ["cluster", "service", "taskSet"]);
const DeleteTaskSetResponse = structure({
  taskSet: TaskSet,
});
const DeregisterTaskDefinitionRequest = structure({
  taskDefinition: string,
}, ["taskDefinition"]);
const RepositoryCredentials = structure({
  credentialsParameter: string,
}, ["credentialsParameter"]);
const PortMapping = structure({
  containerPort: integer,
  hostPort: integer,
  protocol: string,
  name: string,
  appProtocol: string,
  containerPortRange: string,
});
const ContainerRestartPolicy = structure({
  enabled: boolean,
  ignoredExitCodes: list(integer),
  restartAttemptPeriod: integer,
}, ["enabled"]);
const EnvironmentFile = structure({
  value: string,
  type: string,
}, ["value", "type"]);
const MountPoint = structure({
  sourceVolume: string,
  containerPath: string,
  readOnly: boolean,
});
const VolumeFrom = structure({
  sourceContainer: string,
  readOnly: boolean,
});
const KernelCapabilities = structure({
  add: list(string),
  drop: list(string),
});
const Device = structure({
  hostPath: string,
  containerPath: string,
  permissions: list(string),
}, ["hostPath"]);
const Tmpfs = structure({
  containerPath: string,
  size: integer,
  mountOptions: list(string),
}, ["containerPath", "size"]);
const LinuxParameters = structure({
  capabilities: KernelCapabilities,
  devices: list(Device),
  initProcessEnabled: boolean,
  sharedMemorySize: integer,
  tmpfs: list(Tmpfs),
  maxSwap: integer,
  swappiness: integer,
});
const ContainerDependency = structure({
  containerName: string,
  condition: string,
}, ["containerName", "condition"]);
const HostEntry = structure({
  hostname: string,
  ipAddress: string,
}, ["hostname", "ipAddress"]);
const Ulimit = structure({
  name: string,
  softLimit: integer,
  hardLimit: integer,
}, ["name", "softLimit", "hardLimit"]);
const HealthCheck = structure({
  command: list(string),
  interval: integer,
  timeout: integer,
  retries: integer,
  startPeriod: integer,
}, ["command"]);
const SystemControl = structure({
  namespace: string,
  value: string,
});
const ResourceRequirement = structure({
  value: string,
  type: string,
}, ["value", "type"]);
const FirelensConfiguration = structure({
  type: string,
  options: map(string),
}, ["type"]);
const ContainerDefinition = structure({
  name: string,
  image: string,
  repositoryCredentials: RepositoryCredentials,
  cpu: integer,
  memory: integer,
  memoryReservation: integer,
  links: list(string),
  portMappings: list(PortMapping),
  essential: boolean,
  restartPolicy: ContainerRestartPolicy,
  entryPoint: list(string),
  command: list(string),
  environment: list(KeyValuePair),
  environmentFiles: list(EnvironmentFile),
  mountPoints: list(MountPoint),
  volumesFrom: list(VolumeFrom),
  linuxParameters: LinuxParameters,
  secrets: list(Secret),
  dependsOn: list(ContainerDependency),
  startTimeout: integer,
  stopTimeout: integer,
  versionConsistency: string,
  hostname: string,
  user: string,
  workingDirectory: string,
  disableNetworking: boolean,
  privileged: boolean,
  readonlyRootFilesystem: boolean,
  dnsServers: list(string),
  dnsSearchDomains: list(string),
  extraHosts: list(HostEntry),
  dockerSecurityOptions: list(string),
  interactive: boolean,
  pseudoTerminal: boolean,
  dockerLabels: map(string),
  ulimits: list(Ulimit),
  logConfiguration: LogConfiguration,
  healthCheck: HealthCheck,
  systemControls: list(SystemControl),
  resourceRequirements: list(ResourceRequirement),
  firelensConfiguration: FirelensConfiguration,
  credentialSpecs: list(string),
});
const HostVolumeProperties = structure({
  sourcePath: string,
});
const DockerVolumeConfiguration = structure({
  scope: string,
  autoprovision: boolean,
  driver: string,
  driverOpts: map(string),
  labels: map(string),
});
const EFSAuthorizationConfig = structure({
  accessPointId: string,
  iam: string,
});
const EFSVolumeConfiguration = structure({
  fileSystemId: string,
  rootDirectory: string,
  transitEncryption: string,
  transitEncryptionPort: integer,
  authorizationConfig: EFSAuthorizationConfig,
}, ["fileSystemId"]);
const S3FilesVolumeConfiguration = structure({
  fileSystemArn: string,
  rootDirectory: string,
  transitEncryptionPort: integer,
  accessPointArn: string,
}, ["fileSystemArn"]);
const FSxWindowsFileServerAuthorizationConfig = structure({
  credentialsParameter: string,
  domain: string,
}, ["credentialsParameter", "domain"]);
const FSxWindowsFileServerVolumeConfiguration = structure({
  fileSystemId: string,
  rootDirectory: string,
  authorizationConfig: FSxWindowsFileServerAuthorizationConfig,
}, ["fileSystemId", "rootDirectory", "authorizationConfig"]);
const Volume = structure({
  name: string,
  host: HostVolumeProperties,
  dockerVolumeConfiguration: DockerVolumeConfiguration,
  efsVolumeConfiguration: EFSVolumeConfiguration,
  s3filesVolumeConfiguration: S3FilesVolumeConfiguration,
  fsxWindowsFileServerVolumeConfiguration: FSxWindowsFileServerVolumeConfiguration,
  configuredAtLaunch: boolean,
});
const Attribute = structure({
  name: string,
  value: string,
  targetType: string,
  targetId: string,
}, ["name"]);
const TaskDefinitionPlacementConstraint = structure({
  type: string,
  expression: string,
});
const RuntimePlatform = structure({
  cpuArchitecture: string,
  operatingSystemFamily: string,
});
const InferenceAccelerator = structure({
  deviceName: string,
  deviceType: string,
}, ["deviceName", "deviceType"]);
const ProxyConfiguration = structure({
  containerName: string,
  type: string,
  properties: list(KeyValuePair),
}, ["containerName"]);
const EphemeralStorage = structure({
  sizeInGiB: integer,
}, ["sizeInGiB"]);
const TaskDefinition = structure({
  taskDefinitionArn: string,
  containerDefinitions: list(ContainerDefinition),
  family: string,
  taskRoleArn: string,
  executionRoleArn: string,
  networkMode: string,
  revision: integer,
  volumes: list(Volume),
  status: string,
  requiresAttributes: list(Attribute),
  placementConstraints: list(TaskDefinitionPlacementConstraint),
  compatibilities: list(string),
  runtimePlatform: RuntimePlatform,
  requiresCompatibilities: list(string),
  cpu: string,
  memory: string,
  inferenceAccelerators: list(InferenceAccelerator),
  pidMode: string,
  ipcMode: string,
  proxyConfiguration: ProxyConfiguration,
  registeredAt: timestamp,
  deregisteredAt: timestamp,
  deleteRequestedAt: timestamp,
  registeredBy: string,
  ephemeralStorage: EphemeralStorage,
  enableFaultInjection: boolean,
});
const DeregisterTaskDefinitionResponse = structure({
  taskDefinition: TaskDefinition,
});
const DescribeClustersRequest = structure({
  clusters: list(string),
  include: list(string),
});
const Failure = structure({
  arn: string,
  reason: string,
  detail: string,
});
const DescribeClustersResponse = structure({
  clusters: list(Cluster),
  failures: list(Failure),
});
const DescribeServicesRequest = structure({
  services: list(string),
  cluster: string,
  include: list(string),
}, ["services"]);
const DescribeServicesResponse = structure({
  services: list(Service),
  failures: list(Failure),
});
const DescribeTaskDefinitionRequest = structure({
  taskDefinition: string,
  include: list(string),
}, ["taskDefinition"]);
const DescribeTaskDefinitionResponse = structure({
  taskDefinition: TaskDefinition,
  tags: list(Tag),
});
const DescribeTaskSetsRequest = structure({
  cluster: string,
  service: string,
  taskSets: list(string),
  include: list(string),
}, ["cluster", "service"]);
const DescribeTaskSetsResponse = structure({
  taskSets: list(TaskSet),
  failures: list(Failure),
});
const DescribeTasksRequest = structure({
  tasks: list(string),
  cluster: string,
  include: list(string),
}, ["tasks"]);
const NetworkBinding = structure({
  bindIP: string,
  containerPort: integer,
  hostPort: integer,
  protocol: string,
  containerPortRange: string,
  hostPortRange: string,
});
const NetworkInterface = structure({
  attachmentId: string,
  privateIpv4Address: string,
  ipv6Address: string,
});
const ManagedAgent = structure({
  lastStartedAt: timestamp,
  name: string,
  reason: string,
  lastStatus: string,
});
const Container = structure({
  containerArn: string,
  taskArn: string,
  name: string,
  image: string,
  imageDigest: string,
  runtimeId: string,
  lastStatus: string,
  exitCode: integer,
  reason: string,
  networkBindings: list(NetworkBinding),
  networkInterfaces: list(NetworkInterface),
  healthStatus: string,
  managedAgents: list(ManagedAgent),
  cpu: string,
  memory: string,
  memoryReservation: string,
  gpuIds: list(string),
  neuronDeviceIds: list(string),
});
const ContainerOverride = structure({
  name: string,
  command: list(string),
  environment: list(KeyValuePair),
  environmentFiles: list(EnvironmentFile),
  cpu: integer,
  memory: integer,
  memoryReservation: integer,
  resourceRequirements: list(ResourceRequirement),
});
const InferenceAcceleratorOverride = structure({
  deviceName: string,
  deviceType: string,
});
const TaskOverride = structure({
  containerOverrides: list(ContainerOverride),
  cpu: string,
  inferenceAcceleratorOverrides: list(InferenceAcceleratorOverride),
  executionRoleArn: string,
  memory: string,
  taskRoleArn: string,
  ephemeralStorage: EphemeralStorage,
});
const TaskEphemeralStorage = structure({
  sizeInGiB: integer,
  kmsKeyId: string,
});
const Task = structure({
  attachments: list(Attachment),
  attributes: list(Attribute),
  availabilityZone: string,
  capacityProviderName: string,
  clusterArn: string,
  connectivity: string,
  connectivityAt: timestamp,
  containerInstanceArn: string,
  containers: list(Container),
  cpu: string,
  createdAt: timestamp,
  desiredStatus: string,
  enableExecuteCommand: boolean,
  executionStoppedAt: timestamp,
  group: string,
  healthStatus: string,
  inferenceAccelerators: list(InferenceAccelerator),
  lastStatus: string,
  launchType: string,
  memory: string,
  overrides: TaskOverride,
  platformVersion: string,
  platformFamily: string,
  pullStartedAt: timestamp,
  pullStoppedAt: timestamp,
  startedAt: timestamp,
  startedBy: string,
  stopCode: string,
  stoppedAt: timestamp,
  stoppedReason: string,
  stoppingAt: timestamp,
  tags: list(Tag),
  taskArn: string,
  taskDefinitionArn: string,
  version: integer,
  ephemeralStorage: EphemeralStorage,
  fargateEphemeralStorage: TaskEphemeralStorage,
});
const DescribeTasksResponse = structure({
  tasks: list(Task),
  failures: list(Failure),
});
const ListClustersRequest = structure({
  nextToken: string,
  maxResults: integer,
});
const ListClustersResponse = structure({
  clusterArns: list(string),
  nextToken: string,
});
const ListServicesRequest = structure({
  cluster: string,
  nextToken: string,
  maxResults: integer,
  launchType: string,
  schedulingStrategy: string,
  resourceManagementType: string,
});
const ListServicesResponse = structure({
  serviceArns: list(string),
  nextToken: string,
});
const ListTagsForResourceRequest = structure({
  resourceArn: string,
}, ["resourceArn"]);
const ListTagsForResourceResponse = structure({
  tags: list(Tag),
});
const ListTaskDefinitionFamiliesRequest = structure({
  familyPrefix: string,
  status: string,
  nextToken: string,
  maxResults: integer,
});
const ListTaskDefinitionFamiliesResponse = structure({
  families: list(string),
  nextToken: string,
});
const ListTaskDefinitionsRequest = structure({
  familyPrefix: string,
  status: string,
  sort: string,
  nextToken: string,
  maxResults: integer,
});
const ListTaskDefinitionsResponse = structure({
  taskDefinitionArns: list(string),
  nextToken: string,
});
const ListTasksRequest = structure({
  cluster: string,
  containerInstance: string,
  family: string,
  nextToken: string,
  maxResults: integer,
  startedBy: string,
  serviceName: string,
  desiredStatus: string,
  launchType: string,
  daemonName: string,
});
const ListTasksResponse = structure({
  taskArns: list(string),
  nextToken: string,
});
const RegisterTaskDefinitionRequest = structure({
  family: string,
  containerDefinitions: list(ContainerDefinition),
  taskRoleArn: string,
  executionRoleArn: string,
  networkMode: string,
  volumes: list(Volume),
  placementConstraints: list(TaskDefinitionPlacementConstraint),
  requiresCompatibilities: list(string),
  cpu: string,
  memory: string,
  tags: list(Tag),
  pidMode: string,
  ipcMode: string,
  proxyConfiguration: ProxyConfiguration,
  inferenceAccelerators: list(InferenceAccelerator),
  ephemeralStorage: EphemeralStorage,
  runtimePlatform: RuntimePlatform,
  enableFaultInjection: boolean,
}, ["family", "containerDefinitions"]);
const RegisterTaskDefinitionResponse = structure({
  taskDefinition: TaskDefinition,
  tags: list(Tag),
});
const StopTaskRequest = structure({
  task: string,
  cluster: string,
  reason: string,
}, ["task"]);
const StopTaskResponse = structure({
  task: Task,
});
const TagResourceRequest = structure({
  resourceArn: string,
  tags: list(Tag),
}, ["resourceArn", "tags"]);
const TagResourceResponse = structure({});
const UntagResourceRequest = structure({
  resourceArn: string,
  tagKeys: list(string),
}, ["resourceArn", "tagKeys"]);
const UntagResourceResponse = structure({});
const UpdateServiceRequest = structure({
  service: string,
  cluster: string,
  desiredCount: integer,
  taskDefinition: string,
  capacityProviderStrategy: list(CapacityProviderStrategyItem),
  deploymentConfiguration: DeploymentConfiguration,
  availabilityZoneRebalancing: string,
  networkConfiguration: NetworkConfiguration,
  placementConstraints: list(PlacementConstraint),
  placementStrategy: list(PlacementStrategy),
  platformVersion: string,
  forceNewDeployment: boolean,
  healthCheckGracePeriodSeconds: integer,
  deploymentController: DeploymentController,
  enableExecuteCommand: boolean,
  enableECSManagedTags: boolean,
  loadBalancers: list(LoadBalancer),
  propagateTags: string,
  serviceRegistries: list(ServiceRegistry),
  serviceConnectConfiguration: ServiceConnectConfiguration,
  volumeConfigurations: list(ServiceVolumeConfiguration),
  vpcLatticeConfigurations: list(VpcLatticeConfiguration),
  monitoring: MonitoringConfiguration,
}, ["service"]);
const UpdateServiceResponse = structure({
  service: Service,
});
const UpdateServicePrimaryTaskSetRequest = structure({
  cluster: string,
  service: string,
  primaryTaskSet: string,
}, ["cluster", "service", "primaryTaskSet"]);
const UpdateServicePrimaryTaskSetResponse = structure({
  taskSet: TaskSet,
});
const UpdateTaskSetRequest = structure({
  cluster: string,
  service: string,
  taskSet: string,
  scale: Scale,
}, ["cluster", "service", "taskSet", "scale"]);
const UpdateTaskSetResponse = structure({
  taskSet: TaskSet,
});

/** Every operation of ECS that is served: its input and output, in the SDK's types. */
export interface EcsOperations {
  CreateCluster: { input: sdk.CreateClusterRequest; output: sdk.CreateClusterResponse };
  CreateService: { input: sdk.CreateServiceRequest; output: sdk.CreateServiceResponse };
  CreateTaskSet: { input: sdk.CreateTaskSetRequest; output: sdk.CreateTaskSetResponse };
  DeleteCluster: { input: sdk.DeleteClusterRequest; output: sdk.DeleteClusterResponse };
  DeleteService: { input: sdk.DeleteServiceRequest; output: sdk.DeleteServiceResponse };
  DeleteTaskSet: { input: sdk.DeleteTaskSetRequest; output: sdk.DeleteTaskSetResponse };
  DeregisterTaskDefinition: { input: sdk.DeregisterTaskDefinitionRequest; output: sdk.DeregisterTaskDefinitionResponse };
  DescribeClusters: { input: sdk.DescribeClustersRequest; output: sdk.DescribeClustersResponse };
  DescribeServices: { input: sdk.DescribeServicesRequest; output: sdk.DescribeServicesResponse };
  DescribeTaskDefinition: { input: sdk.DescribeTaskDefinitionRequest; output: sdk.DescribeTaskDefinitionResponse };
  DescribeTaskSets: { input: sdk.DescribeTaskSetsRequest; output: sdk.DescribeTaskSetsResponse };
  DescribeTasks: { input: sdk.DescribeTasksRequest; output: sdk.DescribeTasksResponse };
  ListClusters: { input: sdk.ListClustersRequest; output: sdk.ListClustersResponse };
  ListServices: { input: sdk.ListServicesRequest; output: sdk.ListServicesResponse };
  ListTagsForResource: { input: sdk.ListTagsForResourceRequest; output: sdk.ListTagsForResourceResponse };
  ListTaskDefinitionFamilies: { input: sdk.ListTaskDefinitionFamiliesRequest; output: sdk.ListTaskDefinitionFamiliesResponse };
  ListTaskDefinitions: { input: sdk.ListTaskDefinitionsRequest; output: sdk.ListTaskDefinitionsResponse };
  ListTasks: { input: sdk.ListTasksRequest; output: sdk.ListTasksResponse };
  RegisterTaskDefinition: { input: sdk.RegisterTaskDefinitionRequest; output: sdk.RegisterTaskDefinitionResponse };
  StopTask: { input: sdk.StopTaskRequest; output: sdk.StopTaskResponse };
  TagResource: { input: sdk.TagResourceRequest; output: sdk.TagResourceResponse };
  UntagResource: { input: sdk.UntagResourceRequest; output: sdk.UntagResourceResponse };
  UpdateService: { input: sdk.UpdateServiceRequest; output: sdk.UpdateServiceResponse };
  UpdateServicePrimaryTaskSet: { input: sdk.UpdateServicePrimaryTaskSetRequest; output: sdk.UpdateServicePrimaryTaskSetResponse };
  UpdateTaskSet: { input: sdk.UpdateTaskSetRequest; output: sdk.UpdateTaskSetResponse };
}

/** Every operation of ECS that is served on the wire; the compiler holds it to the SDK's types. */
export const ECS_TABLE = {
  CreateCluster: { input: CreateClusterRequest, output: CreateClusterResponse },
  CreateService: { input: CreateServiceRequest, output: CreateServiceResponse },
  CreateTaskSet: { input: CreateTaskSetRequest, output: CreateTaskSetResponse },
  DeleteCluster: { input: DeleteClusterRequest, output: DeleteClusterResponse },
  DeleteService: { input: DeleteServiceRequest, output: DeleteServiceResponse },
  DeleteTaskSet: { input: DeleteTaskSetRequest, output: DeleteTaskSetResponse },
  DeregisterTaskDefinition: { input: DeregisterTaskDefinitionRequest, output: DeregisterTaskDefinitionResponse },
  DescribeClusters: { input: DescribeClustersRequest, output: DescribeClustersResponse },
  DescribeServices: { input: DescribeServicesRequest, output: DescribeServicesResponse },
  DescribeTaskDefinition: { input: DescribeTaskDefinitionRequest, output: DescribeTaskDefinitionResponse },
  DescribeTaskSets: { input: DescribeTaskSetsRequest, output: DescribeTaskSetsResponse },
  DescribeTasks: { input: DescribeTasksRequest, output: DescribeTasksResponse },
  ListClusters: { input: ListClustersRequest, output: ListClustersResponse },
  ListServices: { input: ListServicesRequest, output: ListServicesResponse },
  ListTagsForResource: { input: ListTagsForResourceRequest, output: ListTagsForResourceResponse },
  ListTaskDefinitionFamilies: { input: ListTaskDefinitionFamiliesRequest, output: ListTaskDefinitionFamiliesResponse },
  ListTaskDefinitions: { input: ListTaskDefinitionsRequest, output: ListTaskDefinitionsResponse },
  ListTasks: { input: ListTasksRequest, output: ListTasksResponse },
  RegisterTaskDefinition: { input: RegisterTaskDefinitionRequest, output: RegisterTaskDefinitionResponse },
  StopTask: { input: StopTaskRequest, output: StopTaskResponse },
  TagResource: { input: TagResourceRequest, output: TagResourceResponse },
  UntagResource: { input: UntagResourceRequest, output: UntagResourceResponse },
  UpdateService: { input: UpdateServiceRequest, output: UpdateServiceResponse },
  UpdateServicePrimaryTaskSet: { input: UpdateServicePrimaryTaskSetRequest, output: UpdateServicePrimaryTaskSetResponse },
  UpdateTaskSet: { input: UpdateTaskSetRequest, output: UpdateTaskSetResponse },
} satisfies TableFor<EcsOperations>;

/** Every fault that the service declares. */
export const ECS_ERRORS = [
  "AccessDeniedException",
  "AttributeLimitExceededException",
  "BlockedException",
  "ClientException",
  "ClusterContainsCapacityProviderException",
  "ClusterContainsContainerInstancesException",
  "ClusterContainsServicesException",
  "ClusterContainsTasksException",
  "ClusterNotFoundException",
  "ConflictException",
  "DaemonNotActiveException",
  "DaemonNotFoundException",
  "InvalidParameterException",
  "LimitExceededException",
  "MissingVersionException",
  "NamespaceNotFoundException",
  "NoUpdateAvailableException",
  "PlatformTaskDefinitionIncompatibilityException",
  "PlatformUnknownException",
  "ResourceInUseException",
  "ResourceNotFoundException",
  "ServerException",
  "ServiceDeploymentNotFoundException",
  "ServiceNotActiveException",
  "ServiceNotFoundException",
  "TargetNotConnectedException",
  "TargetNotFoundException",
  "TaskSetNotFoundException",
  "UnsupportedFeatureException",
  "UpdateInProgressException",
] as const;

/** What the service has, and is not served. */
export const UNSERVED_ECS_OPERATIONS: ReadonlySet<string> = new Set([
  "ContinueServiceDeployment",
  "CreateCapacityProvider",
  "CreateDaemon",
  "CreateExpressGatewayService",
  "DeleteAccountSetting",
  "DeleteAttributes",
  "DeleteCapacityProvider",
  "DeleteDaemon",
  "DeleteDaemonTaskDefinition",
  "DeleteExpressGatewayService",
  "DeleteTaskDefinitions",
  "DeregisterContainerInstance",
  "DescribeCapacityProviders",
  "DescribeContainerInstances",
  "DescribeDaemon",
  "DescribeDaemonDeployments",
  "DescribeDaemonRevisions",
  "DescribeDaemonTaskDefinition",
  "DescribeExpressGatewayService",
  "DescribeServiceDeployments",
  "DescribeServiceRevisions",
  "DiscoverPollEndpoint",
  "ExecuteCommand",
  "GetTaskProtection",
  "ListAccountSettings",
  "ListAttributes",
  "ListContainerInstances",
  "ListDaemonDeployments",
  "ListDaemonTaskDefinitions",
  "ListDaemons",
  "ListServiceDeployments",
  "ListServicesByNamespace",
  "PutAccountSetting",
  "PutAccountSettingDefault",
  "PutAttributes",
  "PutClusterCapacityProviders",
  "RegisterContainerInstance",
  "RegisterDaemonTaskDefinition",
  "RunTask",
  "StartTask",
  "StopServiceDeployment",
  "SubmitAttachmentStateChanges",
  "SubmitContainerStateChange",
  "SubmitTaskStateChange",
  "UpdateCapacityProvider",
  "UpdateCluster",
  "UpdateClusterSettings",
  "UpdateContainerAgent",
  "UpdateContainerInstancesState",
  "UpdateDaemon",
  "UpdateExpressGatewayService",
  "UpdateTaskProtection",
]);
