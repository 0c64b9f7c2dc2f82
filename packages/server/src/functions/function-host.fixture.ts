import { randomUUID } from "node:crypto";
import { systemTimers } from "../loops/timers.ts";
import { saveAlias } from "../store/lambda/aliases.ts";
import { changeFunctions } from "../store/lambda/change-functions.ts";
import { changeFunction, type FunctionRow, insertFunction } from "../store/lambda/functions.ts";
import { functionAlias, functionRow, functionVersion } from "../store/lambda/rows.fixture.ts";
import { type FunctionVersion, LATEST, saveVersion } from "../store/lambda/versions.ts";
import type { Store } from "../store/open-store.ts";
import { WakeFeed } from "../store/wake-feed.ts";
import { createFunctionHost, type FunctionHost, type FunctionHostDependencies } from "./function-host.ts";
import type { FunctionInvocation } from "./local-functions.ts";
import { PlayedRunner } from "./played-runner.fixture.ts";

export const FUNCTION_SCOPE = { region: "us-east-1", accountId: "111122223333" };
const never = new AbortController().signal;

/** Functions of a server in one process: a store, a runner that the test plays, and all that is between them. */
export class FunctionWorld {
  readonly store: Store;
  readonly changes = new WakeFeed();
  readonly errors: unknown[] = [];
  /** As if the server was started anew, with nothing in memory. */
  runner = new PlayedRunner();
  host!: FunctionHost;
  #opened = 0;
  #changed = 0;

  constructor(store: Store) {
    this.store = store;
  }

  open(change: Partial<FunctionHostDependencies> = {}): this {
    this.runner = new PlayedRunner();
    this.host = createFunctionHost({
      store: this.store,
      timers: systemTimers,
      runner: this.runner,
      logs: { logOf: () => ({ write: () => {} }), keepOnly: async () => {}, close: async () => {} },
      changes: this.changes,
      scope: FUNCTION_SCOPE,
      owner: `server-${++this.#opened}`,
      concurrency: 10,
      idleMilliseconds: 300_000,
      random: Math.random,
      randomUuid: randomUUID,
      onError: (error) => this.errors.push(error),
      ...change,
    });
    return this;
  }

  get functions() {
    return this.host.functions;
  }

  change(work: Parameters<typeof changeFunctions<void>>[1]): Promise<void> {
    return changeFunctions(this, work);
  }

  /** With `$LATEST` and versions 1 and 2. */
  async createFunction(functionName: string, row: Partial<FunctionRow> = {}): Promise<void> {
    await this.change(async ({ db }) => {
      await insertFunction(db, functionRow({ function_name: functionName, uid: null, ...row }));
      for (const version of [LATEST, "1", "2"]) {
        await saveVersion(db, functionVersion({ functionName, version, revisionId: randomUUID() }));
      }
    });
  }

  changeVersion(functionName: string, version: string, change: Partial<FunctionVersion> = {}): Promise<void> {
    return this.change(({ db }) =>
      saveVersion(
        db,
        functionVersion({ functionName, version, revisionId: randomUUID(), modifiedAt: ++this.#changed, ...change }),
      ),
    );
  }

  /** Points the alias `live` of the function to version 1, and by the weight to version 2. */
  route(functionName: string, weight: number): Promise<void> {
    const second = weight === 0 ? null : { version: "2", weight };
    return this.change(({ db }) => saveAlias(db, functionAlias({ functionName, second })));
  }

  reserve(functionName: string, reserved: number | null): Promise<void> {
    return this.change(({ db }) => changeFunction(db, functionName, { reserved_concurrency: reserved }));
  }

  invoke(invocation: string | Partial<FunctionInvocation>) {
    const given = typeof invocation === "string" ? { functionName: invocation } : invocation;
    const { functionName = "payments", qualifier, payload = Buffer.from("{}") } = given;
    return this.functions.invoke({ functionName, qualifier, payload }, never);
  }
}
