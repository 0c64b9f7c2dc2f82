import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { isRollback } from "../rules/rollback.ts";
import { groupOf, type Watched } from "../watched.ts";
import type { ShiftGroupScenario } from "./shift-scenario.ts";
import type { ShiftGroup } from "./watched-shifts.ts";

export function shiftGroups(
  groups: readonly ShiftGroupScenario[],
  currentRevisionOf: (groupId: string) => RevisionLocation,
): ReadonlyMap<string, ShiftGroup> {
  return new Map(
    groups.map((scenario): [string, ShiftGroup] => [
      scenario.name,
      {
        scenario,
        currentRevisionKey: scenario.hasSuccess ? revisionKey(currentRevisionOf(scenario.name)) : null,
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
