import type { GridEvent } from "@sluice/wire/sluice/console-api.ts";
import { eventDuration } from "../event-duration.ts";
import type { GridRow } from "./grid-row.ts";

const BY_WORDS: Readonly<Record<string, string>> = {
  agent: "by the agent",
  balancer: "by the load balancer",
  platform: "by the platform",
  hook: "by a hook",
};

/**
 * A cell in a sentence, for its tooltip and for screen readers: `ApplicationStart failed after 12 s: ScriptFailed in start.sh …`.
 *
 * @param now how long it runs is said of an event that still runs; absent: where that stands beside it
 */
export function cellWords(row: GridRow, event: GridEvent, now?: number): string {
  const { name, status, by, startedAt, endedAt, errorCode, scriptName, message } = event;
  const until = endedAt?.getTime() ?? now;
  const lasted = startedAt && until !== undefined && eventDuration(until - startedAt.getTime());
  switch (status) {
    case "Succeeded":
      return `${name} succeeded${lasted ? ` in ${lasted}` : ""}`;
    case "InProgress": {
      const waits = row.wait?.event === name ? `, waits: ${row.wait.reason}` : "";
      return `${name} runs${lasted ? ` for ${lasted}` : ""}, ${BY_WORDS[by] ?? by}${waits}`;
    }
    case "Failed":
    case "Unknown": {
      const head = status === "Failed" ? "failed" : "was not reported";
      const what = [errorCode, scriptName && `in ${scriptName}`].filter(Boolean).join(" ");
      return `${name} ${head}${lasted ? ` after ${lasted}` : ""}${what && `: ${what}`}${message ? `. ${message}` : ""}`;
    }
    case "Skipped":
      return `${name} was skipped`;
    default:
      return `${name} has not begun`;
  }
}
