import type { Diagnostics } from "@sluice/model/diagnostics.ts";

const INTERRUPTED = /^The deployment was stopped(?: by an alarm)? while /;

/** Whether an event failed only since its deployment was stopped, by a person or an alarm: that is a consequence, and no cause. */
export function isInterruption({ message }: Pick<Diagnostics, "message">): boolean {
  return INTERRUPTED.test(message);
}
