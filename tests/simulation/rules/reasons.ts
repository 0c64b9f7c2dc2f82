import type { WatchParts } from "../watch-parts.ts";
import type { Watched } from "../watched.ts";

/** Reasons for an end that are the same on every platform: what is wrong with them, or null; undefined: the reason is another one. */
export function faultOfReason({ alarms }: WatchParts, watched: Watched): string | null | undefined {
  const { row, head, stopRequested } = watched;
  switch (row.error_code) {
    case null:
      return row.status === "Succeeded" ? null : `is ${row.status} without a reason`;
    case "MANUAL_STOP":
      if (!stopRequested) return "stopped, and nobody had asked for it";
      return row.status === "Stopped" ? null : `was stopped and is ${row.status}`;
    case "ALARM_ACTIVE": {
      if (row.status !== "Stopped") return `was stopped by an alarm and is ${row.status}`;
      const hasFired = alarms.hasFiredSince(row.deployment_group_id, row.created_at);
      const wereUnreadable = alarms.unreadableUntil >= row.created_at && head.alarms?.ignoresPollFailure === false;
      if (head.alarms === null || (!hasFired && !wereUnreadable)) return "was stopped by an alarm that never fired";
      return null;
    }
    default:
      return undefined;
  }
}
