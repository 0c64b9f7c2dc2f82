import type { FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import { type Pace, PacedLoop } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import { functionNames, versionMakes } from "../store/lambda/version-makes.ts";
import { namedCode } from "../store/lambda/versions.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { FunctionLogs } from "./function-logs.ts";
import type { FunctionPool } from "./function-pool.ts";
import { versionKey, versionName } from "./function-routes.ts";

export interface FunctionUpkeepDependencies {
  readonly store: Pick<Store, "db">;
  readonly timers: Timers;
  readonly pool: Pick<FunctionPool, "wanted" | "keepOnly" | "codeInUse">;
  readonly runner: Pick<FunctionRunner, "keepOnly">;
  readonly logs: Pick<FunctionLogs, "keepOnly">;
  readonly changes: WakeFeed;
  readonly onError: (error: unknown) => void;
}

/** Also when nobody says that anything changed: another server may have. */
const LOOK_MILLISECONDS = 30_000;
/** However often functions are changed. */
const REST_MILLISECONDS = 1_000;

/** Ends environments of versions that were changed or removed, and forgets unpacked code that no version has, and logs of functions that are gone. */
export class FunctionUpkeep {
  readonly #dependencies: FunctionUpkeepDependencies;
  readonly #loop: PacedLoop;
  #unsubscribe: () => void = () => {};

  constructor(dependencies: FunctionUpkeepDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  start(): void {
    this.#unsubscribe = this.#dependencies.changes.subscribe(() => this.#loop.wake());
    this.#loop.wake();
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    const { store, pool, runner, logs } = this.#dependencies;
    const wanted = pool.wanted;
    if (wanted.size > 0) {
      const names = new Set([...wanted.values()].map(({ functionName }) => functionName));
      const rows = await versionMakes(store.db, [...names]);
      pool.keepOnly(wanted, new Map(rows.map((row) => [versionName(row.functionName, row.version), versionKey(row)])));
    }
    const code = await namedCode(store.db);
    await runner.keepOnly(new Set([...code.keys(), ...pool.codeInUse]));
    await logs.keepOnly(() => functionNames(store.db));
    return { sleepMilliseconds: LOOK_MILLISECONDS, restMilliseconds: REST_MILLISECONDS };
  }
}
