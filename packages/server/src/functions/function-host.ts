import { availableParallelism } from "node:os";
import type { FunctionPlan, FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Timers } from "../loops/timers.ts";
import { findFunction } from "../store/lambda/functions.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import { availableBytes } from "./available-memory.ts";
import { createLocalFunctions } from "./create-local-functions.ts";
import { EventQueue } from "./event-queue.ts";
import { FunctionConcurrency } from "./function-concurrency.ts";
import type { FunctionCounts } from "./function-counts.ts";
import { findFunctionKey } from "./function-keys.ts";
import type { FunctionLogs } from "./function-logs.ts";
import { FunctionPool } from "./function-pool.ts";
import { FunctionRoutes, noSuchFunction, type RoutedVersion } from "./function-routes.ts";
import { FunctionUpkeep } from "./function-upkeep.ts";
import { invokeFunction } from "./invoke-function.ts";
import type { LocalFunctions } from "./local-functions.ts";

export interface FunctionHostDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly runner: FunctionRunner;
  readonly logs: Pick<FunctionLogs, "logOf" | "keepOnly" | "close">;
  readonly changes: WakeFeed;
  readonly scope: ArnScope;
  readonly owner: string;
  /** Of all functions together. */
  readonly concurrency: number;
  readonly idleMilliseconds: number;
  readonly random: () => number;
  readonly randomUuid: () => string;
  readonly onError: (error: unknown) => void;
}

/** Everything that runs functions, put together. */
export interface FunctionHost {
  readonly functions: LocalFunctions;
  readonly counts: () => FunctionCounts;
  /** Users of which a process may be there. */
  readonly uidsInUse: () => ReadonlySet<number>;
  start(): void;
  close(): Promise<void>;
}

/** More starts at a time than this make each of them slower and none of them sooner. */
const STARTS_PER_PROCESSOR = 2;

export function createFunctionHost(dependencies: FunctionHostDependencies): FunctionHost {
  const { store, timers, runner, logs, changes, scope, owner, concurrency, onError } = dependencies;
  const { idleMilliseconds, random, randomUuid } = dependencies;
  const routes = new FunctionRoutes({ store, changes, scope, now: timers.now });
  const pool = new FunctionPool({
    runner,
    planOf: (version) => planOf(version, store, scope),
    logOf: ({ functionName }) => logs.logOf(functionName),
    timers,
    idleMilliseconds,
    maxEnvironments: concurrency,
    maxStartsAtOnce: STARTS_PER_PROCESSOR * availableParallelism(),
    availableBytes,
    onError,
  });
  const invocations = { answered: 0, failed: 0, throttled: 0, broken: 0 };
  const admitted = new FunctionConcurrency(concurrency);
  const invoke = invokeFunction({ routes, concurrency: admitted, pool, counts: invocations, random, randomUuid });
  const queue = new EventQueue({ store, timers, invoke, concurrency, owner, onError });
  const upkeep = new FunctionUpkeep({ store, timers, pool, runner, logs, changes, onError });
  return {
    functions: createLocalFunctions({ store, timers, routes, invoke, queue, randomUuid }),
    counts: () => ({ invocations, environments: pool.counts }),
    uidsInUse: () => pool.uidsInUse,
    start() {
      upkeep.start();
      queue.start();
    },
    async close() {
      await queue.stop();
      await upkeep.close();
      await pool.close();
      await queue.close();
      await runner.close();
      await logs.close();
      routes.close();
    },
  };
}

/** Rejects when the function was deleted since its route was read: its user may be another one's by now. */
async function planOf(version: RoutedVersion, { db }: Pick<Store, "db">, scope: ArnScope): Promise<FunctionPlan> {
  const { functionName, codeSha256, uid, configuration } = version;
  if ((await findFunction(db, functionName))?.uid !== uid) throw noSuchFunction(scope, functionName);
  const { runtime, handler, timeoutSeconds, memoryMegabytes, ephemeralStorageMegabytes, variables } = configuration;
  return {
    functionName,
    version: version.version,
    codeSha256,
    runtime,
    handler,
    timeoutSeconds,
    memoryMegabytes,
    ephemeralStorageMegabytes,
    variables,
    uid,
    credentials: await findFunctionKey(db, functionName),
  };
}
