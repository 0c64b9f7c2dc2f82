// Made by scripts/generate-shapes.ts from the schemas of @aws-sdk/client-lambda. Do not edit: run "npm run generate".
import type * as sdk from "@aws-sdk/client-lambda";
import type { HttpBindings } from "../shapes/http-binding.ts";
import { blob, boolean, double, integer, list, long, map, string, structure, type TableFor } from "../shapes/shape.ts";

const AddPermissionRequest = structure({
  FunctionName: string,
  StatementId: string,
  Action: string,
  Principal: string,
  SourceArn: string,
  FunctionUrlAuthType: string,
  InvokedViaFunctionUrl: boolean,
  SourceAccount: string,
  EventSourceToken: string,
  Qualifier: string,
  RevisionId: string,
  PrincipalOrgID: string,
}, ["FunctionName", "StatementId", "Action", "Principal"]);
const AddPermissionResponse = structure({
  Statement: string,
});
const AliasRoutingConfiguration = structure({
  AdditionalVersionWeights: map(double),
});
const CreateAliasRequest = structure({
  FunctionName: string,
  Name: string,
  FunctionVersion: string,
  Description: string,
  RoutingConfig: AliasRoutingConfiguration,
}, ["FunctionName", "Name", "FunctionVersion"]);
const AliasConfiguration = structure({
  AliasArn: string,
  Name: string,
  FunctionVersion: string,
  Description: string,
  RoutingConfig: AliasRoutingConfiguration,
  RevisionId: string,
});
const FunctionCode = structure({
  ZipFile: blob,
  S3Bucket: string,
  S3Key: string,
  S3ObjectVersion: string,
  S3ObjectStorageMode: string,
  ImageUri: string,
  SourceKMSKeyArn: string,
});
const VpcConfig = structure({
  SubnetIds: list(string),
  SecurityGroupIds: list(string),
  Ipv6AllowedForDualStack: boolean,
});
const DeadLetterConfig = structure({
  TargetArn: string,
});
const Environment = structure({
  Variables: map(string),
});
const TracingConfig = structure({
  Mode: string,
});
const S3FilesConfig = structure({
  DirectS3Read: string,
});
const FileSystemConfig = structure({
  Arn: string,
  LocalMountPath: string,
  S3FilesConfig: S3FilesConfig,
}, ["Arn", "LocalMountPath"]);
const ImageConfig = structure({
  EntryPoint: list(string),
  Command: list(string),
  WorkingDirectory: string,
});
const EphemeralStorage = structure({
  Size: integer,
}, ["Size"]);
const SnapStart = structure({
  ApplyOn: string,
});
const LoggingConfig = structure({
  LogFormat: string,
  ApplicationLogLevel: string,
  SystemLogLevel: string,
  LogGroup: string,
});
const TenancyConfig = structure({
  TenantIsolationMode: string,
}, ["TenantIsolationMode"]);
const LambdaManagedInstancesCapacityProviderConfig = structure({
  CapacityProviderArn: string,
  PerExecutionEnvironmentMaxConcurrency: integer,
  ExecutionEnvironmentMemoryGiBPerVCpu: integer,
}, ["CapacityProviderArn"]);
const CapacityProviderConfig = structure({
  LambdaManagedInstancesCapacityProviderConfig: LambdaManagedInstancesCapacityProviderConfig,
}, ["LambdaManagedInstancesCapacityProviderConfig"]);
const DurableConfig = structure({
  KMSKeyArn: string,
  RetentionPeriodInDays: integer,
  ExecutionTimeout: integer,
});
const CreateFunctionRequest = structure({
  FunctionName: string,
  Role: string,
  Code: FunctionCode,
  Runtime: string,
  Handler: string,
  Description: string,
  Timeout: integer,
  MemorySize: integer,
  Publish: boolean,
  PublishTo: string,
  VpcConfig: VpcConfig,
  PackageType: string,
  DeadLetterConfig: DeadLetterConfig,
  Environment: Environment,
  KMSKeyArn: string,
  TracingConfig: TracingConfig,
  Tags: map(string),
  Layers: list(string),
  FileSystemConfigs: list(FileSystemConfig),
  CodeSigningConfigArn: string,
  ImageConfig: ImageConfig,
  Architectures: list(string),
  EphemeralStorage: EphemeralStorage,
  SnapStart: SnapStart,
  LoggingConfig: LoggingConfig,
  TenancyConfig: TenancyConfig,
  CapacityProviderConfig: CapacityProviderConfig,
  DurableConfig: DurableConfig,
}, ["FunctionName", "Role", "Code"]);
const VpcConfigResponse = structure({
  SubnetIds: list(string),
  SecurityGroupIds: list(string),
  VpcId: string,
  Ipv6AllowedForDualStack: boolean,
});
const EnvironmentError = structure({
  ErrorCode: string,
  Message: string,
});
const EnvironmentResponse = structure({
  Variables: map(string),
  Error: EnvironmentError,
});
const TracingConfigResponse = structure({
  Mode: string,
});
const Layer = structure({
  Arn: string,
  CodeSize: integer,
  SigningProfileVersionArn: string,
  SigningJobArn: string,
});
const ImageConfigError = structure({
  ErrorCode: string,
  Message: string,
});
const ImageConfigResponse = structure({
  ImageConfig: ImageConfig,
  Error: ImageConfigError,
});
const SnapStartResponse = structure({
  ApplyOn: string,
  OptimizationStatus: string,
});
const RuntimeVersionError = structure({
  ErrorCode: string,
  Message: string,
});
const RuntimeVersionConfig = structure({
  RuntimeVersionArn: string,
  Error: RuntimeVersionError,
});
const FunctionConfiguration = structure({
  FunctionName: string,
  FunctionArn: string,
  Runtime: string,
  Role: string,
  Handler: string,
  CodeSize: long,
  Description: string,
  Timeout: integer,
  MemorySize: integer,
  LastModified: string,
  CodeSha256: string,
  Version: string,
  VpcConfig: VpcConfigResponse,
  DeadLetterConfig: DeadLetterConfig,
  Environment: EnvironmentResponse,
  KMSKeyArn: string,
  TracingConfig: TracingConfigResponse,
  MasterArn: string,
  RevisionId: string,
  Layers: list(Layer),
  State: string,
  StateReason: string,
  StateReasonCode: string,
  LastUpdateStatus: string,
  LastUpdateStatusReason: string,
  LastUpdateStatusReasonCode: string,
  FileSystemConfigs: list(FileSystemConfig),
  SigningProfileVersionArn: string,
  SigningJobArn: string,
  PackageType: string,
  ImageConfigResponse: ImageConfigResponse,
  Architectures: list(string),
  EphemeralStorage: EphemeralStorage,
  SnapStart: SnapStartResponse,
  RuntimeVersionConfig: RuntimeVersionConfig,
  LoggingConfig: LoggingConfig,
  TenancyConfig: TenancyConfig,
  CapacityProviderConfig: CapacityProviderConfig,
  ConfigSha256: string,
  DurableConfig: DurableConfig,
});
const DeleteAliasRequest = structure({
  FunctionName: string,
  Name: string,
}, ["FunctionName", "Name"]);
const DeleteFunctionRequest = structure({
  FunctionName: string,
  Qualifier: string,
}, ["FunctionName"]);
const DeleteFunctionResponse = structure({
  StatusCode: integer,
});
const DeleteFunctionConcurrencyRequest = structure({
  FunctionName: string,
}, ["FunctionName"]);
const GetAliasRequest = structure({
  FunctionName: string,
  Name: string,
}, ["FunctionName", "Name"]);
const GetFunctionRequest = structure({
  FunctionName: string,
  Qualifier: string,
}, ["FunctionName"]);
const ResolvedS3Object = structure({
  S3Bucket: string,
  S3Key: string,
  S3ObjectVersion: string,
});
const FunctionCodeLocationError = structure({
  ErrorCode: string,
  Message: string,
});
const FunctionCodeLocation = structure({
  RepositoryType: string,
  Location: string,
  ImageUri: string,
  ResolvedImageUri: string,
  ResolvedS3Object: ResolvedS3Object,
  SourceKMSKeyArn: string,
  Error: FunctionCodeLocationError,
});
const TagsError = structure({
  ErrorCode: string,
  Message: string,
}, ["ErrorCode", "Message"]);
const Concurrency = structure({
  ReservedConcurrentExecutions: integer,
});
const GetFunctionResponse = structure({
  Configuration: FunctionConfiguration,
  Code: FunctionCodeLocation,
  Tags: map(string),
  TagsError: TagsError,
  Concurrency: Concurrency,
});
const GetFunctionCodeSigningConfigRequest = structure({
  FunctionName: string,
}, ["FunctionName"]);
const GetFunctionCodeSigningConfigResponse = structure({
  CodeSigningConfigArn: string,
  FunctionName: string,
}, ["CodeSigningConfigArn", "FunctionName"]);
const GetFunctionConcurrencyRequest = structure({
  FunctionName: string,
}, ["FunctionName"]);
const GetFunctionConcurrencyResponse = structure({
  ReservedConcurrentExecutions: integer,
});
const GetFunctionConfigurationRequest = structure({
  FunctionName: string,
  Qualifier: string,
}, ["FunctionName"]);
const GetPolicyRequest = structure({
  FunctionName: string,
  Qualifier: string,
}, ["FunctionName"]);
const GetPolicyResponse = structure({
  Policy: string,
  RevisionId: string,
});
const InvocationRequest = structure({
  FunctionName: string,
  InvocationType: string,
  LogType: string,
  ClientContext: string,
  DurableExecutionName: string,
  Payload: blob,
  Qualifier: string,
  TenantId: string,
}, ["FunctionName"]);
const InvocationResponse = structure({
  StatusCode: integer,
  FunctionError: string,
  LogResult: string,
  Payload: blob,
  ExecutedVersion: string,
  DurableExecutionArn: string,
});
const ListAliasesRequest = structure({
  FunctionName: string,
  FunctionVersion: string,
  Marker: string,
  MaxItems: integer,
}, ["FunctionName"]);
const ListAliasesResponse = structure({
  NextMarker: string,
  Aliases: list(AliasConfiguration),
});
const ListFunctionsRequest = structure({
  MasterRegion: string,
  FunctionVersion: string,
  Marker: string,
  MaxItems: integer,
});
const ListFunctionsResponse = structure({
  NextMarker: string,
  Functions: list(FunctionConfiguration),
});
const ListTagsRequest = structure({
  Resource: string,
}, ["Resource"]);
const ListTagsResponse = structure({
  Tags: map(string),
});
const ListVersionsByFunctionRequest = structure({
  FunctionName: string,
  Marker: string,
  MaxItems: integer,
}, ["FunctionName"]);
const ListVersionsByFunctionResponse = structure({
  NextMarker: string,
  Versions: list(FunctionConfiguration),
});
const PublishVersionRequest = structure({
  FunctionName: string,
  CodeSha256: string,
  Description: string,
  RevisionId: string,
  PublishTo: string,
}, ["FunctionName"]);
const PutFunctionConcurrencyRequest = structure({
  FunctionName: string,
  ReservedConcurrentExecutions: integer,
}, ["FunctionName", "ReservedConcurrentExecutions"]);
const RemovePermissionRequest = structure({
  FunctionName: string,
  StatementId: string,
  Qualifier: string,
  RevisionId: string,
}, ["FunctionName", "StatementId"]);
const TagResourceRequest = structure({
  Resource: string,
  Tags: map(string),
}, ["Resource", "Tags"]);
const UntagResourceRequest = structure({
  Resource: string,
  TagKeys: list(string),
}, ["Resource", "TagKeys"]);
const UpdateAliasRequest = structure({
  FunctionName: string,
  Name: string,
  FunctionVersion: string,
  Description: string,
  RoutingConfig: AliasRoutingConfiguration,
  RevisionId: string,
}, ["FunctionName", "Name"]);
const UpdateFunctionCodeRequest = structure({
  FunctionName: string,
  ZipFile: blob,
  S3Bucket: string,
  S3Key: string,
  S3ObjectVersion: string,
  S3ObjectStorageMode: string,
  ImageUri: string,
  Architectures: list(string),
  Publish: boolean,
  PublishTo: string,
  DryRun: boolean,
  RevisionId: string,
  SourceKMSKeyArn: string,
}, ["FunctionName"]);
const UpdateFunctionConfigurationRequest = structure({
  FunctionName: string,
  Role: string,
  Handler: string,
  Description: string,
  Timeout: integer,
  MemorySize: integer,
  VpcConfig: VpcConfig,
  Environment: Environment,
  Runtime: string,
  DeadLetterConfig: DeadLetterConfig,
  KMSKeyArn: string,
  TracingConfig: TracingConfig,
  RevisionId: string,
  Layers: list(string),
  FileSystemConfigs: list(FileSystemConfig),
  ImageConfig: ImageConfig,
  EphemeralStorage: EphemeralStorage,
  SnapStart: SnapStart,
  LoggingConfig: LoggingConfig,
  CapacityProviderConfig: CapacityProviderConfig,
  DurableConfig: DurableConfig,
}, ["FunctionName"]);

/** Every operation of Lambda that is served: its input and output, in the SDK's types. */
export interface LambdaOperations {
  AddPermission: { input: sdk.AddPermissionRequest; output: sdk.AddPermissionResponse };
  CreateAlias: { input: sdk.CreateAliasRequest; output: sdk.AliasConfiguration };
  CreateFunction: { input: sdk.CreateFunctionRequest; output: sdk.FunctionConfiguration };
  DeleteAlias: { input: sdk.DeleteAliasRequest; output: Record<string, never> };
  DeleteFunction: { input: sdk.DeleteFunctionRequest; output: sdk.DeleteFunctionResponse };
  DeleteFunctionConcurrency: { input: sdk.DeleteFunctionConcurrencyRequest; output: Record<string, never> };
  GetAlias: { input: sdk.GetAliasRequest; output: sdk.AliasConfiguration };
  GetFunction: { input: sdk.GetFunctionRequest; output: sdk.GetFunctionResponse };
  GetFunctionCodeSigningConfig: { input: sdk.GetFunctionCodeSigningConfigRequest; output: sdk.GetFunctionCodeSigningConfigResponse };
  GetFunctionConcurrency: { input: sdk.GetFunctionConcurrencyRequest; output: sdk.GetFunctionConcurrencyResponse };
  GetFunctionConfiguration: { input: sdk.GetFunctionConfigurationRequest; output: sdk.FunctionConfiguration };
  GetPolicy: { input: sdk.GetPolicyRequest; output: sdk.GetPolicyResponse };
  Invoke: { input: sdk.InvocationRequest; output: sdk.InvocationResponse };
  ListAliases: { input: sdk.ListAliasesRequest; output: sdk.ListAliasesResponse };
  ListFunctions: { input: sdk.ListFunctionsRequest; output: sdk.ListFunctionsResponse };
  ListTags: { input: sdk.ListTagsRequest; output: sdk.ListTagsResponse };
  ListVersionsByFunction: { input: sdk.ListVersionsByFunctionRequest; output: sdk.ListVersionsByFunctionResponse };
  PublishVersion: { input: sdk.PublishVersionRequest; output: sdk.FunctionConfiguration };
  PutFunctionConcurrency: { input: sdk.PutFunctionConcurrencyRequest; output: sdk.Concurrency };
  RemovePermission: { input: sdk.RemovePermissionRequest; output: Record<string, never> };
  TagResource: { input: sdk.TagResourceRequest; output: Record<string, never> };
  UntagResource: { input: sdk.UntagResourceRequest; output: Record<string, never> };
  UpdateAlias: { input: sdk.UpdateAliasRequest; output: sdk.AliasConfiguration };
  UpdateFunctionCode: { input: sdk.UpdateFunctionCodeRequest; output: sdk.FunctionConfiguration };
  UpdateFunctionConfiguration: { input: sdk.UpdateFunctionConfigurationRequest; output: sdk.FunctionConfiguration };
}

/** Every operation of Lambda that is served on the wire; the compiler holds it to the SDK's types. */
export const LAMBDA_TABLE = {
  AddPermission: { input: AddPermissionRequest, output: AddPermissionResponse },
  CreateAlias: { input: CreateAliasRequest, output: AliasConfiguration },
  CreateFunction: { input: CreateFunctionRequest, output: FunctionConfiguration },
  DeleteAlias: { input: DeleteAliasRequest, output: structure({}) },
  DeleteFunction: { input: DeleteFunctionRequest, output: DeleteFunctionResponse },
  DeleteFunctionConcurrency: { input: DeleteFunctionConcurrencyRequest, output: structure({}) },
  GetAlias: { input: GetAliasRequest, output: AliasConfiguration },
  GetFunction: { input: GetFunctionRequest, output: GetFunctionResponse },
  GetFunctionCodeSigningConfig: { input: GetFunctionCodeSigningConfigRequest, output: GetFunctionCodeSigningConfigResponse },
  GetFunctionConcurrency: { input: GetFunctionConcurrencyRequest, output: GetFunctionConcurrencyResponse },
  GetFunctionConfiguration: { input: GetFunctionConfigurationRequest, output: FunctionConfiguration },
  GetPolicy: { input: GetPolicyRequest, output: GetPolicyResponse },
  Invoke: { input: InvocationRequest, output: InvocationResponse },
  ListAliases: { input: ListAliasesRequest, output: ListAliasesResponse },
  ListFunctions: { input: ListFunctionsRequest, output: ListFunctionsResponse },
  ListTags: { input: ListTagsRequest, output: ListTagsResponse },
  ListVersionsByFunction: { input: ListVersionsByFunctionRequest, output: ListVersionsByFunctionResponse },
  PublishVersion: { input: PublishVersionRequest, output: FunctionConfiguration },
  PutFunctionConcurrency: { input: PutFunctionConcurrencyRequest, output: Concurrency },
  RemovePermission: { input: RemovePermissionRequest, output: structure({}) },
  TagResource: { input: TagResourceRequest, output: structure({}) },
  UntagResource: { input: UntagResourceRequest, output: structure({}) },
  UpdateAlias: { input: UpdateAliasRequest, output: AliasConfiguration },
  UpdateFunctionCode: { input: UpdateFunctionCodeRequest, output: FunctionConfiguration },
  UpdateFunctionConfiguration: { input: UpdateFunctionConfigurationRequest, output: FunctionConfiguration },
} satisfies TableFor<LambdaOperations>;

/** Where each operation's members are in its call and in its answer; those that are not named are in the body. */
export const LAMBDA_HTTP: HttpBindings<keyof typeof LAMBDA_TABLE> = {
  AddPermission: {"method":"POST","path":"/2015-03-31/functions/{FunctionName}/policy","status":201,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"}},"output":{}},
  CreateAlias: {"method":"POST","path":"/2015-03-31/functions/{FunctionName}/aliases","status":201,"input":{"labels":["FunctionName"]},"output":{}},
  CreateFunction: {"method":"POST","path":"/2015-03-31/functions","status":201,"input":{},"output":{}},
  DeleteAlias: {"method":"DELETE","path":"/2015-03-31/functions/{FunctionName}/aliases/{Name}","status":204,"input":{"labels":["FunctionName","Name"]},"output":{}},
  DeleteFunction: {"method":"DELETE","path":"/2015-03-31/functions/{FunctionName}","status":200,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"}},"output":{"statusCode":"StatusCode"}},
  DeleteFunctionConcurrency: {"method":"DELETE","path":"/2017-10-31/functions/{FunctionName}/concurrency","status":204,"input":{"labels":["FunctionName"]},"output":{}},
  GetAlias: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}/aliases/{Name}","status":200,"input":{"labels":["FunctionName","Name"]},"output":{}},
  GetFunction: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}","status":200,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"}},"output":{}},
  GetFunctionCodeSigningConfig: {"method":"GET","path":"/2020-06-30/functions/{FunctionName}/code-signing-config","status":200,"input":{"labels":["FunctionName"]},"output":{}},
  GetFunctionConcurrency: {"method":"GET","path":"/2019-09-30/functions/{FunctionName}/concurrency","status":200,"input":{"labels":["FunctionName"]},"output":{}},
  GetFunctionConfiguration: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}/configuration","status":200,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"}},"output":{}},
  GetPolicy: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}/policy","status":200,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"}},"output":{}},
  Invoke: {"method":"POST","path":"/2015-03-31/functions/{FunctionName}/invocations","status":200,"input":{"labels":["FunctionName"],"query":{"Qualifier":"Qualifier"},"headers":{"InvocationType":"x-amz-invocation-type","LogType":"x-amz-log-type","ClientContext":"x-amz-client-context","DurableExecutionName":"x-amz-durable-execution-name","TenantId":"x-amz-tenant-id"},"payload":"Payload"},"output":{"headers":{"FunctionError":"x-amz-function-error","LogResult":"x-amz-log-result","ExecutedVersion":"x-amz-executed-version","DurableExecutionArn":"x-amz-durable-execution-arn"},"statusCode":"StatusCode","payload":"Payload"}},
  ListAliases: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}/aliases","status":200,"input":{"labels":["FunctionName"],"query":{"FunctionVersion":"FunctionVersion","Marker":"Marker","MaxItems":"MaxItems"}},"output":{}},
  ListFunctions: {"method":"GET","path":"/2015-03-31/functions","status":200,"input":{"query":{"MasterRegion":"MasterRegion","FunctionVersion":"FunctionVersion","Marker":"Marker","MaxItems":"MaxItems"}},"output":{}},
  ListTags: {"method":"GET","path":"/2017-03-31/tags/{Resource}","status":200,"input":{"labels":["Resource"]},"output":{}},
  ListVersionsByFunction: {"method":"GET","path":"/2015-03-31/functions/{FunctionName}/versions","status":200,"input":{"labels":["FunctionName"],"query":{"Marker":"Marker","MaxItems":"MaxItems"}},"output":{}},
  PublishVersion: {"method":"POST","path":"/2015-03-31/functions/{FunctionName}/versions","status":201,"input":{"labels":["FunctionName"]},"output":{}},
  PutFunctionConcurrency: {"method":"PUT","path":"/2017-10-31/functions/{FunctionName}/concurrency","status":200,"input":{"labels":["FunctionName"]},"output":{}},
  RemovePermission: {"method":"DELETE","path":"/2015-03-31/functions/{FunctionName}/policy/{StatementId}","status":204,"input":{"labels":["FunctionName","StatementId"],"query":{"Qualifier":"Qualifier","RevisionId":"RevisionId"}},"output":{}},
  TagResource: {"method":"POST","path":"/2017-03-31/tags/{Resource}","status":204,"input":{"labels":["Resource"]},"output":{}},
  UntagResource: {"method":"DELETE","path":"/2017-03-31/tags/{Resource}","status":204,"input":{"labels":["Resource"],"query":{"TagKeys":"tagKeys"}},"output":{}},
  UpdateAlias: {"method":"PUT","path":"/2015-03-31/functions/{FunctionName}/aliases/{Name}","status":200,"input":{"labels":["FunctionName","Name"]},"output":{}},
  UpdateFunctionCode: {"method":"PUT","path":"/2015-03-31/functions/{FunctionName}/code","status":200,"input":{"labels":["FunctionName"]},"output":{}},
  UpdateFunctionConfiguration: {"method":"PUT","path":"/2015-03-31/functions/{FunctionName}/configuration","status":200,"input":{"labels":["FunctionName"]},"output":{}},
};

/** Every fault that the service declares, with its HTTP status. */
export const LAMBDA_ERRORS = {
  AliasLimitExceededException: 400,
  CallbackTimeoutException: 400,
  CapacityProviderLimitExceededException: 400,
  CodeArtifactUserDeletedException: 409,
  CodeArtifactUserFailedException: 409,
  CodeArtifactUserPendingException: 409,
  CodeSigningConfigNotFoundException: 404,
  CodeStorageExceededException: 400,
  CodeVerificationFailedException: 400,
  DurableExecutionAlreadyStartedException: 409,
  EC2AccessDeniedException: 502,
  EC2ThrottledException: 502,
  EC2UnexpectedException: 502,
  EFSIOException: 410,
  EFSMountConnectivityException: 408,
  EFSMountFailureException: 403,
  EFSMountTimeoutException: 408,
  ENILimitReachedException: 502,
  ENINotReadyException: 502,
  FunctionVersionsPerCapacityProviderLimitExceededException: 400,
  InvalidCodeSignatureException: 400,
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  InvalidRuntimeException: 502,
  InvalidSecurityGroupIDException: 502,
  InvalidSubnetIDException: 502,
  InvalidZipFileException: 502,
  KMSAccessDeniedException: 502,
  KMSDisabledException: 502,
  KMSInvalidStateException: 502,
  KMSNotFoundException: 502,
  ModeNotSupportedException: 400,
  NoPublishedVersionException: 400,
  PolicyLengthExceededException: 400,
  PreconditionFailedException: 412,
  ProvisionedConcurrencyConfigNotFoundException: 404,
  PublicPolicyException: 400,
  RecursiveInvocationException: 400,
  RequestTooLargeException: 413,
  ResourceConflictException: 409,
  ResourceInUseException: 400,
  ResourceNotFoundException: 404,
  ResourceNotReadyException: 502,
  S3FilesMountConnectivityException: 408,
  S3FilesMountFailureException: 403,
  S3FilesMountTimeoutException: 408,
  SerializedRequestEntityTooLargeException: 413,
  ServiceException: 500,
  ServiceQuotaExceededException: 402,
  SnapStartException: 400,
  SnapStartNotReadyException: 409,
  SnapStartRegenerationFailureException: 409,
  SnapStartTimeoutException: 408,
  SubnetIPAddressLimitReachedException: 502,
  TooManyRequestsException: 429,
  UnsupportedMediaTypeException: 415,
} as const;

/** What the service has, and is not served: its method and path. */
export const UNSERVED_LAMBDA_OPERATIONS: Readonly<Record<string, readonly [method: string, path: string]>> = {
  AddLayerVersionPermission: ["POST","/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"],
  CheckpointDurableExecution: ["POST","/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint"],
  CreateCapacityProvider: ["POST","/2025-11-30/capacity-providers"],
  CreateCodeSigningConfig: ["POST","/2020-04-22/code-signing-configs"],
  CreateEventSourceMapping: ["POST","/2015-03-31/event-source-mappings"],
  CreateFunctionUrlConfig: ["POST","/2021-10-31/functions/{FunctionName}/url"],
  DeleteCapacityProvider: ["DELETE","/2025-11-30/capacity-providers/{CapacityProviderName}"],
  DeleteCodeSigningConfig: ["DELETE","/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"],
  DeleteEventSourceMapping: ["DELETE","/2015-03-31/event-source-mappings/{UUID}"],
  DeleteFunctionCodeSigningConfig: ["DELETE","/2020-06-30/functions/{FunctionName}/code-signing-config"],
  DeleteFunctionEventInvokeConfig: ["DELETE","/2019-09-25/functions/{FunctionName}/event-invoke-config"],
  DeleteFunctionUrlConfig: ["DELETE","/2021-10-31/functions/{FunctionName}/url"],
  DeleteLayerVersion: ["DELETE","/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"],
  DeleteProvisionedConcurrencyConfig: ["DELETE","/2019-09-30/functions/{FunctionName}/provisioned-concurrency"],
  DeleteResourcePolicy: ["DELETE","/2026-07-09/resource-policy/{ResourceArn}"],
  GetAccountSettings: ["GET","/2016-08-19/account-settings"],
  GetCapacityProvider: ["GET","/2025-11-30/capacity-providers/{CapacityProviderName}"],
  GetCodeSigningConfig: ["GET","/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"],
  GetDurableExecution: ["GET","/2025-12-01/durable-executions/{DurableExecutionArn}"],
  GetDurableExecutionHistory: ["GET","/2025-12-01/durable-executions/{DurableExecutionArn}/history"],
  GetDurableExecutionState: ["GET","/2025-12-01/durable-executions/{DurableExecutionArn}/state"],
  GetEventSourceMapping: ["GET","/2015-03-31/event-source-mappings/{UUID}"],
  GetFunctionEventInvokeConfig: ["GET","/2019-09-25/functions/{FunctionName}/event-invoke-config"],
  GetFunctionRecursionConfig: ["GET","/2024-08-31/functions/{FunctionName}/recursion-config"],
  GetFunctionScalingConfig: ["GET","/2025-11-30/functions/{FunctionName}/function-scaling-config"],
  GetFunctionUrlConfig: ["GET","/2021-10-31/functions/{FunctionName}/url"],
  GetLayerVersion: ["GET","/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"],
  GetLayerVersionByArn: ["GET","/2018-10-31/layers?find=LayerVersion"],
  GetLayerVersionPolicy: ["GET","/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"],
  GetProvisionedConcurrencyConfig: ["GET","/2019-09-30/functions/{FunctionName}/provisioned-concurrency"],
  GetResourcePolicy: ["GET","/2026-07-09/resource-policy/{ResourceArn}"],
  GetRuntimeManagementConfig: ["GET","/2021-07-20/functions/{FunctionName}/runtime-management-config"],
  InvokeAsync: ["POST","/2014-11-13/functions/{FunctionName}/invoke-async"],
  InvokeWithResponseStream: ["POST","/2021-11-15/functions/{FunctionName}/response-streaming-invocations"],
  ListCapacityProviders: ["GET","/2025-11-30/capacity-providers"],
  ListCodeSigningConfigs: ["GET","/2020-04-22/code-signing-configs"],
  ListDurableExecutionsByFunction: ["GET","/2025-12-01/functions/{FunctionName}/durable-executions"],
  ListEventSourceMappings: ["GET","/2015-03-31/event-source-mappings"],
  ListFunctionEventInvokeConfigs: ["GET","/2019-09-25/functions/{FunctionName}/event-invoke-config/list"],
  ListFunctionUrlConfigs: ["GET","/2021-10-31/functions/{FunctionName}/urls"],
  ListFunctionVersionsByCapacityProvider: ["GET","/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions"],
  ListFunctionsByCodeSigningConfig: ["GET","/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"],
  ListLayerVersions: ["GET","/2018-10-31/layers/{LayerName}/versions"],
  ListLayers: ["GET","/2018-10-31/layers"],
  ListProvisionedConcurrencyConfigs: ["GET","/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL"],
  PublishLayerVersion: ["POST","/2018-10-31/layers/{LayerName}/versions"],
  PutFunctionCodeSigningConfig: ["PUT","/2020-06-30/functions/{FunctionName}/code-signing-config"],
  PutFunctionEventInvokeConfig: ["PUT","/2019-09-25/functions/{FunctionName}/event-invoke-config"],
  PutFunctionRecursionConfig: ["PUT","/2024-08-31/functions/{FunctionName}/recursion-config"],
  PutFunctionScalingConfig: ["PUT","/2025-11-30/functions/{FunctionName}/function-scaling-config"],
  PutProvisionedConcurrencyConfig: ["PUT","/2019-09-30/functions/{FunctionName}/provisioned-concurrency"],
  PutResourcePolicy: ["PUT","/2026-07-09/resource-policy/{ResourceArn}"],
  PutRuntimeManagementConfig: ["PUT","/2021-07-20/functions/{FunctionName}/runtime-management-config"],
  RemoveLayerVersionPermission: ["DELETE","/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}"],
  SendDurableExecutionCallbackFailure: ["POST","/2025-12-01/durable-execution-callbacks/{CallbackId}/fail"],
  SendDurableExecutionCallbackHeartbeat: ["POST","/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat"],
  SendDurableExecutionCallbackSuccess: ["POST","/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed"],
  StopDurableExecution: ["POST","/2025-12-01/durable-executions/{DurableExecutionArn}/stop"],
  UpdateCapacityProvider: ["PUT","/2025-11-30/capacity-providers/{CapacityProviderName}"],
  UpdateCodeSigningConfig: ["PUT","/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"],
  UpdateEventSourceMapping: ["PUT","/2015-03-31/event-source-mappings/{UUID}"],
  UpdateFunctionEventInvokeConfig: ["POST","/2019-09-25/functions/{FunctionName}/event-invoke-config"],
  UpdateFunctionUrlConfig: ["PUT","/2021-10-31/functions/{FunctionName}/url"],
};
