import * as codeDeploy from "@aws-sdk/client-codedeploy";
import * as ecs from "@aws-sdk/client-ecs";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as lambda from "@aws-sdk/client-lambda";
import { NUMBER_KINDS } from "../packages/wire/src/shapes/codedeploy-constraints.ts";
import { ECS_NUMBER_KINDS } from "../packages/wire/src/shapes/ecs-constraints.ts";
import { LAMBDA_NUMBER_KINDS } from "../packages/wire/src/shapes/lambda-constraints.ts";

/** A client of the AWS SDK from whose schemas a file in packages/wire/src/generated is made. */
export interface GeneratedClient {
  readonly packageName: string;
  readonly sdk: object;
  /** Of the schemas. */
  readonly namespace: string;
  /** `codedeploy`: the file is `codedeploy-shapes.ts`. */
  readonly fileName: string;
  /** As people call the service. */
  readonly title: string;
  /** `CODEDEPLOY`: the file has `CODEDEPLOY_TABLE` and `CODEDEPLOY_ERRORS`. */
  readonly constantPrefix: string;
  /** `CodeDeploy`: the file has the type `CodeDeployOperations`. */
  readonly typePrefix: string;
  /** Those that are served; null: all. Of the others the file has the names. */
  readonly operations: readonly string[] | null;
  /** `Structure.member` of every number that is not a 32-bit integer. */
  readonly numberKinds: Readonly<Record<string, "long" | "double">>;
}

export const GENERATED_CLIENTS: readonly GeneratedClient[] = [
  {
    packageName: "@aws-sdk/client-codedeploy",
    sdk: codeDeploy,
    namespace: "com.amazonaws.codedeploy",
    fileName: "codedeploy",
    title: "CodeDeploy",
    constantPrefix: "CODEDEPLOY",
    typePrefix: "CodeDeploy",
    operations: null,
    numberKinds: NUMBER_KINDS,
  },
  {
    packageName: "@aws-sdk/client-ecs",
    sdk: ecs,
    namespace: "com.amazonaws.ecs",
    fileName: "ecs",
    title: "ECS",
    constantPrefix: "ECS",
    typePrefix: "Ecs",
    operations: [
      "CreateCluster",
      "CreateService",
      "CreateTaskSet",
      "DeleteCluster",
      "DeleteService",
      "DeleteTaskSet",
      "DeregisterTaskDefinition",
      "DescribeClusters",
      "DescribeServices",
      "DescribeTaskDefinition",
      "DescribeTaskSets",
      "DescribeTasks",
      "ListClusters",
      "ListServices",
      "ListTagsForResource",
      "ListTaskDefinitionFamilies",
      "ListTaskDefinitions",
      "ListTasks",
      "RegisterTaskDefinition",
      "StopTask",
      "TagResource",
      "UntagResource",
      "UpdateService",
      "UpdateServicePrimaryTaskSet",
      "UpdateTaskSet",
    ],
    numberKinds: ECS_NUMBER_KINDS,
  },
  {
    packageName: "@aws-sdk/client-elastic-load-balancing-v2",
    sdk: elbv2,
    namespace: "com.amazonaws.elasticloadbalancingv2",
    fileName: "elbv2",
    title: "Elastic Load Balancing v2",
    constantPrefix: "ELBV2",
    typePrefix: "Elbv2",
    operations: [
      "AddTags",
      "CreateListener",
      "CreateLoadBalancer",
      "CreateRule",
      "CreateTargetGroup",
      "DeleteListener",
      "DeleteLoadBalancer",
      "DeleteRule",
      "DeleteTargetGroup",
      "DeregisterTargets",
      "DescribeListeners",
      "DescribeLoadBalancerAttributes",
      "DescribeLoadBalancers",
      "DescribeRules",
      "DescribeTags",
      "DescribeTargetGroupAttributes",
      "DescribeTargetGroups",
      "DescribeTargetHealth",
      "ModifyListener",
      "ModifyLoadBalancerAttributes",
      "ModifyRule",
      "ModifyTargetGroup",
      "ModifyTargetGroupAttributes",
      "RegisterTargets",
      "RemoveTags",
      "SetRulePriorities",
    ],
    numberKinds: {},
  },
  {
    packageName: "@aws-sdk/client-lambda",
    sdk: lambda,
    namespace: "com.amazonaws.lambda",
    fileName: "lambda",
    title: "Lambda",
    constantPrefix: "LAMBDA",
    typePrefix: "Lambda",
    operations: [
      "AddPermission",
      "CreateAlias",
      "CreateFunction",
      "DeleteAlias",
      "DeleteFunction",
      "DeleteFunctionConcurrency",
      "GetAlias",
      "GetFunction",
      "GetFunctionCodeSigningConfig",
      "GetFunctionConcurrency",
      "GetFunctionConfiguration",
      "GetPolicy",
      "Invoke",
      "ListAliases",
      "ListFunctions",
      "ListTags",
      "ListVersionsByFunction",
      "PublishVersion",
      "PutFunctionConcurrency",
      "RemovePermission",
      "TagResource",
      "UntagResource",
      "UpdateAlias",
      "UpdateFunctionCode",
      "UpdateFunctionConfiguration",
    ],
    numberKinds: LAMBDA_NUMBER_KINDS,
  },
];
