import type { FunctionRoute } from "./function-routes.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

type Reservation = Pick<FunctionRoute, "functionName" | "reservedConcurrency" | "reservedByAll">;

/**
 * How many invocations are under way. As on AWS, what a function reserves is its own and its limit, and is taken from what all others share;
 * and what is too much is refused at once, not queued.
 */
export class FunctionConcurrency {
  readonly #total: number;
  readonly #running = new Map<string, number>();
  /** Of functions that have reserved nothing. */
  #sharing = 0;

  /** @param total of this server, as the setting `concurrency` says */
  constructor(total: number) {
    this.#total = total;
  }

  get running(): number {
    let sum = 0;
    for (const count of this.#running.values()) sum += count;
    return sum;
  }

  runningOf(functionName: string): number {
    return this.#running.get(functionName) ?? 0;
  }

  /** Throws a {@link ThrottledInvocation}. @returns what ends it, to be called once */
  begin({ functionName, reservedConcurrency, reservedByAll }: Reservation): () => void {
    const running = this.#running.get(functionName) ?? 0;
    const isSharing = reservedConcurrency === null;
    if (reservedConcurrency !== null) {
      if (running >= reservedConcurrency) throw reservedExceeded(functionName, reservedConcurrency);
    } else {
      const shared = Math.max(0, this.#total - reservedByAll);
      if (this.#sharing >= shared) throw sharedExceeded(shared, this.#total);
      this.#sharing++;
    }
    this.#running.set(functionName, running + 1);
    return () => {
      if (isSharing) this.#sharing--;
      const left = (this.#running.get(functionName) ?? 1) - 1;
      if (left > 0) this.#running.set(functionName, left);
      else this.#running.delete(functionName);
    };
  }
}

function reservedExceeded(functionName: string, reserved: number): ThrottledInvocation {
  const cause =
    reserved === 0
      ? `the function ${functionName} is stopped by a reserved concurrency of 0. To let it run: aws lambda delete-function-concurrency --function-name ${functionName}`
      : `${reserved} invocations of the function ${functionName} are under way, which is its reserved concurrency`;
  return new ThrottledInvocation("ReservedFunctionConcurrentInvocationLimitExceeded", cause);
}

function sharedExceeded(shared: number, total: number): ThrottledInvocation {
  const cause =
    shared === total
      ? `${total} invocations are under way, which is the concurrency of this server`
      : `${shared} invocations are under way, which is what reserved concurrency leaves of the concurrency of this server (${total})`;
  return new ThrottledInvocation("ConcurrentInvocationLimitExceeded", cause);
}
