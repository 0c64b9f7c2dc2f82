// AWS's sentences to the letter: people and programs match on them, so messages of the API begin with them.

export const HEALTH_CONSTRAINTS =
  "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems.";
export const HEALTH_CONSTRAINTS_INVALID =
  "The deployment can't start because the minimum number of healthy instances, as defined by your deployment configuration, are not available.";
export const NO_INSTANCES = "The deployment failed because no instances were found for your deployment group.";
export const ALARM_ACTIVE =
  "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms:";
export const AGENT_SILENT =
  "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.";
export const REPLACEMENT_UNHEALTHY =
  "The deployment timed out while waiting for the replacement task set to become healthy.";
/** What ECS answered follows, and then `ECS_CHECK`. */
export const ECS_NOT_UPDATED = "The ECS service cannot be updated due to an unexpected error:";
export const ECS_CHECK = "Check your ECS service status.";
/** What is wrong follows. */
export const ELB_NOT_UPDATED = "The ELB could not be updated due to the following error:";
export const HOOKS_FAILED =
  "The deployment failed because one or more of the lifecycle event validation functions failed.";
export const CALLBACK_TIMED_OUT = "The deployment timed out while waiting for a status callback.";
export const ALIAS_NOT_CURRENT =
  "The Lambda function alias version does not match the current version in AppSpec file.";

const SENTENCES = [
  HEALTH_CONSTRAINTS,
  HEALTH_CONSTRAINTS_INVALID,
  NO_INSTANCES,
  ALARM_ACTIVE,
  AGENT_SILENT,
  REPLACEMENT_UNHEALTHY,
  ALIAS_NOT_CURRENT,
  HOOKS_FAILED,
  CALLBACK_TIMED_OUT,
];

/** A message as people read it: what is particular about it, apart from the sentence that AWS has for all of its kind. */
export interface ReadMessage {
  readonly cause: string;
  /** Undefined: the message has none, or nothing else. */
  readonly sentence: string | undefined;
}

export function causeFirst(message: string): ReadMessage {
  const sentence = SENTENCES.find((one) => message.includes(one));
  if (sentence === undefined) return { cause: message, sentence };
  const cause = message.replace(sentence, "").replace(/\s+/g, " ").trim();
  return cause === "" ? { cause: message, sentence: undefined } : { cause, sentence };
}
