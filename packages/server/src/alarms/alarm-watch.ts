import type { AlarmObservation } from "@sluice/engine/observation.ts";
import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import { isTerminal } from "@sluice/engine/state.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { type SqlBool, sql } from "kysely";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import { sparseErrors } from "../loops/sparse-errors.ts";
import type { Timers } from "../loops/timers.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import type { DeploymentHead } from "../store/columns/deployment-columns.ts";
import { compiledQuery } from "../store/compiled-query.ts";
import { type DeploymentRow, readHead } from "../store/deployments.ts";
import type { Store } from "../store/open-store.ts";
import { type AlarmReadings, readAlarms } from "./read-alarms.ts";

/** Between two readings: well inside the evaluation intervals that monitoring systems have. */
export const ALARM_POLL_MILLISECONDS = 2_000;

export interface AlarmWatchDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly feed: ChangeFeed;
  readonly alarmReader: AlarmReader;
  /** An alarm that active deployments watch says something else than it did, or nothing any more. */
  readonly onChanged?: (() => void) | undefined;
  readonly onError: (error: unknown) => void;
}

/**
 * Reads the alarms of every active deployment, all names at once and each once. What they said last is kept in memory only: a server
 * that starts asks anew, and until it has an answer the planner knows nothing rather than something old.
 */
export class AlarmWatch {
  readonly #dependencies: AlarmWatchDependencies;
  readonly #observations = new Map<string, AlarmObservation>();
  #readings: AlarmReadings = new Map();
  readonly #loop: PacedLoop;
  /** They are read so often that each error must not be one in the log. */
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();

  constructor(dependencies: AlarmWatchDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#onError = sparseErrors(onError, timers.now);
    this.#loop = new PacedLoop({ timers, onError: this.#onError, turn: () => this.#turn() });
  }

  observe(deploymentId: string): AlarmObservation | undefined {
    return this.#observations.get(deploymentId);
  }

  /** What an alarm said last, of those that active deployments watch; an error is why it cannot be read; undefined: it was not read yet. */
  lastReading(name: string): AlarmReading | Error | undefined {
    return this.#readings.get(name);
  }

  start(): void {
    this.#loop.wake();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    try {
      await this.#read();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#onError(error);
    }
    return sleepFor(ALARM_POLL_MILLISECONDS);
  }

  async #read(): Promise<void> {
    const { store, alarmReader } = this.#dependencies;
    const { rows } = await watchingDeployments(store.db, {});
    const watches = rows.flatMap((row) => this.#watchOf(row));
    const active = new Set(watches.map(({ deploymentId }) => deploymentId));
    for (const deploymentId of this.#observations.keys()) {
      if (!active.has(deploymentId)) this.#observations.delete(deploymentId);
    }
    const watching = watches.filter(({ head }) => head.alarms !== null && !isTerminal(head.status));
    if (watching.length === 0) {
      this.#keep(new Map());
      return;
    }
    const names = [...new Set(watching.flatMap(({ head }) => head.alarms?.names ?? []))];
    const readings = await readAlarms(alarmReader, names, this.#closing.signal);
    this.#keep(readings);
    for (const one of readings.values()) if (one instanceof Error) this.#onError(one);
    for (const { deploymentId, head } of watching) {
      await this.#take(deploymentId, head, this.#judge(deploymentId, head.alarms?.names ?? [], readings));
    }
  }

  #keep(readings: AlarmReadings): void {
    const before = this.#readings;
    this.#readings = readings;
    const isSame =
      before.size === readings.size && [...readings].every(([name, one]) => stateOf(before.get(name)) === stateOf(one));
    if (!isSame) this.#dependencies.onChanged?.();
  }

  /** One deployment that cannot be read, which its next plan ends, must not cost the others their alarms. */
  #watchOf(row: Pick<DeploymentRow, "deployment_id" | "state_json">): { deploymentId: string; head: DeploymentHead }[] {
    try {
      return [{ deploymentId: row.deployment_id, head: readHead(row) }];
    } catch (error) {
      if (!(error instanceof UnreadableColumn)) throw error;
      this.#onError(error);
      return [];
    }
  }

  /** An alarm that fires counts, whatever is the matter with the others. */
  #judge(deploymentId: string, names: readonly string[], readings: AlarmReadings): AlarmObservation {
    const own = names.flatMap((name) => readings.get(name) ?? []);
    const read = new Map(own.flatMap((one) => (one instanceof Error ? [] : [[one.name, one] as const])));
    const firing = [...read.values()].filter(({ state }) => state === "alarm");
    if (firing.length > 0) return { outcome: "read", firing };
    const failures = new Set(own.flatMap((one) => (one instanceof Error ? one.message : [])));
    if (failures.size > 0) return this.#unreadable(deploymentId, [...failures].join("; "));
    const unknown = names.filter((name) => (read.get(name)?.state ?? "unknown") === "unknown");
    if (unknown.length === 0) return { outcome: "read", firing };
    return this.#unreadable(deploymentId, unknownAlarms(unknown, read));
  }

  #unreadable(deploymentId: string, reason: string): AlarmObservation {
    const before = this.#observations.get(deploymentId);
    const since = before?.outcome === "unreadable" ? before.since : this.#dependencies.timers.now();
    return { outcome: "unreadable", since, reason };
  }

  async #take(deploymentId: string, head: DeploymentHead, observation: AlarmObservation): Promise<void> {
    const before = this.#observations.get(deploymentId);
    this.#observations.set(deploymentId, observation);
    const fires = observation.outcome === "read" && observation.firing.length > 0;
    const isNewlyUnreadable = observation.outcome === "unreadable" && before?.outcome !== "unreadable";
    const isReadAgain = observation.outcome === "read" && head.waiting?.about === "alarms";
    if (!fires && !isNewlyUnreadable && !isReadAgain) return;
    const { store, timers, feed } = this.#dependencies;
    await store.write(async ({ db, afterCommit }) => {
      await db
        .updateTable("deployments")
        .set({ wake_at: timers.now() })
        .where("deployment_id", "=", deploymentId)
        .where("active", "=", 1)
        .execute();
      afterCommit(() => feed.publish({ deploymentId, offered: [], hasEvents: false, isDue: true }));
    });
  }
}

/** Written out, so that both databases see that the partial index will do: otherwise every deployment there ever was is read each time. */
const watchingDeployments = compiledQuery((db) =>
  db
    .selectFrom("deployments")
    .select(["deployment_id", "state_json"])
    .where(sql<SqlBool>`active = 1 AND watches_alarms = 1`),
);

export function unknownAlarms(names: readonly string[], readings: ReadonlyMap<string, AlarmReading>): string {
  const stories = names.map((name) => {
    const detail = readings.get(name)?.detail;
    return detail ? `${name}: ${detail.replace(/\.$/, "")}` : name;
  });
  return `The monitoring system knows no such alarm (${stories.join("; ")}).`;
}

function stateOf(reading: AlarmReading | Error | undefined): string {
  return reading instanceof Error ? `unreadable: ${reading.message}` : (reading?.state ?? "");
}
