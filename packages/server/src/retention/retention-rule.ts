/** How long deployments are kept, as sluice.yml says it. */
export interface RetentionRule {
  /** A deployment that ended longer ago is removed. */
  readonly days: number;
  /** Of each deployment group the newest N are kept, however young the others are; null: age alone decides. */
  readonly deploymentsPerGroup: number | null;
  /** How often it is looked for what is to be removed. */
  readonly everyMinutes: number;
}

export const DEFAULT_RETENTION: RetentionRule = { days: 365, deploymentsPerGroup: null, everyMinutes: 60 };

export const MAX_RETENTION_DAYS = 36_500;
export const MAX_DEPLOYMENTS_PER_GROUP = 1_000_000;
export const MAX_EVERY_MINUTES = 1_440;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A deployment that ended just now is being read by whoever watched it, and its hosts are sending the last of their output. */
const SETTLING_MILLISECONDS = 20_000;

/** The rule at one moment. Times are epoch milliseconds. */
export interface Expiry {
  /** What ended before is too old. */
  readonly endedBefore: number;
  /** What ended after is not touched, whatever the rule says. */
  readonly settledBefore: number;
  readonly newestKept: number | null;
}

export function expiryAt({ days, deploymentsPerGroup }: RetentionRule, now: number): Expiry {
  const settledBefore = now - SETTLING_MILLISECONDS;
  return {
    endedBefore: Math.min(now - days * DAY_MILLISECONDS, settledBefore),
    settledBefore,
    newestKept: deploymentsPerGroup,
  };
}
