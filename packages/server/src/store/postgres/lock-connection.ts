import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import {
  connectionSettings,
  SLOW_STATEMENT_MILLISECONDS,
  type StatementLimit,
  setUpSession,
} from "./connection-settings.ts";
import { isLostConnection } from "./lost-connection.ts";

/** A goodbye is not waited for longer: a connection to a database that hangs never says it. */
const GOODBYE_MILLISECONDS = 1_000;

/** One connection that is made when it is wanted and forgotten when it is lost, and with it what its session held. */
export class LockConnection {
  readonly #databaseUrl: string;
  readonly #purpose: string;
  readonly #limit: StatementLimit;
  #client: Client | undefined;

  constructor(databaseUrl: string, purpose: string, limit: StatementLimit = SLOW_STATEMENT_MILLISECONDS) {
    this.#databaseUrl = databaseUrl;
    this.#purpose = purpose;
    this.#limit = limit;
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  async open(): Promise<void> {
    if (this.#client) return;
    const { default: pg } = await import("pg");
    const client = new pg.Client(connectionSettings(this.#databaseUrl, this.#purpose, this.#limit));
    client.on("error", () => this.#forget(client));
    client.on("end", () => this.#forget(client));
    try {
      await client.connect();
      await setUpSession(client, this.#limit);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = this.#client;
    if (!client) throw new Error("Connection terminated");
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      if (isLostConnection(error)) this.#forget(client);
      throw error;
    }
  }

  /** Resolves after so long, and at once when the connection is lost or `signal` aborts. */
  async rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    const look = new AbortController();
    const client = this.#client;
    const lost = () => look.abort();
    client?.once("end", lost);
    await pause(milliseconds, undefined, { signal: AbortSignal.any([signal, look.signal]), ref: false }).catch(
      () => {},
    );
    client?.off("end", lost);
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await Promise.race([client?.end().catch(() => {}), pause(GOODBYE_MILLISECONDS, undefined, { ref: false })]);
  }

  /** Ended as well: one whose database only hung would live on, keep its lock, and keep the process from ending. */
  #forget(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    void client.end().catch(() => {});
  }
}
