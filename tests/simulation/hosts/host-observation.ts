import type {
  HostLiveness,
  Observation,
  TargetResolution,
  TrafficReport,
  WithholdReport,
} from "@sluice/engine/observation.ts";
import { withholdEffectKey } from "@sluice/engine/plan.ts";
import type { TerminationReport } from "@sluice/engine/ports/fleet.ts";
import { trafficEffectKey } from "@sluice/engine/traffic-effects.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import type { HostRow } from "@sluice/server/store/hosts.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import type { Reading, SimulatedStore } from "../simulated-store.ts";
import type { Watched } from "../watched.ts";
import { hostsOf } from "./watched-hosts.ts";

/** What is known of an effect. */
interface Known {
  readonly outcome_json: string | null;
  readonly progress_json: string | null;
}

/** What the server's planner would be told of a deployment now, read past the server. */
export class HostObservation {
  readonly #store: SimulatedStore;
  readonly #livingHosts: Reading;
  readonly #effect: Reading;
  readonly #outcome: Reading;
  #hostRows: ReadonlyMap<string, HostRow> = new Map();
  #rowsOf = -1;

  constructor(store: SimulatedStore) {
    this.#store = store;
    this.#livingHosts = store.prepare("SELECT * FROM hosts WHERE retired_at IS NULL");
    this.#effect = store.prepare("SELECT outcome_json, progress_json FROM effects WHERE effect_key = ?");
    this.#outcome = store.prepare(
      "SELECT outcome_json FROM effects WHERE deployment_id = ? AND kind = ? AND outcome_json IS NOT NULL",
    );
  }

  of(watched: Watched, { liveness }: SimulatedServer): Observation {
    const { id, head, targets } = watched;
    const traffic = new Map<string, TrafficReport>();
    for (const { targetId, command } of hostsOf(watched)) {
      if (!command || !isTrafficEvent(command.event)) continue;
      const report = this.#reportOn(trafficEffectKey(id, targetId, command.event, command.attempt));
      if (report) traffic.set(targetId, report as TrafficReport);
    }
    return {
      resolution: targets.size > 0 ? undefined : (this.#outcomeOf(id, "resolveTargets") as TargetResolution),
      heard: liveness.heardTime(),
      hosts: new LookedUp((hostId) => {
        const row = this.#rows().get(hostId);
        return row && liveness.livenessOf(row);
      }),
      traffic,
      termination:
        head.stage === "terminate" ? (this.#outcomeOf(id, "terminateOriginals") as TerminationReport) : undefined,
      withheld: head.stage === "withhold" ? (this.#reportOn(withholdEffectKey(id)) as WithholdReport) : undefined,
    };
  }

  #reportOn(key: string): unknown {
    const effect = this.#effect.get(key) as Known | undefined;
    const json = effect?.outcome_json ?? effect?.progress_json;
    return json ? JSON.parse(json) : undefined;
  }

  #outcomeOf(id: string, kind: string): unknown {
    const row = this.#outcome.get(id, kind) as { outcome_json: string } | undefined;
    return row && JSON.parse(row.outcome_json);
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
