/** Limits of Elastic Load Balancing, AWS's own quotas where no comment says otherwise. */

/** In the name of a load balancer or target group. */
export const MAX_ELB_NAME_CHARACTERS = 32;
/** In one answer of a Describe call; also what an answer has when its call names no number. */
export const MAX_ELB_PAGE_ITEMS = 400;
export const MAX_ELB_TAGS = 50;
export const MAX_ELB_TAG_KEY_CHARACTERS = 128;
export const MAX_ELB_TAG_VALUE_CHARACTERS = 256;
/** In one call of DescribeTags. */
export const MAX_ELB_TAGGED_RESOURCES = 20;

export const MAX_LOAD_BALANCERS = 50;
/** AWS allows 3,000: all are read at each change here. */
export const MAX_TARGET_GROUPS = 500;
export const MAX_LISTENERS_PER_LOAD_BALANCER = 50;
/** Without default rules. */
export const MAX_RULES_PER_LOAD_BALANCER = 100;
export const MAX_TARGETS_PER_TARGET_GROUP = 1_000;
export const MAX_TARGET_GROUPS_PER_ACTION = 5;
export const MAX_RULE_PRIORITY = 50_000;
/** Of all conditions of a rule together. */
export const MAX_CONDITION_VALUES = 5;
export const MAX_CONDITION_VALUE_CHARACTERS = 128;
/** In the name of a header that a condition looks at. */
export const MAX_HEADER_NAME_CHARACTERS = 40;
export const MAX_FIXED_RESPONSE_CHARACTERS = 1_024;
export const MAX_HEALTH_CHECK_PATH_CHARACTERS = 1_024;

/** AWS asks for 5 at least: checks of targets on the same machine cost nothing, and deployments wait for them. */
export const MIN_HEALTH_CHECK_INTERVAL_SECONDS = 1;
export const MAX_HEALTH_CHECK_INTERVAL_SECONDS = 300;
/** AWS asks for 2 at least. */
export const MIN_HEALTH_CHECK_TIMEOUT_SECONDS = 1;
export const MAX_HEALTH_CHECK_TIMEOUT_SECONDS = 120;
/** AWS asks for 2 at least. */
export const MIN_HEALTH_CHECK_COUNT = 1;
export const MAX_HEALTH_CHECK_COUNT = 10;
export const MAX_DEREGISTRATION_DELAY_SECONDS = 3_600;
