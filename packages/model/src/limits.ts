/** The limits that the API holds callers to (codedeploy-api.json, quotas page). Those of tags and tag filters are in tag-filter.ts. */

/** Applications, deployment groups, deployment configurations and on-premises instances. */
export const MAX_NAME_CHARACTERS = 100;
/** As the quotas page says. The GitHub action sends up to 512, which the service refuses too. */
export const MAX_DESCRIPTION_CHARACTERS = 256;
/** Of a reason for what was done to a deployment. */
export const MAX_REASON_CHARACTERS = 1000;
export const MAX_ARN_CHARACTERS = 1011;

export const MAX_APPLICATIONS = 1000;
export const MAX_DEPLOYMENT_GROUPS_PER_APPLICATION = 1000;
export const MAX_CUSTOM_DEPLOYMENT_CONFIGS = 50;

/** Tags on one application or deployment group, as for every AWS resource. */
export const MAX_RESOURCE_TAGS = 50;

export const MAX_AUTO_SCALING_GROUPS_PER_GROUP = 10;
/** EC2 Auto Scaling's. Each deployment group puts one on the Auto Scaling group, and two with `terminationHookEnabled`. */
export const MAX_LIFECYCLE_HOOKS_PER_AUTO_SCALING_GROUP = 50;
export const MAX_TRIGGERS_PER_GROUP = 10;
export const MAX_ALARMS_PER_GROUP = 50;
export const MAX_ALARM_NAME_CHARACTERS = 255;
export const MAX_LOAD_BALANCERS_PER_GROUP = 10;
export const MAX_TARGET_GROUPS_PER_GROUP = 10;
export const MAX_TARGET_GROUP_PAIRS_PER_GROUP = 1;
export const TARGET_GROUPS_PER_PAIR = 2;
export const LISTENERS_PER_TRAFFIC_ROUTE = 1;
export const MAX_ECS_SERVICES_PER_GROUP = 1;
/** Sluice's own setting of a group: in which a hook has to answer. */
export const MIN_HOOK_TIMEOUT_SECONDS = 60;
export const MAX_HOOK_TIMEOUT_SECONDS = 86_400;
/** 48 hours: blue hosts may be kept no longer than that after success. */
export const MAX_TERMINATION_WAIT_MINUTES = 2880;
/** Until ContinueDeployment: 48 hours for hosts, 120 hours for ECS. */
export const MAX_READY_WAIT_MINUTES = { Server: 2880, Lambda: 2880, ECS: 7200 } as const;

/** Sluice's own: hosts that a call names whose agents are to be upgraded. */
export const MAX_NAMED_UPGRADE_HOSTS = 100;

/** A year. */
export const MAX_TOKEN_LIFE_SECONDS = 31_536_000;

/** A fleet percentage of 100 could never be kept while a host is being deployed to. */
export const MAX_FLEET_PERCENT = 99;
export const MIN_TRAFFIC_PERCENT = 1;
export const MAX_TRAFFIC_PERCENT = 99;
export const MIN_TRAFFIC_INTERVAL_MINUTES = 1;
/** From the first to the last shift of traffic. */
export const MAX_TRAFFIC_SHIFT_MINUTES = 2880;

export const PAGE_ITEMS = 100;
export const MAX_BATCH_APPLICATIONS = 100;
export const MAX_BATCH_DEPLOYMENT_GROUPS = 100;
export const MAX_BATCH_REVISIONS = 25;
export const MAX_BATCH_DEPLOYMENTS = 25;
export const MAX_BATCH_TARGETS = 25;
export const MAX_BATCH_INSTANCES = 25;

/**
 * What hosts send. No agent of ours or AWS's sends more; a value beyond them is refused, and where agents pass on what programs wrote it is
 * cut (our choice).
 */
/** `d-…:event:attempt:offer:target`; the parts that are the longest make 160. */
export const MAX_HOST_COMMAND_IDENTIFIER_CHARACTERS = 256;
/** An agent runs 16 at once, and may have more to report after a crash. */
export const MAX_HELD_COMMANDS = 200;
export const MAX_AGENT_VERSION_CHARACTERS = 128;
/** Zones and addresses are shown and matched, never interpreted. */
export const MAX_HOST_FACT_CHARACTERS = 256;
/** The protocol's (agent-protocol.md). */
export const MAX_EXECUTION_ID_CHARACTERS = 129;
/** A script's name is a path in the bundle. */
export const MAX_SCRIPT_NAME_CHARACTERS = 1024;
/** Of one event's outcome, beside its log; agents send at most 8,192 characters in all. */
export const MAX_COMPLETION_MESSAGE_CHARACTERS = 8192;
export const MAX_LOG_CHUNKS_PER_REQUEST = 20_000;
export const MAX_LOG_CHUNK_TEXT_CHARACTERS = 256 * 1024;
/** Agents report an event's outcome without waiting long for the last of its output. */
export const MAX_LATE_OUTPUT_MILLISECONDS = 10 * 60 * 1000;
/** Whose an access key is, or what for. */
export const MAX_KEY_DESCRIPTION_CHARACTERS = 256;
/** The value of the tag `sluice:external-id`. */
export const MAX_RESOURCE_EXTERNAL_ID_CHARACTERS = 256;
/** GitHub tokens of an account (codedeploy-semantics.md, section 1). */
export const MAX_GITHUB_TOKENS = 25;
export const MAX_GITHUB_TOKEN_REPOSITORIES = 100;
/** GitHub's own have 40 to 255. */
export const MAX_GITHUB_TOKEN_CHARACTERS = 512;
