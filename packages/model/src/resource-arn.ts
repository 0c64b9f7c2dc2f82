/** ARNs of what CodeDeploy owns, and of the instances that it deploys to. */

export interface ArnScope {
  readonly region: string;
  readonly accountId: string;
}

export function applicationArn(scope: ArnScope, applicationName: string): string {
  return `${codeDeployArnPrefix(scope)}application:${applicationName}`;
}

export function deploymentGroupArn(scope: ArnScope, applicationName: string, deploymentGroupName: string): string {
  return `${deploymentGroupArnPrefix(scope, applicationName)}${deploymentGroupName}`;
}

/** What the ARNs of all groups of one application begin with. */
export function deploymentGroupArnPrefix(scope: ArnScope, applicationName: string): string {
  return `${codeDeployArnPrefix(scope)}deploymentgroup:${applicationName}/`;
}

export function ec2InstanceArn(scope: ArnScope, instanceId: string): string {
  return `arn:aws:ec2:${scope.region}:${scope.accountId}:instance/${instanceId}`;
}

export function lambdaFunctionArn(scope: ArnScope, functionName: string): string {
  return `arn:aws:lambda:${scope.region}:${scope.accountId}:function:${functionName}`;
}

export function deploymentConfigArn(scope: ArnScope, deploymentConfigName: string): string {
  return `${codeDeployArnPrefix(scope)}deploymentconfig:${deploymentConfigName}`;
}

/** A host, as policies on Sluice's own operations name it. */
export function sluiceHostArn(scope: ArnScope, host: string): string {
  return `arn:aws:sluice:${scope.region}:${scope.accountId}:host/${host}`;
}

/** As IAM policies name an on-premises instance; a registered one has ten more characters of its own (`instance_arn`). */
export function onPremisesInstanceArn(scope: ArnScope, instanceName: string): string {
  return `${codeDeployArnPrefix(scope)}instance/${instanceName}`;
}

function codeDeployArnPrefix(scope: ArnScope): string {
  return `arn:aws:codedeploy:${scope.region}:${scope.accountId}:`;
}

export interface CodeDeployArn extends ArnScope {
  readonly resource:
    | { readonly type: "application"; readonly applicationName: string }
    | { readonly type: "deploymentgroup"; readonly applicationName: string; readonly deploymentGroupName: string }
    | { readonly type: "other"; readonly text: string };
}

const ARN_PATTERN = /^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12}):(.+)$/;

/** Null when `arn` is no ARN at all; an ARN of anything but an application or a group is `other`. */
export function parseCodeDeployArn(arn: string): CodeDeployArn | null {
  const match = ARN_PATTERN.exec(arn);
  if (!match) return null;
  const [, service = "", region = "", accountId = "", text = ""] = match;
  const scope = { region, accountId };
  const other = { ...scope, resource: { type: "other", text } } as const;
  if (service !== "codedeploy") return other;
  const [, type, path] = /^(application|deploymentgroup):(.+)$/.exec(text) ?? [];
  if (path === undefined) return other;
  if (type === "application") return { ...scope, resource: { type, applicationName: path } };
  const slash = path.indexOf("/");
  if (slash < 0) return other;
  return {
    ...scope,
    resource: {
      type: "deploymentgroup",
      applicationName: path.slice(0, slash),
      deploymentGroupName: path.slice(slash + 1),
    },
  };
}
