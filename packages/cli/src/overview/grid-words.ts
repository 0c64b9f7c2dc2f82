import { formatElapsed } from "@sluice/model/elapsed.ts";
import type { GridEvent, GridTarget } from "@sluice/wire/sluice/console-api.ts";
import { formatTable, visibleHost } from "../terminal/printing.ts";

/** Targets and where each is, for a terminal. */
export function gridText(targets: readonly GridTarget[], now: Date): string {
  return formatTable(
    ["TARGET", "STATUS", "EVENTS", "LAST EVENT", "FOR", "MESSAGE"],
    targets.map((target) => {
      const event = lastEvent(target);
      const done = target.events.filter(({ status }) => status === "Succeeded").length;
      return [
        [visibleHost(target.hostName, target.targetId), target.zone, target.label].filter(Boolean).join(" "),
        target.status,
        `${done}/${target.events.length}`,
        event === undefined ? "-" : `${event.name} ${event.status}`,
        event === undefined ? "" : tookOf(event, now),
        event?.message === undefined
          ? ""
          : [event.errorCode, event.scriptName, event.message].filter(Boolean).join(" "),
      ];
    }),
  );
}

/** The one that it is in or failed in, or else its last that has run. */
function lastEvent({ events }: GridTarget): GridEvent | undefined {
  const of = (...statuses: string[]) => events.findLast(({ status }) => statuses.includes(status));
  return of("InProgress") ?? of("Failed", "Unknown") ?? of("Succeeded");
}

function tookOf({ startedAt, endedAt }: GridEvent, now: Date): string {
  return startedAt === undefined ? "" : formatElapsed((endedAt ?? now).getTime() - startedAt.getTime());
}
