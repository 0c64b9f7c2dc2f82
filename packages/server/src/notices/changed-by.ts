import type { Action } from "../access/action.ts";
import type { ChangedNoun } from "./notice.ts";

const APPLICATIONS = ["applications"] as const;
const GROUPS = ["groups"] as const;
const CONFIGS = ["configs"] as const;
const HOSTS = ["hosts"] as const;
const KEYS = ["keys"] as const;
const SERVICES = ["services"] as const;
const FUNCTIONS = ["functions"] as const;
/** Of tags of CodeDeploy's resources: which of the two it was is in the ARN. */
const TAGGED = ["applications", "groups"] as const;

/**
 * What an operation that succeeds may have changed: the one list, for signed calls and the console's alike. What changes deployments is not here:
 * their events tell it. A test holds that every operation that changes something is here or among those that change nothing to be told.
 */
export const CHANGED_BY: Readonly<Partial<Record<Action, readonly ChangedNoun[]>>> = {
  "codedeploy:AddTagsToOnPremisesInstances": HOSTS,
  "codedeploy:CreateApplication": APPLICATIONS,
  "codedeploy:CreateDeployment": ["groups", "revisions"],
  "codedeploy:CreateDeploymentConfig": CONFIGS,
  "codedeploy:CreateDeploymentGroup": GROUPS,
  "codedeploy:DeleteApplication": ["applications", "groups", "revisions"],
  "codedeploy:DeleteDeploymentConfig": CONFIGS,
  "codedeploy:DeleteDeploymentGroup": GROUPS,
  "codedeploy:DeleteResourcesByExternalId": ["applications", "groups", "revisions"],
  "codedeploy:DeregisterOnPremisesInstance": HOSTS,
  "codedeploy:RegisterApplicationRevision": ["revisions"],
  "codedeploy:RegisterOnPremisesInstance": HOSTS,
  "codedeploy:RemoveTagsFromOnPremisesInstances": HOSTS,
  "codedeploy:TagResource": TAGGED,
  "codedeploy:UntagResource": TAGGED,
  "codedeploy:UpdateApplication": ["applications", "groups"],
  "codedeploy:UpdateDeploymentGroup": GROUPS,
  "sluice:AcknowledgeRollback": GROUPS,
  "sluice:CreateAccessKey": KEYS,
  // The page of hosts lists the tokens with which they join.
  "sluice:CreateEnrolmentToken": HOSTS,
  "sluice:DeclareHost": HOSTS,
  "sluice:DeleteAccessKey": KEYS,
  "sluice:DeletePolicy": KEYS,
  "sluice:DeleteRole": KEYS,
  "sluice:DeleteUser": KEYS,
  "sluice:EnrolHost": HOSTS,
  "sluice:PruneDeployments": ["groups"],
  "sluice:PutGroupSettings": GROUPS,
  "sluice:PutPolicy": KEYS,
  "sluice:PutRole": KEYS,
  "sluice:PutUser": KEYS,
  "sluice:RemoveHost": HOSTS,
  "sluice:RevokeEnrolmentToken": HOSTS,
  "sluice:RotateAccessKey": KEYS,
  "sluice:TagHost": HOSTS,
  "sluice:UntagHost": HOSTS,
  "sluice:UpdateAccessKey": KEYS,
  "ecs:CreateCluster": SERVICES,
  "ecs:CreateService": SERVICES,
  "ecs:CreateTaskSet": SERVICES,
  "ecs:DeleteCluster": SERVICES,
  "ecs:DeleteService": SERVICES,
  "ecs:DeleteTaskSet": SERVICES,
  "ecs:DeregisterTaskDefinition": SERVICES,
  "ecs:RegisterTaskDefinition": SERVICES,
  "ecs:StopTask": SERVICES,
  "ecs:TagResource": SERVICES,
  "ecs:UntagResource": SERVICES,
  "ecs:UpdateService": SERVICES,
  "ecs:UpdateServicePrimaryTaskSet": SERVICES,
  "ecs:UpdateTaskSet": SERVICES,
  "elasticloadbalancing:AddTags": SERVICES,
  "elasticloadbalancing:CreateListener": SERVICES,
  "elasticloadbalancing:CreateLoadBalancer": SERVICES,
  "elasticloadbalancing:CreateRule": SERVICES,
  "elasticloadbalancing:CreateTargetGroup": SERVICES,
  "elasticloadbalancing:DeleteListener": SERVICES,
  "elasticloadbalancing:DeleteLoadBalancer": SERVICES,
  "elasticloadbalancing:DeleteRule": SERVICES,
  "elasticloadbalancing:DeleteTargetGroup": SERVICES,
  "elasticloadbalancing:DeregisterTargets": SERVICES,
  "elasticloadbalancing:ModifyListener": SERVICES,
  "elasticloadbalancing:ModifyLoadBalancerAttributes": SERVICES,
  "elasticloadbalancing:ModifyRule": SERVICES,
  "elasticloadbalancing:ModifyTargetGroup": SERVICES,
  "elasticloadbalancing:ModifyTargetGroupAttributes": SERVICES,
  "elasticloadbalancing:RegisterTargets": SERVICES,
  "elasticloadbalancing:RemoveTags": SERVICES,
  "elasticloadbalancing:SetRulePriorities": SERVICES,
  "lambda:CreateAlias": FUNCTIONS,
  "lambda:CreateFunction": FUNCTIONS,
  "lambda:DeleteAlias": FUNCTIONS,
  "lambda:DeleteFunction": FUNCTIONS,
  "lambda:DeleteFunctionConcurrency": FUNCTIONS,
  "lambda:PublishVersion": FUNCTIONS,
  "lambda:PutFunctionConcurrency": FUNCTIONS,
  "lambda:UpdateAlias": FUNCTIONS,
  "lambda:UpdateFunctionCode": FUNCTIONS,
  "lambda:UpdateFunctionConfiguration": FUNCTIONS,
};
