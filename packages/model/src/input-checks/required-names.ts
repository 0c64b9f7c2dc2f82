import { CallerFault } from "../caller-fault.ts";
import type { FaultCode } from "../fault-codes.ts";
import { MAX_DESCRIPTION_CHARACTERS } from "../limits.ts";
import { DEPLOYMENT_ID_RULE, isDeploymentId, isName, NAME_RULE } from "../name-syntax.ts";

interface NameKind {
  readonly noun: string;
  /** As the service's own sentences spell it. */
  readonly title: string;
  readonly required: FaultCode;
  readonly invalid: FaultCode;
}

const APPLICATION: NameKind = {
  noun: "application",
  title: "Application",
  required: "ApplicationNameRequiredException",
  invalid: "InvalidApplicationNameException",
};
const DEPLOYMENT_GROUP: NameKind = {
  noun: "deployment group",
  title: "Deployment Group",
  required: "DeploymentGroupNameRequiredException",
  invalid: "InvalidDeploymentGroupNameException",
};
const DEPLOYMENT_CONFIG: NameKind = {
  noun: "deployment configuration",
  title: "Deployment Configuration",
  required: "DeploymentConfigNameRequiredException",
  invalid: "InvalidDeploymentConfigNameException",
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

export function requireDeploymentId(id: string | undefined): string {
  if (!id) throw new CallerFault("DeploymentIdRequiredException", "deploymentId is missing: name the deployment.");
  if (isDeploymentId(id)) return id;
  throw new CallerFault(
    "InvalidDeploymentIdException",
    `Specified DeploymentId is not in the valid format: ${id}. An id is ${DEPLOYMENT_ID_RULE}.`,
  );
}

export function checkDescription(description: string | undefined): void {
  if (description === undefined || description.length <= MAX_DESCRIPTION_CHARACTERS) return;
  throw new CallerFault(
    "DescriptionTooLongException",
    `description has ${description.length} characters: at most ${MAX_DESCRIPTION_CHARACTERS} are allowed.`,
  );
}

function requireName(name: string | undefined, field: string, kind: NameKind): string {
  if (!name) throw new CallerFault(kind.required, `${kind.title} name is missing: give ${field}.`);
  if (isName(name)) return name;
  throw new CallerFault(kind.invalid, `${field} "${name}" is not a valid ${kind.noun} name: use ${NAME_RULE}.`);
}
