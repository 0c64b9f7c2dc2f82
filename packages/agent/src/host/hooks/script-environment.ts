import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { bareDeploymentId } from "../layout.ts";
import { revisionEnvironment } from "../revision.ts";

/** The agent's own settings and its keys, the control plane's and AWS's. */
const OWN_PREFIXES = ["AWS_", "SLUICE_"] as const;
const CREDENTIAL_WORDS =
  /(^|_)(SECRETS?|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|API_KEY)(_|$)/i;

/** What a script sees: the agent's environment without anything that looks like a credential, and the event's variables. */
export function scriptEnvironment(
  eventName: string,
  specification: DeploymentSpecification,
  agentEnvironment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(agentEnvironment)) {
    if (value !== undefined && !isWithheld(name)) environment[name] = value;
  }
  return {
    ...environment,
    LIFECYCLE_EVENT: eventName,
    DEPLOYMENT_ID: bareDeploymentId(specification),
    APPLICATION_NAME: specification.ApplicationName,
    DEPLOYMENT_GROUP_NAME: specification.DeploymentGroupName,
    DEPLOYMENT_GROUP_ID: specification.DeploymentGroupId,
    ...revisionEnvironment(specification),
  };
}

export function isWithheld(name: string): boolean {
  return OWN_PREFIXES.some((prefix) => name.toUpperCase().startsWith(prefix)) || CREDENTIAL_WORDS.test(name);
}
