import type { EffectReport } from "@sluice/engine/effect-report.ts";
import type { HostLiveness, Observation, TargetResolution } from "@sluice/engine/observation.ts";
import { watchedEffects } from "@sluice/engine/strategies/rollouts.ts";
import { readOutcome, readReport } from "@sluice/server/store/columns/effect-columns.ts";
import type { HostRow } from "@sluice/server/store/hosts.ts";
import type { EffectsTable } from "@sluice/server/store/schema.ts";
import type { Selectable } from "kysely";
import type { SimulatedServer } from "./simulated-server.ts";
import type { Reading, SimulatedStore } from "./simulated-store.ts";
import type { Watched } from "./watched.ts";

type EffectRow = Selectable<EffectsTable>;

/** What the server's planner would be told of a deployment now, read past the server. */
export class PlannerObservation {
  readonly #store: SimulatedStore;
  readonly #livingHosts: Reading;
  readonly #effect: Reading;
  readonly #resolution: Reading;
  #hostRows: ReadonlyMap<string, HostRow> = new Map();
  #rowsOf = -1;

  constructor(store: SimulatedStore) {
    this.#store = store;
    this.#livingHosts = store.prepare("SELECT * FROM hosts WHERE retired_at IS NULL");
    this.#effect = store.prepare("SELECT * FROM effects WHERE effect_key = ?");
    this.#resolution = store.prepare(
      "SELECT * FROM effects WHERE deployment_id = ? AND kind = 'resolveTargets' AND outcome_json IS NOT NULL",
    );
  }

  of(watched: Watched, { liveness }: SimulatedServer): Observation {
    const { id, head, targets } = watched;
    const state = { ...head, targets: targets.size > 0 ? [...targets.values()] : null };
    const reports = new Map<string, EffectReport>();
    for (const key of watchedEffects(state)) {
      const report = this.#reportOn(key);
      if (report) reports.set(key, report);
    }
    return {
      resolution: targets.size > 0 ? undefined : this.#resolutionOf(id),
      heard: liveness.heardTime(),
      hosts: new LookedUp((hostId) => {
        const row = this.#rows().get(hostId);
        return row && liveness.livenessOf(row);
      }),
      reports,
    };
  }

  #reportOn(key: string): EffectReport | undefined {
    const row = this.#effect.get(key) as EffectRow | undefined;
    return row && readReport(row);
  }

  #resolutionOf(id: string): TargetResolution | undefined {
    const row = this.#resolution.get(id) as EffectRow | undefined;
    const outcome = row?.outcome_json
      ? readOutcome("resolveTargets", { ...row, outcome_json: row.outcome_json })
      : null;
    return outcome === null || outcome.outcome === "superseded" ? undefined : outcome;
  }

  #rows(): ReadonlyMap<string, HostRow> {
    const { hostChanges } = this.#store;
    if (this.#rowsOf !== hostChanges) {
      const rows = this.#livingHosts.all() as unknown as HostRow[];
      this.#hostRows = new Map(rows.map((row) => [row.host_id, row]));
      this.#rowsOf = hostChanges;
    }
    return this.#hostRows;
  }
}

/** A map of which few entries are ever asked for. */
class LookedUp extends Map<string, HostLiveness> {
  readonly #find: (key: string) => HostLiveness | undefined;

  constructor(find: (key: string) => HostLiveness | undefined) {
    super();
    this.#find = find;
  }

  override get(key: string): HostLiveness | undefined {
    return this.#find(key);
  }
}
