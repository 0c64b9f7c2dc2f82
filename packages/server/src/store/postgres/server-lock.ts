import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { LockConnection } from "./lock-connection.ts";
import { lockHolders } from "./lock-holders.ts";

/** Any number that no other lock of ours uses. */
const SERVER_LOCK = 7203104;
/** A server that died without a word, power and all, has the lock until its connection is noticed to be dead: 10 s. */
const WAIT_MILLISECONDS = 12_000;
const RETRY_MILLISECONDS = 250;
/** How often it is asked whether the connection that has the lock lives. */
const LOOK_MILLISECONDS = 2_000;
const EPOCH_SETTING = "server.epoch";

export interface ServerLockParts {
  readonly databaseUrl: string;
  /** Other servers may be on the database, if they allow it, too. */
  readonly allowsOthers: boolean;
  /** Others keep this one out: they are waited for, for a while. */
  readonly onWaiting: (holders: string) => void;
  /** Others are on the database, and this one starts all the same. */
  readonly onBeside?: ((holders: string) => void) | undefined;
  /** Another server has, or had, the database meanwhile: nothing may be written any more. */
  readonly onTakenOver: (reason: string) => void;
  /** For tests. */
  readonly waitMilliseconds?: number;
}

/** What every transaction makes sure of: that no server has taken the database over. */
export interface WriteFence {
  readonly epoch: () => string | null;
  readonly onTakenOver: (reason: string) => void;
}

/** Other servers are on the database. */
export class DatabaseInUseError extends Error {
  override readonly name = "DatabaseInUseError";
}

/** This server was taken for dead, and another one has the database. */
export class TakenOverError extends Error {
  override readonly name = "TakenOverError";

  constructor(reason: string) {
    super(`another sluice server has taken over the database (${reason}); this one writes nothing more`);
  }
}

/**
 * Who is on a PostgreSQL database. Every server has the lock shared for as long as it lives. One that wants to be alone must have had it
 * exclusively when it started, and so must one that migrates. The lock goes with its connection, and is taken again when that is lost.
 * What fences the writes is a number in the database, the epoch: a server that starts alone raises it, and a transaction that does not
 * find there what its own server found at its start does nothing.
 */
export class ServerLock {
  readonly #parts: ServerLockParts;
  /** By which a connection of this server's is known, also one that it lost. */
  readonly #purpose = `lock ${randomBytes(4).toString("hex")}`;
  readonly #connection: LockConnection;
  readonly #closing = new AbortController();
  #isExclusive = false;
  #watching: Promise<void> = Promise.resolve();
  #epoch: string | null = null;

  private constructor(parts: ServerLockParts) {
    this.#parts = parts;
    this.#connection = new LockConnection(parts.databaseUrl, this.#purpose);
  }

  /** Rejects with a `DatabaseInUseError` that names who has it. */
  static async take(parts: ServerLockParts): Promise<ServerLock> {
    const lock = new ServerLock(parts);
    try {
      await lock.#takeInTime();
    } catch (error) {
      await lock.close();
      throw error;
    }
    return lock;
  }

  /** Of the database as this server found it or made it; null before `begin`. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /** Nobody migrates what another server is at work on; and one that lost its lock, and does not know it yet, writes nothing from now on. */
  async beforeUpgrade(firstStep: string): Promise<void> {
    if (!this.#isExclusive) {
      throw new DatabaseInUseError(
        `the database has to be migrated (${firstStep} and what follows), and another sluice server is using it: ${await this.#holders()}. Stop that one, start this one, and then that one again with this version`,
      );
    }
    await this.#raiseEpoch();
  }

  /** The tables are there: the lock is watched from now on, and others that allow it may come. */
  async begin(): Promise<void> {
    if (this.#epoch === null) await (this.#parts.allowsOthers ? this.#readEpoch() : this.#raiseEpoch());
    if (this.#isExclusive) {
      await this.#connection.query("SELECT pg_advisory_lock_shared($1::bigint)", [SERVER_LOCK]);
      await this.#connection.query("SELECT pg_advisory_unlock($1::bigint)", [SERVER_LOCK]);
      this.#isExclusive = false;
    }
    this.#watching = this.#watch();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
    await this.#connection.close();
  }

  async #takeInTime(): Promise<void> {
    const { allowsOthers, onWaiting, onBeside, waitMilliseconds = WAIT_MILLISECONDS } = this.#parts;
    const until = performance.now() + waitMilliseconds;
    let isTold = false;
    for (;;) {
      await this.#connection.open();
      this.#isExclusive = await this.#try("pg_try_advisory_lock");
      if (this.#isExclusive) return;
      const isBeside = allowsOthers && (await this.#try("pg_try_advisory_lock_shared"));
      const holders = await this.#holders();
      if (isBeside) {
        onBeside?.(holders);
        return;
      }
      if (performance.now() >= until) {
        const cure = allowsOthers
          ? "It is starting, or its version does not share a database: stop it, or start this one again when it is ready"
          : "Stop that one, or give this one a database of its own with --database. Several servers on one database are not supported; --allow-several-servers starts this one anyway";
        throw new DatabaseInUseError(`the database is in use by another sluice server: ${holders}. ${cure}`);
      }
      if (!isTold) onWaiting(holders);
      isTold = true;
      await pause(RETRY_MILLISECONDS);
    }
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      // At once when the connection is lost: a server that starts at this moment may want the lock, too.
      await this.#connection.rest(this.#connection.isOpen ? LOOK_MILLISECONDS : RETRY_MILLISECONDS, signal);
      if (signal.aborted) return;
      try {
        if (this.#connection.isOpen) await this.#connection.query("SELECT 1");
        else await this.#takeAgain();
      } catch (error) {
        if (error instanceof TakenOverError) {
          this.#parts.onTakenOver(error.message);
          return;
        }
        // The database is away; the connection is made anew at the next look.
        await this.#connection.close();
      }
    }
  }

  async #takeAgain(): Promise<void> {
    await this.#connection.open();
    const isTaken = await this.#try("pg_try_advisory_lock_shared");
    const [row] = await this.#connection.query<{ value: string }>("SELECT value FROM settings WHERE name = $1", [
      EPOCH_SETTING,
    ]);
    if (row?.value !== this.#epoch) throw new TakenOverError(await this.#holders());
    // Another one starts, and has not raised the epoch yet. It may still be refused, or die.
    if (!isTaken) await this.#connection.close();
  }

  async #try(lock: "pg_try_advisory_lock" | "pg_try_advisory_lock_shared"): Promise<boolean> {
    const [row] = await this.#connection.query<{ taken: boolean }>(`SELECT ${lock}($1::bigint) AS taken`, [
      SERVER_LOCK,
    ]);
    return row?.taken === true;
  }

  #holders(): Promise<string> {
    return lockHolders(this.#connection, SERVER_LOCK, this.#purpose);
  }

  async #raiseEpoch(): Promise<void> {
    const [row] = await this.#connection.query<{ value: string }>(
      `INSERT INTO settings (name, value) VALUES ($1, '1')
       ON CONFLICT (name) DO UPDATE SET value = (settings.value::bigint + 1)::text RETURNING value`,
      [EPOCH_SETTING],
    );
    this.#epoch = row?.value ?? null;
  }

  async #readEpoch(): Promise<void> {
    await this.#connection.query("INSERT INTO settings (name, value) VALUES ($1, '1') ON CONFLICT (name) DO NOTHING", [
      EPOCH_SETTING,
    ]);
    const [row] = await this.#connection.query<{ value: string }>("SELECT value FROM settings WHERE name = $1", [
      EPOCH_SETTING,
    ]);
    this.#epoch = row?.value ?? null;
  }
}

/** What a transaction looks at first: a share lock on it, so that a server that takes over waits for those under way. */
export const READ_EPOCH = `SELECT value FROM settings WHERE name = '${EPOCH_SETTING}' FOR SHARE`;
