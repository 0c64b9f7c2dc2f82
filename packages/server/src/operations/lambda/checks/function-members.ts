import type {
  AddPermissionRequest,
  CreateAliasRequest,
  CreateFunctionRequest,
  FunctionCode,
  InvocationRequest,
  ListFunctionsRequest,
  PublishVersionRequest,
  SnapStart,
  TracingConfig,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { awsOnly, type MemberRules, only, READ, unsupported, within } from "../../member-rules.ts";

const NO_IMAGES = unsupported("functions are zips here", "Give a zip: --zip-file fileb://code.zip.");
const NO_KMS = awsOnly("KMS keys encrypt what AWS stores. Encrypt the disk of the data directory");
const NO_VPC = awsOnly("functions run on this server's machine, in its network");
const NO_LAYERS = awsOnly("layers are stored by AWS. Pack what they hold into the zip");
const NO_FILE_SYSTEMS = awsOnly("EFS is AWS' file system");
const NO_DEAD_LETTERS = unsupported("failed events are not sent on: the function's log shows them");
const NO_LOG_GROUPS = awsOnly("this server keeps the logs of functions");
const NO_TENANTS = unsupported("functions have no tenants");
const NO_PROVIDERS = unsupported("there is one machine, without capacity providers");
const NO_DURABLE = unsupported("durable functions are not served");
const NO_PUBLISH_TO = unsupported("there are no capacity providers", "Give --publish.");

const SNAP_START: MemberRules<SnapStart> = {
  ApplyOn: awsOnly("processes are started, not restored from a snapshot", ["None"]),
};
const TRACING: MemberRules<TracingConfig> = {
  Mode: awsOnly("X-Ray is AWS' own", ["PassThrough"]),
};
const CODE: MemberRules<FunctionCode> = {
  ZipFile: READ,
  S3Bucket: READ,
  S3Key: READ,
  S3ObjectVersion: READ,
  S3ObjectStorageMode: unsupported("code is always copied from the bucket"),
  ImageUri: NO_IMAGES,
  SourceKMSKeyArn: NO_KMS,
};

export const CREATE_FUNCTION_RULES: MemberRules<CreateFunctionRequest> = {
  FunctionName: READ,
  Role: READ,
  Code: within(CODE),
  Runtime: READ,
  Handler: READ,
  Description: READ,
  Timeout: READ,
  MemorySize: READ,
  Publish: READ,
  PublishTo: NO_PUBLISH_TO,
  VpcConfig: NO_VPC,
  PackageType: only(["Zip"], "functions are zips here. Use Zip, or leave it out."),
  DeadLetterConfig: NO_DEAD_LETTERS,
  Environment: READ,
  KMSKeyArn: NO_KMS,
  TracingConfig: within(TRACING),
  Tags: READ,
  Layers: NO_LAYERS,
  FileSystemConfigs: NO_FILE_SYSTEMS,
  CodeSigningConfigArn: awsOnly("code signing configurations are AWS' own"),
  ImageConfig: NO_IMAGES,
  Architectures: READ,
  EphemeralStorage: READ,
  SnapStart: within(SNAP_START),
  LoggingConfig: NO_LOG_GROUPS,
  TenancyConfig: NO_TENANTS,
  CapacityProviderConfig: NO_PROVIDERS,
  DurableConfig: NO_DURABLE,
};

export const UPDATE_CODE_RULES: MemberRules<UpdateFunctionCodeRequest> = {
  FunctionName: READ,
  ZipFile: READ,
  S3Bucket: READ,
  S3Key: READ,
  S3ObjectVersion: READ,
  S3ObjectStorageMode: unsupported("code is always copied from the bucket"),
  ImageUri: NO_IMAGES,
  Publish: READ,
  DryRun: READ,
  RevisionId: READ,
  Architectures: READ,
  SourceKMSKeyArn: NO_KMS,
  PublishTo: NO_PUBLISH_TO,
};

export const UPDATE_CONFIGURATION_RULES: MemberRules<UpdateFunctionConfigurationRequest> = {
  FunctionName: READ,
  Role: READ,
  Handler: READ,
  Description: READ,
  Timeout: READ,
  MemorySize: READ,
  VpcConfig: NO_VPC,
  Environment: READ,
  Runtime: READ,
  DeadLetterConfig: NO_DEAD_LETTERS,
  KMSKeyArn: NO_KMS,
  TracingConfig: within(TRACING),
  RevisionId: READ,
  Layers: NO_LAYERS,
  FileSystemConfigs: NO_FILE_SYSTEMS,
  ImageConfig: NO_IMAGES,
  EphemeralStorage: READ,
  SnapStart: within(SNAP_START),
  LoggingConfig: NO_LOG_GROUPS,
  CapacityProviderConfig: NO_PROVIDERS,
  DurableConfig: NO_DURABLE,
};

export const PUBLISH_VERSION_RULES: MemberRules<PublishVersionRequest> = {
  FunctionName: READ,
  CodeSha256: READ,
  Description: READ,
  RevisionId: READ,
  PublishTo: NO_PUBLISH_TO,
};

export const LIST_FUNCTIONS_RULES: MemberRules<ListFunctionsRequest> = {
  MasterRegion: awsOnly("functions at the edge are AWS' own", ["ALL"]),
  FunctionVersion: READ,
  Marker: READ,
  MaxItems: READ,
};

export const INVOKE_RULES: MemberRules<InvocationRequest> = {
  FunctionName: READ,
  InvocationType: READ,
  LogType: READ,
  ClientContext: READ,
  DurableExecutionName: NO_DURABLE,
  Payload: READ,
  Qualifier: READ,
  TenantId: NO_TENANTS,
};

export const ADD_PERMISSION_RULES: MemberRules<AddPermissionRequest> = {
  FunctionName: READ,
  StatementId: READ,
  Action: READ,
  Principal: READ,
  SourceArn: READ,
  SourceAccount: READ,
  EventSourceToken: unsupported("Alexa is not served"),
  Qualifier: READ,
  RevisionId: READ,
  PrincipalOrgID: awsOnly("organizations are AWS' own"),
  FunctionUrlAuthType: unsupported("functions have no URLs of their own", "Reach them through a load balancer."),
  InvokedViaFunctionUrl: unsupported("functions have no URLs of their own", "Reach them through a load balancer."),
};

export const CREATE_ALIAS_RULES: MemberRules<CreateAliasRequest> = {
  FunctionName: READ,
  Name: READ,
  FunctionVersion: READ,
  Description: READ,
  RoutingConfig: READ,
};
