/** The limits that the API holds callers to (codedeploy-api.json, quotas page). Those of tags and tag filters are in tag-filter.ts. */

/** Applications, deployment groups, deployment configurations and on-premises instances. */
export const NAME_MAX_CHARACTERS = 100;
export const DESCRIPTION_MAX_CHARACTERS = 256;
export const ARN_MAX_CHARACTERS = 1011;

export const APPLICATIONS_MAX = 1000;
export const DEPLOYMENT_GROUPS_PER_APPLICATION_MAX = 1000;
export const CUSTOM_DEPLOYMENT_CONFIGS_MAX = 50;

/** Tags on one application or deployment group, as for every AWS resource. */
export const RESOURCE_TAGS_MAX = 50;

export const AUTO_SCALING_GROUPS_PER_GROUP_MAX = 10;
export const TRIGGERS_PER_GROUP_MAX = 10;
export const ALARMS_PER_GROUP_MAX = 50;
export const ALARM_NAME_MAX_CHARACTERS = 255;
export const LOAD_BALANCERS_PER_GROUP_MAX = 10;
export const TARGET_GROUPS_PER_GROUP_MAX = 10;
export const TARGET_GROUP_PAIRS_PER_GROUP_MAX = 1;
export const TARGET_GROUPS_PER_PAIR = 2;
export const LISTENERS_PER_TRAFFIC_ROUTE = 1;
export const ECS_SERVICES_PER_GROUP_MAX = 1;
/** 48 hours: blue hosts may be kept no longer than that after success. */
export const TERMINATION_WAIT_MAX_MINUTES = 2880;
/** Until ContinueDeployment: 48 hours for hosts, 120 hours for ECS. */
export const READY_WAIT_MAX_MINUTES = { Server: 2880, Lambda: 2880, ECS: 7200 } as const;

/** A fleet percentage of 100 could never be kept while a host is being deployed to. */
export const FLEET_PERCENT_MAX = 99;
export const TRAFFIC_PERCENT_MIN = 1;
export const TRAFFIC_PERCENT_MAX = 99;
export const TRAFFIC_INTERVAL_MIN_MINUTES = 1;
/** From the first to the last shift of traffic. */
export const TRAFFIC_SHIFT_MAX_MINUTES = 2880;

export const PAGE_ITEMS = 100;
export const BATCH_APPLICATIONS_MAX = 100;
export const BATCH_DEPLOYMENT_GROUPS_MAX = 100;
export const BATCH_REVISIONS_MAX = 25;
export const BATCH_DEPLOYMENTS_MAX = 25;
export const BATCH_TARGETS_MAX = 25;
export const BATCH_INSTANCES_MAX = 25;

/**
 * What hosts send. No agent of ours or AWS's sends more; a value beyond them is refused, and where agents pass on what programs wrote it is
 * cut (our choice).
 */
/** `d-…:event:attempt:offer:target`; the parts that are the longest make 160. */
export const HOST_COMMAND_IDENTIFIER_MAX_CHARACTERS = 256;
/** An agent runs 16 at once, and may have more to report after a crash. */
export const HELD_COMMANDS_MAX = 200;
export const AGENT_VERSION_MAX_CHARACTERS = 128;
/** Zones and addresses are shown and matched, never interpreted. */
export const HOST_FACT_MAX_CHARACTERS = 256;
/** The protocol's (agent-protocol.md). */
export const EXECUTION_ID_MAX_CHARACTERS = 129;
/** A script's name is a path in the bundle. */
export const SCRIPT_NAME_MAX_CHARACTERS = 1024;
/** Of one event's outcome, beside its log; agents send at most 8,192 characters in all. */
export const COMPLETION_MESSAGE_MAX_CHARACTERS = 8192;
export const LOG_CHUNKS_PER_REQUEST_MAX = 20_000;
export const LOG_CHUNK_TEXT_MAX_CHARACTERS = 256 * 1024;
/** Agents report an event's outcome without waiting long for the last of its output. */
export const LATE_OUTPUT_MAX_MILLISECONDS = 10 * 60 * 1000;
