import { invalid } from "../checks/member-rules.ts";

/** Tasks of one service: they share one engine (our choice; ECS has 5,000). */
export const MAX_DESIRED_COUNT = 200;

export function readDesiredCount(count: number): number {
  if (count >= 0 && count <= MAX_DESIRED_COUNT) return count;
  throw invalid(`desiredCount ${count} is out of range: give 0 to ${MAX_DESIRED_COUNT} tasks.`);
}

/** As ECS: more than the 32 bits of a number cannot arrive. */
export function readGracePeriod(seconds: number | undefined): number | null {
  if (seconds === undefined) return null;
  if (seconds >= 0) return seconds;
  throw invalid(`healthCheckGracePeriodSeconds ${seconds} is out of range: give 0 or more seconds.`);
}
