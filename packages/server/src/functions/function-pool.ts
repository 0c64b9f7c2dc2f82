import type {
  CallEnd,
  EnvironmentStart,
  FailedStart,
  FunctionCall,
  FunctionEnvironment,
  FunctionLog,
  FunctionPlan,
  FunctionRunner,
} from "@sluice/engine/ports/function-runner.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Timers } from "../loops/timers.ts";
import type { RoutedVersion } from "./function-routes.ts";
import { IdleEnvironments, type LiveEnvironment } from "./idle-environments.ts";

export interface FunctionPoolDependencies {
  readonly runner: Pick<FunctionRunner, "start">;
  readonly planOf: (version: RoutedVersion) => Promise<FunctionPlan>;
  readonly logOf: (version: RoutedVersion) => FunctionLog;
  readonly timers: Timers;
  /** An environment that was not used for so long is ended. */
  readonly idleMilliseconds: number;
  /** Of all functions. When there is no room for another, the one that was not used for the longest makes some. */
  readonly maxEnvironments: number;
  readonly maxStartsAtOnce: number;
  /** What the machine has left for new processes; undefined: it does not say. */
  readonly availableBytes: () => number | undefined;
  readonly onError: (error: unknown) => void;
}

export interface PoolCounts {
  readonly idle: number;
  readonly busy: number;
  /** Environments that were started, whether they came to anything or not. */
  readonly coldStarts: number;
}

/** One that waits for an environment of its version: for the first that is there, whether it was started for it or has become free. */
interface Waiter {
  readonly take: (live: LiveEnvironment) => void;
  readonly fail: (start: FailedStart) => void;
  readonly reject: (error: unknown) => void;
}

interface WaitingVersion {
  readonly version: RoutedVersion;
  readonly waiters: Set<Waiter>;
  starting: number;
}

const MEBIBYTE = 1_048_576;
/** Calls that are under way when the server ends have so long to end by themselves. */
const CLOSING_MILLISECONDS = 5_000;
/** An environment that could not be ended is tried again after so long. */
const END_AGAIN_MILLISECONDS = 5_000;

/**
 * The environments of all functions. An invocation takes the idle one of its version that was used last, or else waits for one that is
 * started for it or becomes free before. How many invocations there may be is decided before: each that is let in gets an environment.
 */
export class FunctionPool {
  readonly #dependencies: FunctionPoolDependencies;
  readonly #idle = new IdleEnvironments();
  readonly #busy = new Set<LiveEnvironment>();
  /** Those that are being ended: they are ours until nothing is left of them. */
  readonly #ending = new Map<FunctionEnvironment, { readonly uid: number | null; readonly ended: Promise<void> }>();
  /** By key, and in the order in which they are to be started. */
  readonly #waiting = new Map<string, WaitingVersion>();
  readonly #wanted = new Map<string, RoutedVersion>();
  readonly #end = new AbortController();
  #isBreakingOff = false;
  #starting = 0;
  #coldStarts = 0;
  #cancelReaping: (() => void) | undefined;
  #whenQuiet: (() => void) | undefined;

  constructor(dependencies: FunctionPoolDependencies) {
    this.#dependencies = dependencies;
  }

  get counts(): PoolCounts {
    return { idle: this.#idle.size, busy: this.#busy.size, coldStarts: this.#coldStarts };
  }

  /** The versions that were called, by name: a copy. */
  get wanted(): ReadonlyMap<string, RoutedVersion> {
    return new Map(this.#wanted);
  }

  /** Digests of the code that environments have loaded, or are about to. */
  get codeInUse(): ReadonlySet<string> {
    const waiting = [...this.#waiting.values()].map(({ version }) => version.codeSha256);
    const live = [...this.#idle.all(), ...this.#busy].map(({ codeSha256 }) => codeSha256);
    return new Set([...waiting, ...live]);
  }

  /** Users of which a process may be there, or is about to be. */
  get uidsInUse(): ReadonlySet<number> {
    const waiting = [...this.#waiting.values()].map(({ version }) => version);
    const all = [...waiting, ...this.#idle.all(), ...this.#busy, ...this.#ending.values()];
    return new Set(all.map(({ uid }) => uid).filter((uid) => uid !== null));
  }

  /**
   * Rejects when the machine has no process for it, and when `signal` ends the wait for one; once it is under way, a call goes on to its end
   * whoever still waits for it, as Lambda's do.
   */
  async call(version: RoutedVersion, call: FunctionCall, signal: AbortSignal): Promise<CallEnd> {
    if (this.#end.signal.aborted) throw stopping();
    if (this.#wanted.get(version.name)?.key !== version.key) this.#want(version);
    const live = this.#takeIdle(version.key) ?? (await this.#waitForOne(version, signal));
    if ("outcome" in live) return endOfFailedStart(live);
    let end: CallEnd;
    try {
      end = await live.environment.call(call);
    } finally {
      this.#giveBack(live);
    }
    // It was broken off by us, and what the function would have made of it nobody knows.
    if (this.#isBreakingOff && end.outcome === "failed") throw stopping();
    return end;
  }

  /** Environments of the version that have another key are not used any more. */
  #want(version: RoutedVersion): void {
    this.#wanted.set(version.name, version);
    for (const stale of this.#idle.takeOthers(version.name, version.key)) void this.#endOne(stale);
  }

  /**
   * Ends what was changed or removed; a busy environment after its call.
   *
   * @param wanted as it was when the keys were read: what was called anew since then is left alone
   * @param keys by name, of the versions that there are
   */
  keepOnly(wanted: ReadonlyMap<string, RoutedVersion>, keys: ReadonlyMap<string, string>): void {
    for (const [name, { key }] of wanted) {
      if (this.#wanted.get(name)?.key !== key || keys.get(name) === key) continue;
      this.#wanted.delete(name);
      for (const stale of this.#idle.takeOthers(name, undefined)) void this.#endOne(stale);
    }
  }

  /** Calls that are under way have a few seconds. Nothing is left of any environment then, but for what could not be ended. */
  async close(): Promise<void> {
    this.#end.abort(stopping());
    this.#cancelReaping?.();
    for (const { waiters } of this.#waiting.values()) for (const waiter of waiters) waiter.reject(stopping());
    this.#waiting.clear();
    await this.#untilQuiet(CLOSING_MILLISECONDS);
    this.#isBreakingOff = true;
    for (const live of [...this.#busy]) void this.#endOne(live);
    for (let live = this.#idle.takeOldest(); live; live = this.#idle.takeOldest()) void this.#endOne(live);
    await Promise.all([...this.#ending.values()].map(({ ended }) => ended));
  }

  #untilQuiet(milliseconds: number): Promise<void> {
    if (this.#busy.size === 0 && this.#starting === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#dependencies.timers.after(milliseconds, resolve);
      this.#whenQuiet = () => {
        cancel();
        resolve();
      };
    });
  }

  #takeIdle(key: string): LiveEnvironment | undefined {
    for (;;) {
      const live = this.#idle.takeNewest(key);
      if (!live) return undefined;
      if (!live.environment.isOver) {
        this.#busy.add(live);
        return live;
      }
      // It has ended this instant, and its listener comes after us.
      void this.#endOne(live);
    }
  }

  /** To the first who waits for one of its kind. */
  #giveBack(live: LiveEnvironment): void {
    const isWanted = this.#wanted.get(live.name)?.key === live.key;
    const waiter = live.environment.isOver ? undefined : this.#firstWaiter(live.key);
    if (waiter) {
      waiter.take(live);
      return;
    }
    this.#busy.delete(live);
    if (live.environment.isOver || !isWanted || this.#end.signal.aborted) void this.#endOne(live);
    else this.#keepIdle(live);
    if (this.#busy.size === 0 && this.#starting === 0) this.#whenQuiet?.();
  }

  #keepIdle(live: LiveEnvironment): void {
    this.#idle.add(live, this.#dependencies.timers.now());
    this.#reapLater();
  }

  #firstWaiter(key: string): Waiter | undefined {
    const waiting = this.#waiting.get(key);
    const [waiter] = waiting?.waiters ?? [];
    if (waiting && waiter) this.#leave(waiting, waiter);
    return waiter;
  }

  #leave(waiting: WaitingVersion, waiter: Waiter): void {
    waiting.waiters.delete(waiter);
    if (waiting.waiters.size === 0 && waiting.starting === 0) this.#waiting.delete(waiting.version.key);
  }

  #waitForOne(version: RoutedVersion, signal: AbortSignal): Promise<LiveEnvironment | FailedStart> {
    signal.throwIfAborted();
    const waiting = this.#waiting.get(version.key) ?? { version, waiters: new Set(), starting: 0 };
    this.#waiting.set(version.key, waiting);
    return new Promise((resolve, reject) => {
      const hangUp = () => {
        this.#leave(waiting, waiter);
        reject(signal.reason);
      };
      const settledBy =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          signal.removeEventListener("abort", hangUp);
          settle(value);
        };
      const waiter = { take: settledBy(resolve), fail: settledBy(resolve), reject: settledBy(reject) };
      waiting.waiters.add(waiter);
      signal.addEventListener("abort", hangUp, { once: true });
      this.#startSome();
    });
  }

  /** One for each who waits, as many at a time as do each other no harm. A version for which many wait leaves the others their turn. */
  #startSome(): void {
    while (this.#starting < this.#dependencies.maxStartsAtOnce) {
      let next: WaitingVersion | undefined;
      for (const waiting of this.#waiting.values()) {
        if (waiting.starting < waiting.waiters.size && waiting.starting < (next?.starting ?? Infinity)) next = waiting;
      }
      if (!next) return;
      this.#starting++;
      next.starting++;
      void this.#startFor(next);
    }
  }

  async #startFor(waiting: WaitingVersion): Promise<void> {
    let settle: () => void;
    try {
      const start = await this.#start(waiting.version);
      settle = () => this.#received(start, waiting.version);
    } catch (error) {
      settle = () => {
        const waiter = this.#firstWaiter(waiting.version.key);
        if (waiter) waiter.reject(error);
        else if (!this.#end.signal.aborted) this.#dependencies.onError(error);
      };
    }
    this.#starting--;
    waiting.starting--;
    settle();
    if (waiting.waiters.size === 0 && waiting.starting === 0) this.#waiting.delete(waiting.version.key);
    this.#startSome();
    if (this.#busy.size === 0 && this.#starting === 0) this.#whenQuiet?.();
  }

  async #start(version: RoutedVersion): Promise<EnvironmentStart> {
    const { runner, planOf, logOf } = this.#dependencies;
    const plan = await planOf(version);
    await this.#makeRoom(plan);
    this.#end.signal.throwIfAborted();
    this.#coldStarts++;
    try {
      return await runner.start(plan, logOf(version), this.#end.signal);
    } catch (error) {
      this.#end.signal.throwIfAborted();
      this.#dependencies.onError(error);
      throw new CallerFault(
        "ServiceException",
        `The function ${plan.functionName} could not be started on this machine: ${reasonOf(error)}.`,
        { cause: error },
      );
    }
  }

  #received(start: EnvironmentStart, { name, key, codeSha256, uid }: RoutedVersion): void {
    if (start.outcome === "failed") {
      // Nobody waits any more for it: the next who comes sees for himself.
      this.#firstWaiter(key)?.fail(start);
      return;
    }
    const live = { environment: start.environment, name, key, codeSha256, uid };
    live.environment.onOver(() => {
      if (this.#busy.has(live)) return;
      this.#idle.remove(live);
      void this.#endOne(live);
    });
    const waiter = this.#firstWaiter(key);
    if (waiter) {
      this.#busy.add(live);
      waiter.take(live);
    } else if (this.#end.signal.aborted || this.#wanted.get(name)?.key !== key) void this.#endOne(live);
    else this.#keepIdle(live);
  }

  /** Rejects when there is none to be made. */
  async #makeRoom({ functionName, memoryMegabytes }: FunctionPlan): Promise<void> {
    const { maxEnvironments, availableBytes } = this.#dependencies;
    const isFull = () => this.#idle.size + this.#busy.size + this.#starting > maxEnvironments;
    const isShort = () => (availableBytes() ?? Number.POSITIVE_INFINITY) < memoryMegabytes * MEBIBYTE;
    while (isFull() || isShort()) {
      const oldest = this.#idle.takeOldest();
      if (!oldest) break;
      await this.#endOne(oldest);
    }
    if (!isShort()) return;
    const left = Math.floor((availableBytes() ?? 0) / MEBIBYTE);
    throw new CallerFault(
      "ServiceException",
      `This machine has ${left} MiB of memory left, and the function ${functionName} may take ${memoryMegabytes} MiB: it is not started. Lower its MemorySize, or give the machine more memory.`,
    );
  }

  #reapLater(): void {
    const since = this.#idle.oldestSince();
    if (since === undefined || this.#cancelReaping || this.#end.signal.aborted) return;
    const { timers, idleMilliseconds } = this.#dependencies;
    // A clock that is set back makes no wait longer.
    const left = Math.min(Math.max(0, since + idleMilliseconds - timers.now()), idleMilliseconds);
    this.#cancelReaping = timers.after(left, () => {
      this.#cancelReaping = undefined;
      this.#reap();
      this.#reapLater();
    });
  }

  #reap(): void {
    const { timers, idleMilliseconds } = this.#dependencies;
    const tooOld = timers.now() - idleMilliseconds;
    for (let since = this.#idle.oldestSince(); since !== undefined && since <= tooOld; ) {
      const oldest = this.#idle.takeOldest();
      if (oldest) void this.#endOne(oldest);
      since = this.#idle.oldestSince();
    }
  }

  /** Never rejects. One that cannot be ended is tried again until it can, or the server ends. */
  #endOne({ environment, uid }: Pick<LiveEnvironment, "environment" | "uid">): Promise<void> {
    const underWay = this.#ending.get(environment);
    if (underWay) return underWay.ended;
    const { timers, onError } = this.#dependencies;
    const ended = environment.end().then(
      () => void this.#ending.delete(environment),
      (error: unknown) => {
        onError(error);
        if (this.#end.signal.aborted) return;
        timers.after(END_AGAIN_MILLISECONDS, () => {
          this.#ending.delete(environment);
          void this.#endOne({ environment, uid });
        });
      },
    );
    this.#ending.set(environment, { uid, ended });
    return ended;
  }
}

function endOfFailedStart({ fault, logTail }: FailedStart): CallEnd {
  const { errorType, errorMessage } = fault;
  const payload = Buffer.from(JSON.stringify({ errorType, errorMessage, trace: [] }));
  return { outcome: "failed", payload, logTail, durationMilliseconds: 0, maxMemoryBytes: 0 };
}

function stopping(): CallerFault {
  return new CallerFault("ServiceUnavailableException", "The server is stopping. Try again.");
}
