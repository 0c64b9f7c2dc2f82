import { type Kysely, sql } from "kysely";
import { type Pace, PacedLoop, sleepFor } from "../../loops/paced-loop.ts";
import type { Timers } from "../../loops/timers.ts";
import type { Database } from "../schema.ts";

/** A server whose clock is further from the database's is told: leases, graces and deadlines are judged by it. */
export const MAX_CLOCKS_APART_MILLISECONDS = 2_000;
const LOOK_MILLISECONDS = 60_000;

export interface DatabaseClockParts {
  readonly db: Kysely<Database>;
  readonly timers: Timers;
  /** Ahead of the database's when positive. Told when it begins to be too far, not at every look. */
  readonly onApart: (milliseconds: number) => void;
}

/** Compares this server's clock with PostgreSQL's, which all servers on the database share. */
export class DatabaseClock {
  readonly #parts: DatabaseClockParts;
  readonly #loop: PacedLoop;
  #isApart = false;

  constructor(parts: DatabaseClockParts) {
    this.#parts = parts;
    // The database is away; nothing can be said of its clock.
    const onError = () => {};
    this.#loop = new PacedLoop({ timers: parts.timers, onError, turn: () => this.#turn() });
  }

  /** Looks now, and again every minute. */
  start(): void {
    this.#loop.wake();
  }

  /** Does not wait for a database that hangs. */
  close(): void {
    void this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    await this.#look();
    return sleepFor(LOOK_MILLISECONDS);
  }

  async #look(): Promise<void> {
    const { db, timers, onApart } = this.#parts;
    const before = timers.now();
    const { rows } = await sql<{
      now: string;
    }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::text AS now`.execute(db);
    const after = timers.now();
    const theirs = Number(rows[0]?.now);
    // Whatever it was while the question was under way.
    const ahead = before > theirs ? before - theirs : after < theirs ? after - theirs : 0;
    const isApart = Math.abs(ahead) > MAX_CLOCKS_APART_MILLISECONDS;
    if (isApart && !this.#isApart) onApart(ahead);
    this.#isApart = isApart;
  }
}
