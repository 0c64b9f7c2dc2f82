import { isRollback } from "../rules/rollback.ts";
import { groupOf, type Watched } from "../watched.ts";
import { CURRENT_REVISION_KEY } from "./furnish-groups.ts";
import type { ShiftGroupScenario } from "./shift-scenario.ts";
import type { ShiftGroup } from "./watched-shifts.ts";

export function shiftGroups(groups: readonly ShiftGroupScenario[]): ReadonlyMap<string, ShiftGroup> {
  return new Map(
    groups.map((scenario): [string, ShiftGroup] => [
      scenario.name,
      {
        scenario,
        currentRevisionKey: scenario.hasSuccess ? CURRENT_REVISION_KEY : null,
        mark: null,
        acknowledgedAt: null,
      },
    ]),
  );
}

/** What the group is after a deployment that has ended. */
export function takeIn(groups: ReadonlyMap<string, ShiftGroup>, watched: Watched): void {
  if (watched.row.status !== "Succeeded" || isRollback(watched)) return;
  const group = groupOf({ groups }, watched);
  group.currentRevisionKey = watched.row.revision_key;
  group.mark = null;
}
