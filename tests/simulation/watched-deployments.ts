import type { TargetState, Wait } from "@sluice/engine/state.ts";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST } from "@sluice/server/store/columns/deployment-columns.ts";
import { TARGET_STATE } from "@sluice/server/store/columns/target-columns.ts";
import { type DeploymentRow, readHead } from "@sluice/server/store/deployments.ts";
import type { EventsTable } from "@sluice/server/store/schema.ts";
import { readStoredEvent } from "@sluice/server/store/stored-event.ts";
import type { Selectable } from "kysely";
import type { SimulatedStore } from "./simulated-store.ts";
import type { TargetRow, Watched, WatchedEvent } from "./watched.ts";

/** The deployments of a world as the watcher last saw them, and the database itself for who has to know it now. */
export class WatchedDeployments {
  readonly all = new Map<string, Watched>();
  readonly active = new Map<string, Watched>();
  readonly #store: SimulatedStore;
  readonly #statements;
  readonly #targetsRead = new Map<string, { readonly json: TargetRow["state_json"]; readonly target: TargetState }>();

  constructor(store: SimulatedStore) {
    this.#store = store;
    const { prepare } = store;
    this.#statements = {
      deployment: prepare("SELECT * FROM deployments WHERE deployment_id = ?"),
      active: prepare("SELECT * FROM deployments WHERE deployment_group_id = ? AND active = 1"),
      targets: prepare("SELECT * FROM targets WHERE deployment_id = ? ORDER BY ordinal"),
      target: prepare("SELECT * FROM targets WHERE deployment_id = ? AND target_id = ?"),
      events: prepare("SELECT * FROM events WHERE deployment_id = ? AND sequence > ? ORDER BY sequence"),
    };
  }

  groupIdOf(deploymentId: string): string {
    return this.all.get(deploymentId)?.row.deployment_group_id ?? "";
  }

  activeOf(groupId: string): string | undefined {
    for (const [id, { row }] of this.active) if (row.deployment_group_id === groupId) return id;
    return undefined;
  }

  waitOf(deploymentId: string): Wait["kind"] | undefined {
    return this.active.get(deploymentId)?.head.wait?.kind;
  }

  /** A person asks for its stop. */
  stopIsRequested(deploymentId: string): void {
    const watched = this.all.get(deploymentId);
    if (watched) watched.stopRequested = true;
  }

  /** Targets of each deployment that found any. */
  fleets(): number[] {
    return [...this.all.values()].map(({ order }) => order.length).filter((size) => size > 0);
  }

  /**
   * A group's active deployment as the database has it now, which may be ahead of the last look, and in the middle of a transaction: not
   * to be held against any rule of its own.
   */
  asOfNow(groupId: string): Watched | undefined {
    const id = this.activeOf(groupId);
    const watched = id === undefined ? undefined : this.active.get(id);
    if (watched && !this.#store.mayHaveChanged(watched.id)) return watched;
    const row = this.#statements.active.get(groupId) as DeploymentRow | undefined;
    if (!row) return undefined;
    const known = this.active.get(row.deployment_id);
    const head = known?.row.state_json === row.state_json ? known.head : readHead(row);
    const targets = new Map(this.targetRows(row.deployment_id).map((target) => [target.target_id, this.read(target)]));
    return { ...(known ?? newWatched(row)), row, head, targets };
  }

  row(deploymentId: string): DeploymentRow | undefined {
    return this.#statements.deployment.get(deploymentId) as DeploymentRow | undefined;
  }

  targetRows(deploymentId: string): TargetRow[] {
    return this.#statements.targets.all(deploymentId) as unknown as TargetRow[];
  }

  targetRow(deploymentId: string, targetId: string): TargetRow | undefined {
    return this.#statements.target.get(deploymentId, targetId) as unknown as TargetRow | undefined;
  }

  eventsAfter(deploymentId: string, sequence: number): WatchedEvent[] {
    const rows = this.#statements.events.all(deploymentId, sequence) as unknown as Selectable<EventsTable>[];
    return rows.map((row) => ({
      sequence: row.sequence,
      at: row.at,
      ...readStoredEvent(row, () => String(row.event_id)),
    }));
  }

  /** Most of what is read was read before. */
  read(row: TargetRow): TargetState {
    const key = `${row.deployment_id}/${row.target_id}`;
    const before = this.#targetsRead.get(key);
    if (before?.json === row.state_json) return before.target;
    const target = TARGET_STATE.read(row);
    this.#targetsRead.set(key, { json: row.state_json, target });
    return target;
  }

  /** Takes in what the row says now. */
  take(row: DeploymentRow): Watched {
    const before = this.all.get(row.deployment_id);
    const watched = before ?? newWatched(row);
    if (before && before.row.state_json !== row.state_json) before.head = readHead(row);
    if (before && before.row.intent_json !== row.intent_json) before.intent = DEPLOYMENT_INTENT.read(row);
    watched.row = row;
    this.all.set(watched.id, watched);
    if (row.active === 1) this.active.set(watched.id, watched);
    else this.active.delete(watched.id);
    return watched;
  }
}

function newWatched(row: DeploymentRow): Watched {
  return {
    id: row.deployment_id,
    row,
    head: readHead(row),
    request: DEPLOYMENT_REQUEST.read(row),
    intent: DEPLOYMENT_INTENT.read(row),
    targets: new Map(),
    order: [],
    lastSequence: 0,
    stopRequested: false,
  };
}
