import {
  DEFAULT_RETENTION,
  MAX_DEPLOYMENTS_PER_GROUP,
  MAX_EVERY_MINUTES,
  MAX_RETENTION_DAYS,
  type RetentionRule,
} from "../retention/retention-rule.ts";

export const RETENTION_MEMBERS = ["days", "deploymentsPerGroup", "everyMinutes"];

/**
 * The section `retention` of sluice.yml; what is left out is as without the section.
 * @param fail throws, with the member's name and place before the problem
 */
export function readRetention(
  members: Readonly<Record<string, unknown>>,
  fail: (member: string, problem: string) => never,
): RetentionRule {
  const whole = (member: string, most: number, meaning: string) => {
    const value = members[member];
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
    return fail(member, `is ${JSON.stringify(value)}: give ${meaning}, a whole number from 1 to ${most}`);
  };
  const isGiven = (member: string) => members[member] !== undefined && members[member] !== null;
  return {
    days: isGiven("days")
      ? whole("days", MAX_RETENTION_DAYS, "the days after its end for which a deployment is kept")
      : DEFAULT_RETENTION.days,
    deploymentsPerGroup: isGiven("deploymentsPerGroup")
      ? whole("deploymentsPerGroup", MAX_DEPLOYMENTS_PER_GROUP, "how many of a group's newest deployments are kept")
      : DEFAULT_RETENTION.deploymentsPerGroup,
    everyMinutes: isGiven("everyMinutes")
      ? whole("everyMinutes", MAX_EVERY_MINUTES, "the minutes from one look to the next")
      : DEFAULT_RETENTION.everyMinutes,
  };
}
