import {
  MAX_ALARMS_PER_GROUP,
  MAX_APPLICATIONS,
  MAX_AUTO_SCALING_GROUPS_PER_GROUP,
  MAX_CUSTOM_DEPLOYMENT_CONFIGS,
  MAX_DEPLOYMENT_GROUPS_PER_APPLICATION,
  MAX_GITHUB_TOKENS,
  MAX_RESOURCE_TAGS,
  MAX_TRIGGERS_PER_GROUP,
} from "./limits.ts";
import { MAX_TAG_SETS } from "./tag-filter.ts";

/** How many there may be of what callers make: the limits that AWS raises on request, and `limits` in sluice.yml. Each is 1 or more. */
export interface ServiceLimits {
  readonly applications: number;
  readonly groupsPerApplication: number;
  /** Without the predefined ones. */
  readonly deploymentConfigs: number;
  /** Also of a deployment that overrides its group's. */
  readonly alarmsPerGroup: number;
  readonly triggersPerGroup: number;
  readonly autoScalingGroupsPerGroup: number;
  /** Lists of a tag set, for either kind of host. */
  readonly tagSetsPerGroup: number;
  /** Of an application or a deployment group. */
  readonly tagsPerResource: number;
  readonly gitHubTokens: number;
}

/** AWS's own. */
export const DEFAULT_SERVICE_LIMITS: ServiceLimits = {
  applications: MAX_APPLICATIONS,
  groupsPerApplication: MAX_DEPLOYMENT_GROUPS_PER_APPLICATION,
  deploymentConfigs: MAX_CUSTOM_DEPLOYMENT_CONFIGS,
  alarmsPerGroup: MAX_ALARMS_PER_GROUP,
  triggersPerGroup: MAX_TRIGGERS_PER_GROUP,
  autoScalingGroupsPerGroup: MAX_AUTO_SCALING_GROUPS_PER_GROUP,
  tagSetsPerGroup: MAX_TAG_SETS,
  tagsPerResource: MAX_RESOURCE_TAGS,
  gitHubTokens: MAX_GITHUB_TOKENS,
};

/** What sluice.yml may set at most: a hundred times the default of rows, ten times that of lists, which are read and written whole. */
export const HIGHEST_SERVICE_LIMITS: ServiceLimits = {
  applications: 100_000,
  groupsPerApplication: 100_000,
  deploymentConfigs: 5_000,
  alarmsPerGroup: 500,
  triggersPerGroup: 100,
  autoScalingGroupsPerGroup: 100,
  tagSetsPerGroup: 30,
  tagsPerResource: 500,
  gitHubTokens: 2_500,
};

/** The end of a refusal's cure: how whoever runs the server allows more. */
export function raisedBy(name: keyof ServiceLimits): string {
  return `raise limits.${name} in sluice.yml`;
}
