import { countedMilliseconds, type HeardTime } from "@sluice/engine/heard-time.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import type { HostCommandKey } from "@sluice/model/host-command.ts";
import { MAX_LATE_OUTPUT_MILLISECONDS } from "@sluice/model/limits.ts";

/**
 * Why a host's output is not taken, as the end of a sentence; undefined when it is. Taken is the output of the command that the host has
 * acknowledged, by the offer that it acknowledged, and of an event that ended a short while ago: agents report how an event ended
 * without waiting long for the last of its output, and send it on for as long as it is not taken, also past an outage.
 */
export function outputRefusal(
  target: TargetState,
  key: HostCommandKey,
  heard: HeardTime,
  now: number,
): string | undefined {
  const { command, targetId } = target;
  if (command?.event === key.event && command.by === "agent") {
    if (command.attempt !== key.attempt) return `${targetId} is at another attempt`;
    if (command.acknowledgedOffer === key.offer) return undefined;
    return command.acknowledgedAt === null
      ? `${targetId} has not acknowledged it`
      : `${targetId} acknowledged another offer of it`;
  }
  const event = target.lifecycleEvents.find(({ name }) => name === key.event);
  if (event === undefined || event.by !== "agent") return `${targetId} was never to run it`;
  if (event.startedAt === null) return `${targetId} has not begun it`;
  // An event that its host left open when the deployment ended has no end of its own.
  const endedAt = event.endedAt ?? target.updatedAt;
  if (countedMilliseconds(heard, endedAt, now) <= MAX_LATE_OUTPUT_MILLISECONDS) return undefined;
  return `it ended on ${targetId} more than ${MAX_LATE_OUTPUT_MILLISECONDS / 60_000} minutes ago`;
}
