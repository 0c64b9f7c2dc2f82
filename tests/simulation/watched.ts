import type { TargetState } from "@sluice/engine/state.ts";
import type { DeploymentHead } from "@sluice/server/store/columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "@sluice/server/store/columns/deployment-request.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import type { TargetsTable } from "@sluice/server/store/schema.ts";
import type { Selectable } from "kysely";

export const ENDED: readonly string[] = ["Succeeded", "Failed", "Skipped"];
export const OVER: readonly string[] = ["Succeeded", "Failed", "Stopped"];

export type TargetRow = Selectable<TargetsTable>;

/** A deployment as the database has it, and what was seen of it on the way. */
export interface Watched {
  readonly id: string;
  row: DeploymentRow;
  head: DeploymentHead;
  request: DeploymentRequest;
  intent: DeploymentIntent | null;
  readonly targets: Map<string, TargetState>;
  /** Target ids in the order of admission. */
  readonly order: string[];
  lastSequence: number;
  /** A person has asked for its stop, whether or not that has arrived. */
  stopRequested: boolean;
}

/** An entry of the stream as it is shown, whatever short form the store gave it. */
export interface WatchedEvent {
  readonly sequence: number;
  readonly at: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a group should be by now, by the simulation's own reckoning. */
export interface WatchedGroup {
  /** Null: it never had a success. */
  currentRevisionKey: string | null;
  /** The rollback that is to be seen on it. */
  mark: string | null;
  /** When a person last asked to take that off; such a call may arrive late, or twice. */
  acknowledgedAt: number | null;
}

export function groupOf<Group extends WatchedGroup>(
  { groups }: { readonly groups: ReadonlyMap<string, Group> },
  { row }: Watched,
): Group {
  const group = groups.get(row.deployment_group_id);
  if (!group) throw new Error(`${row.deployment_id} belongs to no group of the simulation`);
  return group;
}

export function count(targets: readonly TargetState[], ...statuses: readonly string[]): number {
  return targets.filter(({ status }) => statuses.includes(status)).length;
}
