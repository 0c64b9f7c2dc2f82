import type {
  ContainerDefinition,
  HealthCheck,
  KernelCapabilities,
  KeyValuePair,
  LinuxParameters,
  LogConfiguration,
  MountPoint,
  PortMapping,
  RegisterTaskDefinitionRequest,
  Secret,
  Ulimit,
  Volume,
} from "@aws-sdk/client-ecs";
import { awsOnly, type MemberRules, only, READ, refused, unsupported, within } from "../../member-rules.ts";

const ROOT = "it would give the task the machine. Leave it out.";
const OWN_ROLE = "the engine has no roles of AWS";

const CAPABILITIES: MemberRules<KernelCapabilities> = {
  add: refused(`is refused: ${ROOT}`),
  drop: READ,
};

const LINUX_PARAMETERS: MemberRules<LinuxParameters> = {
  capabilities: within(CAPABILITIES),
  devices: refused(`is refused: ${ROOT}`),
  initProcessEnabled: READ,
  sharedMemorySize: unsupported("the engine's own size is used"),
  tmpfs: unsupported("a task has no mounts of tmpfs", "Give the container a volume without a sourcePath."),
  maxSwap: unsupported("containers have the engine's usual swap"),
  swappiness: unsupported("containers have the engine's usual swap"),
};

const PORT_MAPPING: MemberRules<PortMapping> = {
  containerPort: READ,
  hostPort: READ,
  protocol: READ,
  name: unsupported("it is for Service Connect, which is not served"),
  appProtocol: unsupported("it is for Service Connect, which is not served"),
  containerPortRange: unsupported("ports are mapped one by one", "Give each port as a containerPort."),
};

const OWN_LOGS = "the engine keeps what containers write, and sluice logs shows it";

const LOG_CONFIGURATION: MemberRules<LogConfiguration> = {
  logDriver: awsOnly(OWN_LOGS, ["json-file"]),
  options: awsOnly(OWN_LOGS),
  secretOptions: awsOnly(OWN_LOGS),
};

const MOUNT_POINT: MemberRules<MountPoint> = { sourceVolume: READ, containerPath: READ, readOnly: READ };
const HEALTH_CHECK: MemberRules<HealthCheck> = {
  command: READ,
  interval: READ,
  timeout: READ,
  retries: READ,
  startPeriod: READ,
};
const PAIR: MemberRules<KeyValuePair> = { name: READ, value: READ };
const SECRET: MemberRules<Secret> = { name: READ, valueFrom: READ };
const ULIMIT: MemberRules<Ulimit> = { name: READ, softLimit: READ, hardLimit: READ };

export const CONTAINER_RULES: MemberRules<ContainerDefinition> = {
  name: READ,
  image: READ,
  repositoryCredentials: unsupported(
    "images are pulled with the engine's own credentials",
    "Log the engine in to the registry (docker login), and leave it out.",
  ),
  cpu: READ,
  memory: READ,
  memoryReservation: READ,
  links: unsupported("the containers of a task share one network", "Reach the other container at 127.0.0.1."),
  portMappings: within(PORT_MAPPING),
  essential: READ,
  restartPolicy: unsupported("a container that ends is not started again in its task; a task that fails is replaced"),
  entryPoint: READ,
  command: READ,
  environment: within(PAIR),
  environmentFiles: unsupported("files in S3 are not read", "Give the variables as environment or secrets."),
  mountPoints: within(MOUNT_POINT),
  volumesFrom: unsupported("mounts of other containers are not taken over", "Give both containers the same volume."),
  linuxParameters: within(LINUX_PARAMETERS),
  secrets: within(SECRET),
  dependsOn: READ,
  startTimeout: READ,
  stopTimeout: READ,
  versionConsistency: only(
    ["disabled"],
    "each task runs what its image's reference means when it starts. Name a digest (image@sha256:…).",
  ),
  hostname: READ,
  user: READ,
  workingDirectory: READ,
  disableNetworking: unsupported("a container has the network of its task"),
  privileged: refused(`is refused: ${ROOT}`),
  readonlyRootFilesystem: READ,
  dnsServers: unsupported("containers have the engine's resolver"),
  dnsSearchDomains: unsupported("containers have the engine's resolver"),
  extraHosts: unsupported("containers have the engine's own /etc/hosts"),
  dockerSecurityOptions: refused(`is refused: ${ROOT}`),
  interactive: unsupported("nobody is connected to a container's input"),
  pseudoTerminal: unsupported("nobody is connected to a container's terminal"),
  dockerLabels: unsupported("containers have Sluice's own labels only"),
  ulimits: within(ULIMIT),
  logConfiguration: within(LOG_CONFIGURATION),
  healthCheck: within(HEALTH_CHECK),
  systemControls: refused("is refused: kernel parameters are not set for tasks. Leave it out."),
  resourceRequirements: unsupported("GPUs are not given to tasks"),
  firelensConfiguration: unsupported(OWN_LOGS),
  credentialSpecs: unsupported("there are no Windows containers"),
};

const VOLUME: MemberRules<Volume> = {
  name: READ,
  host: READ,
  dockerVolumeConfiguration: unsupported(
    "the engine's named volumes are not used",
    "Give host.sourcePath, or nothing for a folder that goes with the task.",
  ),
  efsVolumeConfiguration: unsupported(
    "EFS is AWS' own",
    "Mount the file system on the machine, and give host.sourcePath.",
  ),
  s3filesVolumeConfiguration: unsupported("S3 is not mounted"),
  fsxWindowsFileServerVolumeConfiguration: unsupported("FSx is AWS' own"),
  configuredAtLaunch: unsupported("EBS is AWS' own"),
};

export const TASK_DEFINITION_RULES: MemberRules<RegisterTaskDefinitionRequest> = {
  family: READ,
  containerDefinitions: within(CONTAINER_RULES),
  taskRoleArn: awsOnly(`${OWN_ROLE}: give the containers what they need as secrets`),
  executionRoleArn: awsOnly(`${OWN_ROLE}, and pulls images with its own credentials`),
  networkMode: READ,
  volumes: within(VOLUME),
  placementConstraints: unsupported("there is one machine"),
  requiresCompatibilities: READ,
  cpu: READ,
  memory: READ,
  tags: READ,
  pidMode: refused("is refused: a task would see the processes of others. Leave it out."),
  ipcMode: refused("is refused: a task would share the memory of others. Leave it out."),
  proxyConfiguration: unsupported("App Mesh is AWS' own"),
  inferenceAccelerators: unsupported("accelerators are not given to tasks"),
  ephemeralStorage: unsupported("containers write to the engine's own disk"),
  runtimePlatform: awsOnly("images run as they are on the engine's machine"),
  enableFaultInjection: unsupported("faults are not injected"),
};
