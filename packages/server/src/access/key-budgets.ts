import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Principal } from "./principal.ts";

/** What one key may use up at once, and what it gets back in a second. */
interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Calls of one host's key that are neither heartbeats nor output, to any service and refused or not. A host that runs 16 events at once, each over in milliseconds, makes some
 * hundreds of them in a second; polling takes one or two.
 */
export const MAX_HOST_CALLS = { burst: 3_000, perSecond: 100 } as const;
/** Calls that bring output: an agent makes four a second, and one more at the end of each event. */
export const MAX_HOST_LOG_CALLS = { burst: 1_500, perSecond: 50 } as const;
/** Heartbeats: one in five seconds. Counted apart, so that nothing else that a host does makes it seem silent. */
export const MAX_HOST_HEARTBEATS = { burst: 60, perSecond: 2 } as const;
/** Bytes of all its calls: 16 events that each print all that is kept of them, and then 2 MiB a second. */
export const MAX_HOST_BYTES = { burst: 96 * 1024 * 1024, perSecond: 2 * 1024 * 1024 } as const;

/** Calls of one function's key, to any service and refused or not. As many processes of it may be calling as calls of it run. */
export const MAX_FUNCTION_CALLS = { burst: 5_000, perSecond: 500 } as const;
/** Bytes of all its calls. */
export const MAX_FUNCTION_BYTES = { burst: 96 * 1024 * 1024, perSecond: 8 * 1024 * 1024 } as const;

/**
 * Calls of one key of a person or a pipeline, with all its sessions and the temporary keys that it took, as sluice.yml does not say otherwise. The burst is what a page or a
 * Terraform run asks for at once, many times over; a client in a loop is then left with a tenth of what the server can do.
 */
export const DEFAULT_THROTTLE = { callsPerSecond: 500, burst: 5_000 } as const;
/** The highest that either can be set to: no limit in practice. */
export const MAX_THROTTLE = 1_000_000;

/** How much the key of a person or a pipeline may call. */
export interface ThrottleRule {
  readonly callsPerSecond: number;
  readonly burst: number;
}

/** What a request to the buckets counts as. Its bytes go to whoever calls, and are bounded by its connections. */
export const S3_CALL = "S3";

/** Budgets that nothing was taken from for a while are full again and need not be remembered. */
const FORGET_AFTER_MILLISECONDS = 60_000;

class Budget {
  readonly #allowance: Allowance;
  #left: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#at = now;
  }

  /** Whether the amount was there. Nothing is taken when it was not. */
  take(amount: number, now: number): boolean {
    const { burst, perSecond } = this.#allowance;
    // A clock that was set back gives nothing and takes nothing.
    this.#left = Math.min(burst, this.#left + (Math.max(now - this.#at, 0) / 1000) * perSecond);
    this.#at = now;
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }
}

interface Budgets {
  readonly calls: Budget;
  readonly logCalls: Budget;
  readonly heartbeats: Budget;
  /** Undefined: not counted. */
  readonly bytes: Budget | undefined;
  usedAt: number;
}

/** How much each key may call and send. One that exceeds it is told to slow down, and costs nobody else. */
export class KeyBudgets {
  readonly #now: () => number;
  readonly #rule: Allowance;
  readonly #keys = new Map<string, Budgets>();
  #forgotAt = 0;

  constructor(now: () => number, { callsPerSecond, burst }: ThrottleRule = DEFAULT_THROTTLE) {
    this.#now = now;
    this.#rule = { burst, perSecond: callsPerSecond };
  }

  /** @throws CallerFault ThrottlingException, which agents and SDKs answer by waiting a little longer each time */
  spend(principal: Principal, operation: string, bytes: number): void {
    const caller = boundedCaller(principal);
    if (caller === undefined) return;
    const now = this.#now();
    this.#forget(now);
    const budgets = this.#budgetsOf(principal, now);
    budgets.usedAt = now;
    const calls =
      operation === "HostHeartbeat"
        ? budgets.heartbeats
        : operation === "PutHostLogs"
          ? budgets.logCalls
          : budgets.calls;
    if (!calls.take(1, now)) throw throttled(caller, `calls ${operation || "the server"} too often`);
    if (operation !== "HostHeartbeat" && budgets.bytes && !budgets.bytes.take(bytes, now))
      throw throttled(caller, "sends too much");
  }

  #budgetsOf(principal: Principal, now: number): Budgets {
    const { role } = principal;
    const accessKeyId = budgetKeyOf(principal);
    const known = this.#keys.get(accessKeyId);
    if (known) return known;
    const budgets = { ...this.#newBudgets(role, now), usedAt: now };
    this.#keys.set(accessKeyId, budgets);
    return budgets;
  }

  #newBudgets(role: Principal["role"], now: number): Omit<Budgets, "usedAt"> {
    const budget = (allowance: Allowance) => new Budget(allowance, now);
    switch (role) {
      case "host":
        return {
          calls: budget(MAX_HOST_CALLS),
          logCalls: budget(MAX_HOST_LOG_CALLS),
          heartbeats: budget(MAX_HOST_HEARTBEATS),
          bytes: budget(MAX_HOST_BYTES),
        };
      case "function":
        return all(budget(MAX_FUNCTION_CALLS), budget(MAX_FUNCTION_BYTES));
      default:
        // Their bytes are bounded by what a call may have.
        return all(budget(this.#rule), undefined);
    }
  }

  #forget(now: number): void {
    if (Math.abs(now - this.#forgotAt) < FORGET_AFTER_MILLISECONDS) return;
    this.#forgotAt = now;
    for (const [accessKeyId, budgets] of this.#keys) {
      // A clock that was set back must not make a used budget a new one.
      budgets.usedAt = Math.min(budgets.usedAt, now);
      if (now - budgets.usedAt >= FORGET_AFTER_MILLISECONDS) this.#keys.delete(accessKeyId);
    }
  }
}

/** Whatever is called: one budget. */
function all(calls: Budget, bytes: Budget | undefined): Omit<Budgets, "usedAt"> {
  return { calls, logCalls: calls, heartbeats: calls, bytes };
}

/** The key whose budget a call spends: a loop that takes roles gets no more than one that does not. */
export function budgetKeyOf({ accessKeyId, sourceAccessKeyId }: Principal): string {
  return sourceAccessKeyId ?? accessKeyId;
}

/** Undefined: the server itself. */
function boundedCaller({ role, hostId, functionName, accessKeyId }: Principal): string | undefined {
  switch (role) {
    case "server":
      return undefined;
    case "host":
      return hostId === null ? undefined : `host ${hostId}`;
    case "function":
      return `function ${functionName ?? "unknown"}`;
    default:
      return `access key ${accessKeyId}`;
  }
}

function throttled(caller: string, problem: string): CallerFault {
  return new CallerFault("ThrottlingException", `Rate exceeded. The ${caller} ${problem}: send it again later.`);
}
