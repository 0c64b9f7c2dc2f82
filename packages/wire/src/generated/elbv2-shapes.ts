// Made by scripts/generate-shapes.ts from the schemas of @aws-sdk/client-elastic-load-balancing-v2. Do not edit: run "npm run generate".
import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { boolean, integer, list, map, string, structure, timestamp, type TableFor } from "../shapes/shape.ts";

const Tag = structure({
  Key: string,
  Value: string,
}, ["Key"]);
const AddTagsInput = structure({
  ResourceArns: list(string),
  Tags: list(Tag),
}, ["ResourceArns", "Tags"]);
const AddTagsOutput = structure({});
const AuthenticateOidcActionConfig = structure({
  Issuer: string,
  AuthorizationEndpoint: string,
  TokenEndpoint: string,
  UserInfoEndpoint: string,
  ClientId: string,
  ClientSecret: string,
  SessionCookieName: string,
  Scope: string,
  SessionTimeout: integer,
  AuthenticationRequestExtraParams: map(string),
  OnUnauthenticatedRequest: string,
  UseExistingClientSecret: boolean,
}, ["Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "ClientId"]);
const AuthenticateCognitoActionConfig = structure({
  UserPoolArn: string,
  UserPoolClientId: string,
  UserPoolDomain: string,
  SessionCookieName: string,
  Scope: string,
  SessionTimeout: integer,
  AuthenticationRequestExtraParams: map(string),
  OnUnauthenticatedRequest: string,
}, ["UserPoolArn", "UserPoolClientId", "UserPoolDomain"]);
const RedirectActionConfig = structure({
  StatusCode: string,
  Protocol: string,
  Port: string,
  Host: string,
  Path: string,
  Query: string,
}, ["StatusCode"]);
const FixedResponseActionConfig = structure({
  StatusCode: string,
  MessageBody: string,
  ContentType: string,
}, ["StatusCode"]);
const TargetGroupTuple = structure({
  TargetGroupArn: string,
  Weight: integer,
});
const TargetGroupStickinessConfig = structure({
  Enabled: boolean,
  DurationSeconds: integer,
});
const ForwardActionConfig = structure({
  TargetGroups: list(TargetGroupTuple),
  TargetGroupStickinessConfig: TargetGroupStickinessConfig,
});
const JwtValidationActionAdditionalClaim = structure({
  Format: string,
  Name: string,
  Values: list(string),
}, ["Format", "Name", "Values"]);
const JwtValidationActionConfig = structure({
  JwksEndpoint: string,
  Issuer: string,
  AdditionalClaims: list(JwtValidationActionAdditionalClaim),
}, ["JwksEndpoint", "Issuer"]);
const Action = structure({
  Type: string,
  TargetGroupArn: string,
  AuthenticateOidcConfig: AuthenticateOidcActionConfig,
  AuthenticateCognitoConfig: AuthenticateCognitoActionConfig,
  Order: integer,
  RedirectConfig: RedirectActionConfig,
  FixedResponseConfig: FixedResponseActionConfig,
  ForwardConfig: ForwardActionConfig,
  JwtValidationConfig: JwtValidationActionConfig,
}, ["Type"]);
const Certificate = structure({
  CertificateArn: string,
  IsDefault: boolean,
});
const MutualAuthenticationAttributes = structure({
  Mode: string,
  TrustStoreArn: string,
  IgnoreClientCertificateExpiry: boolean,
  TrustStoreAssociationStatus: string,
  AdvertiseTrustStoreCaNames: string,
});
const CreateListenerInput = structure({
  LoadBalancerArn: string,
  DefaultActions: list(Action),
  Protocol: string,
  Port: integer,
  SslPolicy: string,
  Certificates: list(Certificate),
  AlpnPolicy: list(string),
  Tags: list(Tag),
  MutualAuthentication: MutualAuthenticationAttributes,
}, ["LoadBalancerArn", "DefaultActions"]);
const Listener = structure({
  ListenerArn: string,
  LoadBalancerArn: string,
  Port: integer,
  Protocol: string,
  Certificates: list(Certificate),
  SslPolicy: string,
  DefaultActions: list(Action),
  AlpnPolicy: list(string),
  MutualAuthentication: MutualAuthenticationAttributes,
});
const CreateListenerOutput = structure({
  Listeners: list(Listener),
});
const SubnetMapping = structure({
  SubnetId: string,
  AllocationId: string,
  PrivateIPv4Address: string,
  IPv6Address: string,
  SourceNatIpv6Prefix: string,
});
const IpamPools = structure({
  Ipv4IpamPoolId: string,
});
const CreateLoadBalancerInput = structure({
  Name: string,
  Subnets: list(string),
  SubnetMappings: list(SubnetMapping),
  SecurityGroups: list(string),
  Scheme: string,
  Tags: list(Tag),
  Type: string,
  IpAddressType: string,
  CustomerOwnedIpv4Pool: string,
  EnablePrefixForIpv6SourceNat: string,
  IpamPools: IpamPools,
}, ["Name"]);
const LoadBalancerState = structure({
  Code: string,
  Reason: string,
});
const LoadBalancerAddress = structure({
  IpAddress: string,
  AllocationId: string,
  PrivateIPv4Address: string,
  IPv6Address: string,
});
const AvailabilityZone = structure({
  ZoneName: string,
  SubnetId: string,
  OutpostId: string,
  LoadBalancerAddresses: list(LoadBalancerAddress),
  SourceNatIpv6Prefixes: list(string),
});
const LoadBalancer = structure({
  LoadBalancerArn: string,
  DNSName: string,
  CanonicalHostedZoneId: string,
  CreatedTime: timestamp,
  LoadBalancerName: string,
  Scheme: string,
  VpcId: string,
  State: LoadBalancerState,
  Type: string,
  AvailabilityZones: list(AvailabilityZone),
  SecurityGroups: list(string),
  IpAddressType: string,
  CustomerOwnedIpv4Pool: string,
  EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: string,
  EnablePrefixForIpv6SourceNat: string,
  IpamPools: IpamPools,
});
const CreateLoadBalancerOutput = structure({
  LoadBalancers: list(LoadBalancer),
});
const HostHeaderConditionConfig = structure({
  Values: list(string),
  RegexValues: list(string),
});
const PathPatternConditionConfig = structure({
  Values: list(string),
  RegexValues: list(string),
});
const HttpHeaderConditionConfig = structure({
  HttpHeaderName: string,
  Values: list(string),
  RegexValues: list(string),
});
const QueryStringKeyValuePair = structure({
  Key: string,
  Value: string,
});
const QueryStringConditionConfig = structure({
  Values: list(QueryStringKeyValuePair),
});
const HttpRequestMethodConditionConfig = structure({
  Values: list(string),
});
const SourceIpConditionConfig = structure({
  Values: list(string),
  IpAddressType: string,
});
const RuleCondition = structure({
  Field: string,
  Values: list(string),
  HostHeaderConfig: HostHeaderConditionConfig,
  PathPatternConfig: PathPatternConditionConfig,
  HttpHeaderConfig: HttpHeaderConditionConfig,
  QueryStringConfig: QueryStringConditionConfig,
  HttpRequestMethodConfig: HttpRequestMethodConditionConfig,
  SourceIpConfig: SourceIpConditionConfig,
  RegexValues: list(string),
});
const RewriteConfig = structure({
  Regex: string,
  Replace: string,
}, ["Regex", "Replace"]);
const HostHeaderRewriteConfig = structure({
  Rewrites: list(RewriteConfig),
});
const UrlRewriteConfig = structure({
  Rewrites: list(RewriteConfig),
});
const RuleTransform = structure({
  Type: string,
  HostHeaderRewriteConfig: HostHeaderRewriteConfig,
  UrlRewriteConfig: UrlRewriteConfig,
}, ["Type"]);
const CreateRuleInput = structure({
  ListenerArn: string,
  Conditions: list(RuleCondition),
  Priority: integer,
  Actions: list(Action),
  Tags: list(Tag),
  Transforms: list(RuleTransform),
}, ["ListenerArn", "Conditions", "Priority", "Actions"]);
const Rule = structure({
  RuleArn: string,
  Priority: string,
  Conditions: list(RuleCondition),
  Actions: list(Action),
  IsDefault: boolean,
  Transforms: list(RuleTransform),
});
const CreateRuleOutput = structure({
  Rules: list(Rule),
});
const Matcher = structure({
  HttpCode: string,
  GrpcCode: string,
});
const CreateTargetGroupInput = structure({
  Name: string,
  Protocol: string,
  ProtocolVersion: string,
  Port: integer,
  VpcId: string,
  HealthCheckProtocol: string,
  HealthCheckPort: string,
  HealthCheckEnabled: boolean,
  HealthCheckPath: string,
  HealthCheckIntervalSeconds: integer,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  UnhealthyThresholdCount: integer,
  Matcher: Matcher,
  TargetType: string,
  Tags: list(Tag),
  IpAddressType: string,
  TargetControlPort: integer,
}, ["Name"]);
const TargetGroup = structure({
  TargetGroupArn: string,
  TargetGroupName: string,
  Protocol: string,
  Port: integer,
  VpcId: string,
  HealthCheckProtocol: string,
  HealthCheckPort: string,
  HealthCheckEnabled: boolean,
  HealthCheckIntervalSeconds: integer,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  UnhealthyThresholdCount: integer,
  HealthCheckPath: string,
  Matcher: Matcher,
  LoadBalancerArns: list(string),
  TargetType: string,
  ProtocolVersion: string,
  IpAddressType: string,
  TargetControlPort: integer,
});
const CreateTargetGroupOutput = structure({
  TargetGroups: list(TargetGroup),
});
const DeleteListenerInput = structure({
  ListenerArn: string,
}, ["ListenerArn"]);
const DeleteListenerOutput = structure({});
const DeleteLoadBalancerInput = structure({
  LoadBalancerArn: string,
}, ["LoadBalancerArn"]);
const DeleteLoadBalancerOutput = structure({});
const DeleteRuleInput = structure({
  RuleArn: string,
}, ["RuleArn"]);
const DeleteRuleOutput = structure({});
const DeleteTargetGroupInput = structure({
  TargetGroupArn: string,
}, ["TargetGroupArn"]);
const DeleteTargetGroupOutput = structure({});
const TargetDescription = structure({
  Id: string,
  Port: integer,
  AvailabilityZone: string,
  QuicServerId: string,
}, ["Id"]);
const DeregisterTargetsInput = structure({
  TargetGroupArn: string,
  Targets: list(TargetDescription),
}, ["TargetGroupArn", "Targets"]);
const DeregisterTargetsOutput = structure({});
const DescribeListenersInput = structure({
  LoadBalancerArn: string,
  ListenerArns: list(string),
  Marker: string,
  PageSize: integer,
});
const DescribeListenersOutput = structure({
  Listeners: list(Listener),
  NextMarker: string,
});
const DescribeLoadBalancerAttributesInput = structure({
  LoadBalancerArn: string,
}, ["LoadBalancerArn"]);
const LoadBalancerAttribute = structure({
  Key: string,
  Value: string,
});
const DescribeLoadBalancerAttributesOutput = structure({
  Attributes: list(LoadBalancerAttribute),
});
const DescribeLoadBalancersInput = structure({
  LoadBalancerArns: list(string),
  Names: list(string),
  Marker: string,
  PageSize: integer,
});
const DescribeLoadBalancersOutput = structure({
  LoadBalancers: list(LoadBalancer),
  NextMarker: string,
});
const DescribeRulesInput = structure({
  ListenerArn: string,
  RuleArns: list(string),
  Marker: string,
  PageSize: integer,
});
const DescribeRulesOutput = structure({
  Rules: list(Rule),
  NextMarker: string,
});
const DescribeTagsInput = structure({
  ResourceArns: list(string),
}, ["ResourceArns"]);
const TagDescription = structure({
  ResourceArn: string,
  Tags: list(Tag),
});
const DescribeTagsOutput = structure({
  TagDescriptions: list(TagDescription),
});
const DescribeTargetGroupAttributesInput = structure({
  TargetGroupArn: string,
}, ["TargetGroupArn"]);
const TargetGroupAttribute = structure({
  Key: string,
  Value: string,
});
const DescribeTargetGroupAttributesOutput = structure({
  Attributes: list(TargetGroupAttribute),
});
const DescribeTargetGroupsInput = structure({
  LoadBalancerArn: string,
  TargetGroupArns: list(string),
  Names: list(string),
  Marker: string,
  PageSize: integer,
});
const DescribeTargetGroupsOutput = structure({
  TargetGroups: list(TargetGroup),
  NextMarker: string,
});
const DescribeTargetHealthInput = structure({
  TargetGroupArn: string,
  Targets: list(TargetDescription),
  Include: list(string),
}, ["TargetGroupArn"]);
const TargetHealth = structure({
  State: string,
  Reason: string,
  Description: string,
});
const AnomalyDetection = structure({
  Result: string,
  MitigationInEffect: string,
});
const AdministrativeOverride = structure({
  State: string,
  Reason: string,
  Description: string,
});
const TargetHealthDescription = structure({
  Target: TargetDescription,
  HealthCheckPort: string,
  TargetHealth: TargetHealth,
  AnomalyDetection: AnomalyDetection,
  AdministrativeOverride: AdministrativeOverride,
});
const DescribeTargetHealthOutput = structure({
  TargetHealthDescriptions: list(TargetHealthDescription),
});
const ModifyListenerInput = structure({
  ListenerArn: string,
  Port: integer,
  Protocol: string,
  SslPolicy: string,
  Certificates: list(Certificate),
  DefaultActions: list(Action),
  AlpnPolicy: list(string),
  MutualAuthentication: MutualAuthenticationAttributes,
}, ["ListenerArn"]);
const ModifyListenerOutput = structure({
  Listeners: list(Listener),
});
const ModifyLoadBalancerAttributesInput = structure({
  LoadBalancerArn: string,
  Attributes: list(LoadBalancerAttribute),
}, ["LoadBalancerArn", "Attributes"]);
const ModifyLoadBalancerAttributesOutput = structure({
  Attributes: list(LoadBalancerAttribute),
});
const ModifyRuleInput = structure({
  RuleArn: string,
  Conditions: list(RuleCondition),
  Actions: list(Action),
  Transforms: list(RuleTransform),
  ResetTransforms: boolean,
}, ["RuleArn"]);
const ModifyRuleOutput = structure({
  Rules: list(Rule),
});
const ModifyTargetGroupInput = structure({
  TargetGroupArn: string,
  HealthCheckProtocol: string,
  HealthCheckPort: string,
  HealthCheckPath: string,
  HealthCheckEnabled: boolean,
  HealthCheckIntervalSeconds: integer,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  UnhealthyThresholdCount: integer,
  Matcher: Matcher,
}, ["TargetGroupArn"]);
const ModifyTargetGroupOutput = structure({
  TargetGroups: list(TargetGroup),
});
const ModifyTargetGroupAttributesInput = structure({
  TargetGroupArn: string,
  Attributes: list(TargetGroupAttribute),
}, ["TargetGroupArn", "Attributes"]);
const ModifyTargetGroupAttributesOutput = structure({
  Attributes: list(TargetGroupAttribute),
});
const RegisterTargetsInput = structure({
  TargetGroupArn: string,
  Targets: list(TargetDescription),
}, ["TargetGroupArn", "Targets"]);
const RegisterTargetsOutput = structure({});
const RemoveTagsInput = structure({
  ResourceArns: list(string),
  TagKeys: list(string),
}, ["ResourceArns", "TagKeys"]);
const RemoveTagsOutput = structure({});
const RulePriorityPair = structure({
  RuleArn: string,
  Priority: integer,
});
const SetRulePrioritiesInput = structure({
  RulePriorities: list(RulePriorityPair),
}, ["RulePriorities"]);
const SetRulePrioritiesOutput = structure({
  Rules: list(Rule),
});

/** Every operation of Elastic Load Balancing v2 that is served: its input and output, in the SDK's types. */
export interface Elbv2Operations {
  AddTags: { input: sdk.AddTagsInput; output: sdk.AddTagsOutput };
  CreateListener: { input: sdk.CreateListenerInput; output: sdk.CreateListenerOutput };
  CreateLoadBalancer: { input: sdk.CreateLoadBalancerInput; output: sdk.CreateLoadBalancerOutput };
  CreateRule: { input: sdk.CreateRuleInput; output: sdk.CreateRuleOutput };
  CreateTargetGroup: { input: sdk.CreateTargetGroupInput; output: sdk.CreateTargetGroupOutput };
  DeleteListener: { input: sdk.DeleteListenerInput; output: sdk.DeleteListenerOutput };
  DeleteLoadBalancer: { input: sdk.DeleteLoadBalancerInput; output: sdk.DeleteLoadBalancerOutput };
  DeleteRule: { input: sdk.DeleteRuleInput; output: sdk.DeleteRuleOutput };
  DeleteTargetGroup: { input: sdk.DeleteTargetGroupInput; output: sdk.DeleteTargetGroupOutput };
  DeregisterTargets: { input: sdk.DeregisterTargetsInput; output: sdk.DeregisterTargetsOutput };
  DescribeListeners: { input: sdk.DescribeListenersInput; output: sdk.DescribeListenersOutput };
  DescribeLoadBalancerAttributes: { input: sdk.DescribeLoadBalancerAttributesInput; output: sdk.DescribeLoadBalancerAttributesOutput };
  DescribeLoadBalancers: { input: sdk.DescribeLoadBalancersInput; output: sdk.DescribeLoadBalancersOutput };
  DescribeRules: { input: sdk.DescribeRulesInput; output: sdk.DescribeRulesOutput };
  DescribeTags: { input: sdk.DescribeTagsInput; output: sdk.DescribeTagsOutput };
  DescribeTargetGroupAttributes: { input: sdk.DescribeTargetGroupAttributesInput; output: sdk.DescribeTargetGroupAttributesOutput };
  DescribeTargetGroups: { input: sdk.DescribeTargetGroupsInput; output: sdk.DescribeTargetGroupsOutput };
  DescribeTargetHealth: { input: sdk.DescribeTargetHealthInput; output: sdk.DescribeTargetHealthOutput };
  ModifyListener: { input: sdk.ModifyListenerInput; output: sdk.ModifyListenerOutput };
  ModifyLoadBalancerAttributes: { input: sdk.ModifyLoadBalancerAttributesInput; output: sdk.ModifyLoadBalancerAttributesOutput };
  ModifyRule: { input: sdk.ModifyRuleInput; output: sdk.ModifyRuleOutput };
  ModifyTargetGroup: { input: sdk.ModifyTargetGroupInput; output: sdk.ModifyTargetGroupOutput };
  ModifyTargetGroupAttributes: { input: sdk.ModifyTargetGroupAttributesInput; output: sdk.ModifyTargetGroupAttributesOutput };
  RegisterTargets: { input: sdk.RegisterTargetsInput; output: sdk.RegisterTargetsOutput };
  RemoveTags: { input: sdk.RemoveTagsInput; output: sdk.RemoveTagsOutput };
  SetRulePriorities: { input: sdk.SetRulePrioritiesInput; output: sdk.SetRulePrioritiesOutput };
}

/** Every operation of Elastic Load Balancing v2 that is served on the wire; the compiler holds it to the SDK's types. */
export const ELBV2_TABLE = {
  AddTags: { input: AddTagsInput, output: AddTagsOutput },
  CreateListener: { input: CreateListenerInput, output: CreateListenerOutput },
  CreateLoadBalancer: { input: CreateLoadBalancerInput, output: CreateLoadBalancerOutput },
  CreateRule: { input: CreateRuleInput, output: CreateRuleOutput },
  CreateTargetGroup: { input: CreateTargetGroupInput, output: CreateTargetGroupOutput },
  DeleteListener: { input: DeleteListenerInput, output: DeleteListenerOutput },
  DeleteLoadBalancer: { input: DeleteLoadBalancerInput, output: DeleteLoadBalancerOutput },
  DeleteRule: { input: DeleteRuleInput, output: DeleteRuleOutput },
  DeleteTargetGroup: { input: DeleteTargetGroupInput, output: DeleteTargetGroupOutput },
  DeregisterTargets: { input: DeregisterTargetsInput, output: DeregisterTargetsOutput },
  DescribeListeners: { input: DescribeListenersInput, output: DescribeListenersOutput },
  DescribeLoadBalancerAttributes: { input: DescribeLoadBalancerAttributesInput, output: DescribeLoadBalancerAttributesOutput },
  DescribeLoadBalancers: { input: DescribeLoadBalancersInput, output: DescribeLoadBalancersOutput },
  DescribeRules: { input: DescribeRulesInput, output: DescribeRulesOutput },
  DescribeTags: { input: DescribeTagsInput, output: DescribeTagsOutput },
  DescribeTargetGroupAttributes: { input: DescribeTargetGroupAttributesInput, output: DescribeTargetGroupAttributesOutput },
  DescribeTargetGroups: { input: DescribeTargetGroupsInput, output: DescribeTargetGroupsOutput },
  DescribeTargetHealth: { input: DescribeTargetHealthInput, output: DescribeTargetHealthOutput },
  ModifyListener: { input: ModifyListenerInput, output: ModifyListenerOutput },
  ModifyLoadBalancerAttributes: { input: ModifyLoadBalancerAttributesInput, output: ModifyLoadBalancerAttributesOutput },
  ModifyRule: { input: ModifyRuleInput, output: ModifyRuleOutput },
  ModifyTargetGroup: { input: ModifyTargetGroupInput, output: ModifyTargetGroupOutput },
  ModifyTargetGroupAttributes: { input: ModifyTargetGroupAttributesInput, output: ModifyTargetGroupAttributesOutput },
  RegisterTargets: { input: RegisterTargetsInput, output: RegisterTargetsOutput },
  RemoveTags: { input: RemoveTagsInput, output: RemoveTagsOutput },
  SetRulePriorities: { input: SetRulePrioritiesInput, output: SetRulePrioritiesOutput },
} satisfies TableFor<Elbv2Operations>;

/** Every fault that the service declares. */
export const ELBV2_ERRORS = [
  "ALPNPolicyNotFound",
  "AllocationIdNotFound",
  "AvailabilityZoneNotSupported",
  "CaCertificatesBundleNotFound",
  "CapacityDecreaseRequestLimitExceeded",
  "CapacityReservationPending",
  "CapacityUnitsLimitExceeded",
  "CertificateNotFound",
  "DeleteAssociationSameAccount",
  "DuplicateListener",
  "DuplicateLoadBalancerName",
  "DuplicateTagKeys",
  "DuplicateTargetGroupName",
  "DuplicateTrustStoreName",
  "HealthUnavailable",
  "IncompatibleProtocols",
  "InsufficientCapacity",
  "InvalidCaCertificatesBundle",
  "InvalidConfigurationRequest",
  "InvalidLoadBalancerAction",
  "InvalidRevocationContent",
  "InvalidScheme",
  "InvalidSecurityGroup",
  "InvalidSubnet",
  "InvalidTarget",
  "ListenerNotFound",
  "LoadBalancerNotFound",
  "OperationNotPermitted",
  "PriorRequestNotComplete",
  "PriorityInUse",
  "ResourceInUse",
  "ResourceNotFound",
  "RevocationContentNotFound",
  "RevocationIdNotFound",
  "RuleNotFound",
  "SSLPolicyNotFound",
  "SubnetNotFound",
  "TargetGroupAssociationLimit",
  "TargetGroupNotFound",
  "TooManyActions",
  "TooManyCertificates",
  "TooManyListeners",
  "TooManyLoadBalancers",
  "TooManyRegistrationsForTargetId",
  "TooManyRules",
  "TooManyTags",
  "TooManyTargetGroups",
  "TooManyTargets",
  "TooManyTrustStoreRevocationEntries",
  "TooManyTrustStores",
  "TooManyUniqueTargetGroupsPerLoadBalancer",
  "AssociationNotFound",
  "TrustStoreInUse",
  "TrustStoreNotFound",
  "TrustStoreNotReady",
  "UnsupportedProtocol",
] as const;

/** What the service has, and is not served. */
export const UNSERVED_ELBV2_OPERATIONS: ReadonlySet<string> = new Set([
  "AddListenerCertificates",
  "AddTrustStoreRevocations",
  "CreateTrustStore",
  "DeleteSharedTrustStoreAssociation",
  "DeleteTrustStore",
  "DescribeAccountLimits",
  "DescribeCapacityReservation",
  "DescribeListenerAttributes",
  "DescribeListenerCertificates",
  "DescribeSSLPolicies",
  "DescribeTrustStoreAssociations",
  "DescribeTrustStoreRevocations",
  "DescribeTrustStores",
  "GetResourcePolicy",
  "GetTrustStoreCaCertificatesBundle",
  "GetTrustStoreRevocationContent",
  "ModifyCapacityReservation",
  "ModifyIpPools",
  "ModifyListenerAttributes",
  "ModifyTrustStore",
  "RemoveListenerCertificates",
  "RemoveTrustStoreRevocations",
  "SetIpAddressType",
  "SetSecurityGroups",
  "SetSubnets",
]);
