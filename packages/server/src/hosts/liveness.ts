import type { HostLiveness } from "@sluice/engine/observation.ts";
import { type Kysely, sql } from "kysely";
import { findHosts, type HostRow } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";
import type { Database } from "../store/schema.ts";
import { remedyFor } from "./remedy.ts";

/** How long an agent may be silent before its host counts as dark: ours sends a heartbeat, the AWS agent only polls. */
export const SLUICE_AGENT_GRACE_MILLISECONDS = 15_000;
export const AWS_AGENT_GRACE_MILLISECONDS = 120_000;
/** How often our agent is asked to send a heartbeat. */
export const HEARTBEAT_INTERVAL_SECONDS = 5;
/** How often what was heard is written down. A server that dies forgets no more than this, and the grace covers it. */
export const FLUSH_INTERVAL_MILLISECONDS = 5_000;
/** How often the clock is looked at. */
const CLOCK_LOOK_MILLISECONDS = 1_000;
/** When more than this has passed between two looks, the clock was set or this process was stopped. Servers' clocks differ by less. */
const CLOCK_STEP_MILLISECONDS = 5_000;
/** Hosts in one statement: four values each, well below both databases' limit. */
const FLUSH_ROWS_MAX = 200;

export type AgentKind = "sluice" | "aws";

/** What was heard of one host since this server started. */
interface Heard {
  lastSeenAt: number | null;
  goodbyeAt: number | null;
  agent: AgentKind | null;
  agentVersion: string | null;
}

export interface LivenessOptions {
  readonly store: Store;
  /** When this server became ready to be polled, epoch milliseconds: no silence is counted from before. */
  readonly readyAt: number;
  /** A flush that failed. It is tried again at the next turn. */
  readonly onFlushError: (error: unknown) => void;
}

/**
 * Who was heard of, and when. Every poll and heartbeat passes through here, so it is kept in memory and written down in batches;
 * `start` begins the batches and `close` writes the last one.
 */
export class Liveness {
  readonly #store: Store;
  #readyAt: number;
  readonly #onFlushError: (error: unknown) => void;
  readonly #heard = new Map<string, Heard>();
  #changed = new Set<string>();
  #timers: readonly NodeJS.Timeout[] = [];
  /** Absent until `start`: then time is what callers say. */
  #clock: { readonly now: () => number; lookedAt: number } | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor({ store, readyAt, onFlushError }: LivenessOptions) {
    this.#store = store;
    this.#readyAt = readyAt;
    this.#onFlushError = onFlushError;
  }

  /** Begins to write down what is heard, and to watch the clock that callers take their times from. */
  start(now: () => number): void {
    if (this.#clock) return;
    this.#clock = { now, lookedAt: now() };
    this.#timers = [
      setInterval(() => void this.flush().catch(this.#onFlushError), FLUSH_INTERVAL_MILLISECONDS).unref(),
      setInterval(() => this.#lookAtClock(), CLOCK_LOOK_MILLISECONDS).unref(),
    ];
  }

  /** The server is reachable only now (it recovered or migrated first): silence counts from here. */
  ready(now: number): void {
    this.#readyAt = now;
  }

  /** A poll or a heartbeat came. Ends a goodbye. */
  seen(hostId: string, now: number, agent: AgentKind | null = null, agentVersion: string | null = null): void {
    const heard = this.#heardOf(hostId);
    heard.lastSeenAt = Math.max(heard.lastSeenAt ?? now, now);
    heard.goodbyeAt = null;
    heard.agent = agent ?? heard.agent;
    heard.agentVersion = agentVersion ?? heard.agentVersion;
    this.#changed.add(hostId);
  }

  /** The agent said that it goes away. */
  goodbye(hostId: string, now: number): void {
    const heard = this.#heardOf(hostId);
    heard.lastSeenAt = Math.max(heard.lastSeenAt ?? now, now);
    heard.goodbyeAt = now;
    this.#changed.add(hostId);
  }

  /** For the planner, from a store or from within a transaction of it. A host without an entry is gone: removed, deregistered or never known. */
  async observe({ db }: Pick<Store, "db">, hostIds: readonly string[]): Promise<Map<string, HostLiveness>> {
    const observed = new Map<string, HostLiveness>();
    for (const row of await findHosts(db, hostIds)) {
      if (row.retired_at === null) observed.set(row.host_id, this.livenessOf(row));
    }
    return observed;
  }

  livenessOf(row: HostRow): HostLiveness {
    this.#lookAtClock();
    const heard = this.#newsOf(row);
    const lastSeenAt = heard ? heard.lastSeenAt : row.last_seen_at;
    const goodbyeAt = heard ? heard.goodbyeAt : row.goodbye_at;
    const agent = heard?.agent ?? row.agent;
    // A host that has just enrolled has spoken, and gets its grace until the first poll.
    const lastSign = lastSeenAt ?? row.enrolled_at;
    return {
      lastSeenAt,
      silentSince:
        lastSign === null ? null : this.#isOfTheFuture(lastSign) ? this.#readyAt : Math.max(lastSign, this.#readyAt),
      graceMilliseconds: agent === "aws" ? AWS_AGENT_GRACE_MILLISECONDS : SLUICE_AGENT_GRACE_MILLISECONDS,
      // An agent that left before this server was ready may be back and just could not say so.
      saidGoodbye: goodbyeAt !== null && goodbyeAt >= this.#readyAt,
      remedy: remedyFor({
        host_name: row.host_name,
        kind: row.kind,
        agent,
        enrolled_at: row.enrolled_at,
        last_seen_at: lastSeenAt,
      }),
    };
  }

  /** The row with what was heard since the last flush. Words of an earlier host of the same name do not count for this one. */
  withHeard(row: HostRow): HostRow {
    const heard = this.#newsOf(row);
    if (!heard) return row;
    return {
      ...row,
      last_seen_at: heard.lastSeenAt,
      goodbye_at: heard.goodbyeAt,
      agent: heard.agent ?? row.agent,
      agent_version: heard.agentVersion ?? row.agent_version,
    };
  }

  /** What was heard that its row does not say yet. */
  #newsOf(row: HostRow): Heard | undefined {
    const heard = this.#heard.get(row.host_id);
    if (heard === undefined || heard.lastSeenAt === null) return undefined;
    if (heard.lastSeenAt < row.declared_at && !this.#isOfTheFuture(row.declared_at)) return undefined;
    const isNewer = row.last_seen_at !== null && row.last_seen_at > heard.lastSeenAt;
    return isNewer && !this.#isOfTheFuture(row.last_seen_at) ? undefined : heard;
  }

  /** Writes down what changed since the last time. Flushes never overlap. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#flushNow());
    return this.#flushing;
  }

  /** After this nothing is written any more. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.flush();
  }

  async #flushNow(): Promise<void> {
    const changed = [...this.#changed];
    if (changed.length === 0) return;
    this.#changed = new Set();
    // Taken now: the work may run again, and must then write the same.
    const rows = changed.map((hostId) => ({ hostId, ...this.#heardOf(hostId) }));
    try {
      await this.#store.write(async ({ db }) => {
        for (let from = 0; from < rows.length; from += FLUSH_ROWS_MAX) {
          await writeHeard(db, rows.slice(from, from + FLUSH_ROWS_MAX));
        }
      });
    } catch (error) {
      for (const hostId of changed) this.#changed.add(hostId);
      throw error;
    }
  }

  /**
   * A clock that jumps tells nothing about hosts. Forward (this process or its machine was stopped): nobody could be heard, so silence
   * counts anew. Back: what was heard lies in the future, and would keep a dead host alive until the clock has caught up.
   */
  #lookAtClock(): void {
    if (!this.#clock) return;
    const now = this.#clock.now();
    const passed = now - this.#clock.lookedAt;
    this.#clock.lookedAt = now;
    if (passed >= 0 && passed < CLOCK_STEP_MILLISECONDS) return;
    this.#readyAt = now;
    for (const heard of this.#heard.values()) {
      if (heard.lastSeenAt !== null) heard.lastSeenAt = Math.min(heard.lastSeenAt, now);
    }
  }

  #isOfTheFuture(time: number | null): boolean {
    return this.#clock !== undefined && time !== null && time > this.#clock.lookedAt + CLOCK_STEP_MILLISECONDS;
  }

  #heardOf(hostId: string): Heard {
    const known = this.#heard.get(hostId);
    if (known !== undefined) return known;
    const heard: Heard = { lastSeenAt: null, goodbyeAt: null, agent: null, agentVersion: null };
    this.#heard.set(hostId, heard);
    return heard;
  }
}

/** One statement for many hosts. Another replica may have heard of a host later: the newest word stays. */
async function writeHeard(
  db: Kysely<Database>,
  rows: readonly ({ readonly hostId: string } & Readonly<Heard>)[],
): Promise<void> {
  const values = rows.map(
    (row) =>
      sql`(CAST(${row.hostId} AS text), CAST(${row.lastSeenAt} AS bigint), CAST(${row.goodbyeAt} AS bigint), CAST(${row.agent} AS text), CAST(${row.agentVersion} AS text))`,
  );
  await sql`
    WITH heard (host_id, last_seen_at, goodbye_at, agent, agent_version) AS (VALUES ${sql.join(values)})
    UPDATE hosts SET
      last_seen_at = heard.last_seen_at,
      goodbye_at = heard.goodbye_at,
      agent = COALESCE(heard.agent, hosts.agent),
      agent_version = COALESCE(heard.agent_version, hosts.agent_version)
    FROM heard
    WHERE hosts.host_id = heard.host_id
      AND heard.last_seen_at >= hosts.declared_at
      AND (hosts.last_seen_at IS NULL OR hosts.last_seen_at <= heard.last_seen_at)`.execute(db);
}
