import { isIPv6 } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";

/** Tries to sign in with a key that fail: what is free at once, and what comes back in a minute. Those that succeed cost nothing. */
export const MAX_FAILED_SIGN_INS_PER_ADDRESS = { burst: 10, perMinute: 10 } as const;
/** Of all addresses together. Links are not counted: they stay good while somebody else's tries fill this. */
export const MAX_FAILED_SIGN_INS = { burst: 300, perMinute: 120 } as const;
/** Addresses that are remembered; then the one that tried the longest ago is forgotten. */
export const MAX_SIGN_IN_ADDRESSES = 10_000;

const MINUTE_MILLISECONDS = 60_000;

interface Tries {
  left: number;
  at: number;
}

/**
 * How often keys may be tried. A try is taken before the key is looked at and given back when it was right, so that many at once are
 * not more than many one after the other.
 */
export class SignInLimits {
  readonly #now: () => number;
  readonly #addresses = new Map<string, Tries>();
  readonly #all: Tries;

  constructor(now: () => number) {
    this.#now = now;
    this.#all = { left: MAX_FAILED_SIGN_INS.burst, at: now() };
  }

  /**
   * @param address the caller's, as the connection has it
   * @returns what gives the try back
   * @throws CallerFault TooManyRequestsException
   */
  take(address: string): () => void {
    const now = this.#now();
    const own = this.#triesOf(networkOf(address), now);
    refill(own, MAX_FAILED_SIGN_INS_PER_ADDRESS, now);
    refill(this.#all, MAX_FAILED_SIGN_INS, now);
    if (own.left < 1) throw tooMany("from this address");
    if (this.#all.left < 1) throw tooMany("from everywhere");
    own.left -= 1;
    this.#all.left -= 1;
    return () => {
      own.left += 1;
      this.#all.left += 1;
    };
  }

  #triesOf(network: string, now: number): Tries {
    const tries = this.#addresses.get(network) ?? { left: MAX_FAILED_SIGN_INS_PER_ADDRESS.burst, at: now };
    // Last in the map is the one that tried last.
    this.#addresses.delete(network);
    this.#addresses.set(network, tries);
    if (this.#addresses.size > MAX_SIGN_IN_ADDRESSES) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
    return tries;
  }
}

function refill(tries: Tries, { burst, perMinute }: { burst: number; perMinute: number }, now: number): void {
  // A clock that was set back gives nothing and takes nothing.
  const minutes = Math.max(now - tries.at, 0) / MINUTE_MILLISECONDS;
  tries.left = Math.min(burst, tries.left + minutes * perMinute);
  tries.at = now;
}

/** Whoever has an IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const missing = 8 - groups.length - (tail === undefined || tail === "" ? 0 : tail.split(":").length);
  const whole =
    tail === undefined ? groups : [...groups, ...Array<string>(Math.max(missing, 0)).fill("0"), ...tail.split(":")];
  return whole.slice(0, 4).join(":");
}

function tooMany(where: string): CallerFault {
  return new CallerFault(
    "TooManyRequestsException",
    `Too many wrong tries to sign in with an access key ${where}. Wait a minute, or sign in with a link, which is not limited: sluice console`,
  );
}
