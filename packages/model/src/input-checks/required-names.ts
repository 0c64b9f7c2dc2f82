import { CallerFault } from "../caller-fault.ts";
import { excerpt } from "../excerpt.ts";
import type { FaultCode } from "../fault-codes.ts";
import { MAX_DESCRIPTION_CHARACTERS } from "../limits.ts";
import { DEPLOYMENT_ID_RULE, isDeploymentId, isName, NAME_RULE } from "../name-syntax.ts";

interface NameKind {
  readonly noun: string;
  /** As the service's own sentences spell it. */
  readonly title: string;
  /** What lists those that exist. */
  readonly listed: string;
  readonly required: FaultCode;
  readonly invalid: FaultCode;
}

const APPLICATION: NameKind = {
  noun: "application",
  title: "Application",
  listed: "sluice applications list",
  required: "ApplicationNameRequiredException",
  invalid: "InvalidApplicationNameException",
};
const DEPLOYMENT_GROUP: NameKind = {
  noun: "deployment group",
  title: "Deployment Group",
  listed: "sluice groups list --application NAME",
  required: "DeploymentGroupNameRequiredException",
  invalid: "InvalidDeploymentGroupNameException",
};
const DEPLOYMENT_CONFIG: NameKind = {
  noun: "deployment configuration",
  title: "Deployment Configuration",
  listed: "sluice configs list",
  required: "DeploymentConfigNameRequiredException",
  invalid: "InvalidDeploymentConfigNameException",
};

const GITHUB_TOKEN: NameKind = {
  noun: "GitHub token",
  title: "GitHub token",
  required: "GitHubAccountTokenNameRequiredException",
  invalid: "InvalidGitHubAccountTokenNameException",
  listed: "sluice github-tokens list",
};

/** `field` is the input's member, for the message. */
export function requireApplicationName(name: string | undefined, field = "applicationName"): string {
  return requireName(name, field, APPLICATION);
}

export function requireDeploymentGroupName(name: string | undefined, field = "deploymentGroupName"): string {
  return requireName(name, field, DEPLOYMENT_GROUP);
}

export function requireDeploymentConfigName(name: string | undefined, field = "deploymentConfigName"): string {
  return requireName(name, field, DEPLOYMENT_CONFIG);
}

/** Of a call that does without it: an empty name is a wrong one, and none is missing. */
export function checkDeploymentConfigName(name: string | undefined, field = "deploymentConfigName"): void {
  if (name !== undefined) checkName(name, field, DEPLOYMENT_CONFIG);
}

export function requireGitHubTokenName(name: string | undefined, field = "tokenName"): string {
  return requireName(name, field, GITHUB_TOKEN);
}

export function requireDeploymentId(id: string | undefined, field = "deploymentId"): string {
  if (!id) {
    throw new CallerFault(
      "DeploymentIdRequiredException",
      `${field} is missing: name the deployment. \`sluice deployments list\` shows those that exist.`,
    );
  }
  if (isDeploymentId(id)) return id;
  throw new CallerFault(
    "InvalidDeploymentIdException",
    `Specified DeploymentId is not in the valid format: ${excerpt(id)}. An id is ${DEPLOYMENT_ID_RULE}.`,
  );
}

export function checkDescription(description: string | undefined): void {
  if (description === undefined || description.length <= MAX_DESCRIPTION_CHARACTERS) return;
  throw new CallerFault(
    "DescriptionTooLongException",
    `description has ${description.length} characters: at most ${MAX_DESCRIPTION_CHARACTERS} are allowed. Shorten it.`,
  );
}

function requireName(name: string | undefined, field: string, kind: NameKind): string {
  if (!name)
    throw new CallerFault(
      kind.required,
      `${kind.title} name is missing: give ${field}. \`${kind.listed}\` shows those that exist.`,
    );
  checkName(name, field, kind);
  return name;
}

function checkName(name: string, field: string, kind: NameKind): void {
  if (isName(name)) return;
  throw new CallerFault(
    kind.invalid,
    `${field} "${excerpt(name)}" is not a valid ${kind.noun} name: use ${NAME_RULE}.`,
  );
}
