import { ALWAYS_HEARD, type HeardTime } from "@sluice/engine/heard-time.ts";
import type { HostLiveness } from "@sluice/engine/observation.ts";
import { type Kysely, sql } from "kysely";
import { findHosts, type HostRow } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";
import type { Database } from "../store/schema.ts";
import { readHeardTime, saveHeardTime } from "../store/stored-heard-time.ts";
import type { ClockOffsets } from "./clock-offsets.ts";
import { type ClockTrouble, clockSentence } from "./clock-trouble.ts";
import { deafnessMessage, type Hearing } from "./hearing.ts";
import type { HostAgent } from "./host-observer.ts";
import { remedyFor } from "./remedy.ts";

/** How long an agent may be silent before its host counts as dark: ours sends a heartbeat, the AWS agent only polls. */
export const SLUICE_AGENT_GRACE_MILLISECONDS = 15_000;
export const AWS_AGENT_GRACE_MILLISECONDS = 120_000;
/** How often our agent is asked to send a heartbeat. */
export const HEARTBEAT_INTERVAL_SECONDS = 5;
/** How often what was heard is written down. A server that dies forgets no more than this, and the grace covers it. */
export const FLUSH_INTERVAL_MILLISECONDS = 5_000;
/** The same while other servers read it: what one of them hears late must leave most of the grace. */
const SHARED_FLUSH_INTERVAL_MILLISECONDS = 1_000;
/** How often the clock is looked at. */
const CLOCK_LOOK_MILLISECONDS = 1_000;
/** A clock that goes back by more than this was set. Servers' clocks differ by less. */
const CLOCK_STEP_MILLISECONDS = 5_000;
/** How long what was heard is kept in memory after it was written down: several times the longest grace. */
const KEPT_MILLISECONDS = 600_000;
/** Hosts in one statement: four values each, well below both databases' limit. */
const MAX_FLUSH_ROWS = 200;

export type AgentKind = "sluice" | "aws";

/** What was heard of one host since this server started. */
interface Heard {
  lastSeenAt: number | null;
  goodbyeAt: number | null;
  agent: AgentKind | null;
  agentVersion: string | null;
  /** When it last said what it is. */
  describedAt: number;
}

export interface LivenessOptions {
  readonly store: Store;
  /** When this server became ready to be polled, epoch milliseconds: no silence is counted from before. */
  readonly readyAt: number;
  /** A flush that failed. It is tried again at the next turn. */
  readonly onFlushError: (error: unknown) => void;
  /** When this server proved that it could hear; absent: it always can. */
  readonly hearing?: HearingClock;
  /** The clock that callers take their times from. Absent: time is what callers say. */
  readonly now?: () => number;
  /** By how much the clocks of hosts are off; absent: nothing is known of them. */
  readonly clockOffsets?: Pick<ClockOffsets, "of" | "ofRefused" | "ofServer" | "heard" | "corrected">;
  /** Whether other servers read what this one writes down. */
  readonly isShared?: () => boolean;
}

/** What liveness asks of {@link Hearing}. */
export type HearingClock = Pick<Hearing, "silentSince" | "isWholeSince" | "begin" | "deafness" | "heardTime">;

const ALWAYS_HEARS: HearingClock = {
  silentSince: (lastSign) => lastSign,
  isWholeSince: () => true,
  begin: () => {},
  deafness: () => null,
  heardTime: () => ALWAYS_HEARD,
};

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
  readonly #hearing: HearingClock;
  readonly #now: (() => number) | undefined;
  readonly #isShared: () => boolean;
  readonly #clockOffsets: LivenessOptions["clockOffsets"];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #flushing: Promise<void> = Promise.resolve();
  /** What servers of before heard, for deadlines alone: the silence of hosts counts anew with each server. */
  #heardBefore: HeardTime = [];

  constructor({ store, readyAt, onFlushError, hearing, now, isShared, clockOffsets }: LivenessOptions) {
    this.#store = store;
    this.#readyAt = readyAt;
    this.#onFlushError = onFlushError;
    this.#hearing = hearing ?? ALWAYS_HEARS;
    this.#now = now;
    this.#isShared = isShared ?? (() => false);
    this.#clockOffsets = clockOffsets;
  }

  /** Begins to write down what is heard, and to watch the clock. */
  start(): void {
    if (this.#timers.length > 0) return;
    this.#timers = [
      setInterval(() => this.#flushSoon(), FLUSH_INTERVAL_MILLISECONDS).unref(),
      setInterval(() => this.#isShared() && this.#flushSoon(), SHARED_FLUSH_INTERVAL_MILLISECONDS).unref(),
      setInterval(() => this.#lookAtClock(), CLOCK_LOOK_MILLISECONDS).unref(),
    ];
  }

  /** The server is reachable only now (it recovered or migrated first): silence counts from here. */
  ready(now: number): void {
    this.#readyAt = now;
    this.#hearing.begin(now);
  }

  /**
   * A poll or a heartbeat came at that time. Ends a goodbye that was said before. What comes here late, because it waited for the database,
   * does not count over what came since.
   */
  seen(hostId: string, at: number, agent: AgentKind | null = null, agentVersion: string | null = null): void {
    const heard = this.#heardOf(hostId);
    heard.lastSeenAt = Math.max(heard.lastSeenAt ?? at, at);
    if (heard.goodbyeAt !== null && heard.goodbyeAt <= at) heard.goodbyeAt = null;
    this.#clockOffsets?.heard(hostId);
    if (agent !== null && at >= heard.describedAt) {
      heard.describedAt = at;
      heard.agent = agent;
      heard.agentVersion = agentVersion ?? heard.agentVersion;
    }
    this.#changed.add(hostId);
  }

  /** By how much the host's agent said at that time that it corrects its clock, in seconds; 0: not at all. */
  correctsClock(hostId: string, secondsAhead: number, at: number): void {
    this.#clockOffsets?.corrected(hostId, secondsAhead, at);
  }

  /** What is wrong between the host's clock and this server's, where that matters. */
  clockTrouble(hostId: string): ClockTrouble | undefined {
    return this.#clockOffsets?.of(hostId);
  }

  /** The same, where the host's calls are refused for it. */
  refusedClock(hostId: string): ClockTrouble | undefined {
    return this.#clockOffsets?.ofRefused(hostId);
  }

  /** The agent said at that time that it goes away. One that was heard since is back: the goodbye had to wait for the database. */
  goodbye(hostId: string, at: number): void {
    const heard = this.#heardOf(hostId);
    if (heard.lastSeenAt !== null && heard.lastSeenAt > at) return;
    heard.lastSeenAt = at;
    heard.goodbyeAt = at;
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

  async agentsOf({ db }: Pick<Store, "db">, hostIds: readonly string[]): Promise<Map<string, HostAgent>> {
    const rows = (await findHosts(db, hostIds)).map((row) => this.withHeard(row));
    return new Map(rows.map((row) => [row.host_id, { agent: row.agent, agentVersion: row.agent_version }]));
  }

  /** When this server, or one before it, proved that it could hear: what deadlines count. */
  heardTime(): HeardTime {
    this.#lookAtClock();
    const heard = this.#hearing.heardTime();
    const from = heard[0]?.from ?? this.#now?.() ?? Number.NEGATIVE_INFINITY;
    return [...this.#heardBefore.filter(({ until }) => until < from), ...heard];
  }

  /** Reads what the server before this one heard, so that no wait begins anew with a restart. */
  async recall(): Promise<void> {
    this.#heardBefore = await readHeardTime(this.#store);
  }

  livenessOf(row: HostRow): HostLiveness {
    this.#lookAtClock();
    const heard = this.#newsOf(row);
    const lastSeenAt = heard ? heard.lastSeenAt : row.last_seen_at;
    const goodbyeAt = heard ? heard.goodbyeAt : row.goodbye_at;
    const agent = heard?.agent ?? row.agent;
    // A host that has just enrolled has spoken, and gets its grace until the first poll.
    const lastSign = lastSeenAt ?? row.enrolled_at;
    const graceMilliseconds = agent === "aws" ? AWS_AGENT_GRACE_MILLISECONDS : SLUICE_AGENT_GRACE_MILLISECONDS;
    return {
      lastSeenAt,
      silentSince: lastSign === null ? null : this.#silentSince(lastSign, graceMilliseconds),
      graceMilliseconds,
      losesReports: agent === "aws",
      // An agent that left before this server was ready, or before it was deaf, may be back and just could not say so.
      goodbyeAt:
        goodbyeAt !== null && goodbyeAt >= this.#readyAt && this.#hearing.isWholeSince(goodbyeAt) ? goodbyeAt : null,
      remedy: remedyFor(
        {
          host_name: row.host_name,
          kind: row.kind,
          agent,
          enrolled_at: row.enrolled_at,
          last_seen_at: lastSeenAt,
        },
        this.refusedClock(row.host_id),
      ),
    };
  }

  /** What a person should know of hosts that may speak and are not heard; null: they are heard. */
  trouble(): string | null {
    const deafness = this.#now ? this.#hearing.deafness(this.#now()) : null;
    const clock = this.#clockOffsets?.ofServer();
    const troubles = [deafness && deafnessMessage(deafness), clock && clockSentence("", clock)];
    return troubles.filter(Boolean).join(" ") || null;
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

  /** How many hosts are kept in memory. */
  get remembered(): number {
    return this.#heard.size;
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

  #flushSoon(): void {
    void this.flush().catch(this.#onFlushError);
  }

  async #flushNow(): Promise<void> {
    this.#forgetOld();
    const changed = [...this.#changed];
    if (changed.length === 0) return;
    this.#changed = new Set();
    // Taken now: the work may run again, and must then write the same.
    const rows = changed.map((hostId) => ({ hostId, ...this.#heardOf(hostId) }));
    const heardTime = this.heardTime();
    try {
      await this.#store.write(async ({ db }) => {
        for (let from = 0; from < rows.length; from += MAX_FLUSH_ROWS) {
          await writeHeard(db, rows.slice(from, from + MAX_FLUSH_ROWS));
        }
        await saveHeardTime(db, heardTime);
      });
    } catch (error) {
      for (const hostId of changed) this.#changed.add(hostId);
      throw error;
    }
  }

  /** What is written down need not be kept here: hosts that were removed, or that have been silent for long. */
  #forgetOld(): void {
    if (!this.#now) return;
    const before = this.#now() - KEPT_MILLISECONDS;
    for (const [hostId, { lastSeenAt }] of this.#heard) {
      if (!this.#changed.has(hostId) && (lastSeenAt ?? 0) < before) this.#heard.delete(hostId);
    }
  }

  #silentSince(lastSign: number, graceMilliseconds: number): number {
    const from = this.#isOfTheFuture(lastSign) ? this.#readyAt : Math.max(lastSign, this.#readyAt);
    return this.#now ? this.#hearing.silentSince(from, graceMilliseconds, this.#now()) : from;
  }

  /**
   * A clock that is set back puts what was heard into the future, which would keep a dead host alive until the clock has caught up: silence
   * counts anew. A clock that jumps forward (this process or its machine was stopped, too) is a gap in the hearing.
   */
  #lookAtClock(): void {
    if (!this.#now) return;
    const now = this.#now();
    const isSetBack = now < this.#lookedAt - CLOCK_STEP_MILLISECONDS;
    this.#lookedAt = now;
    if (!isSetBack) return;
    this.ready(now);
    for (const heard of this.#heard.values()) {
      if (heard.lastSeenAt !== null) heard.lastSeenAt = Math.min(heard.lastSeenAt, now);
      if (heard.goodbyeAt !== null) heard.goodbyeAt = Math.min(heard.goodbyeAt, now);
      heard.describedAt = Math.min(heard.describedAt, now);
    }
  }

  #isOfTheFuture(time: number | null): boolean {
    return this.#now !== undefined && time !== null && time > this.#lookedAt + CLOCK_STEP_MILLISECONDS;
  }

  #heardOf(hostId: string): Heard {
    const known = this.#heard.get(hostId);
    if (known !== undefined) return known;
    const heard: Heard = {
      lastSeenAt: null,
      goodbyeAt: null,
      agent: null,
      agentVersion: null,
      describedAt: Number.NEGATIVE_INFINITY,
    };
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
