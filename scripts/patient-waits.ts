import { vi } from "vitest";

/** Below the time limit of a test, so that a wait that ends says what it waited for. */
const HANGS_AFTER_MILLISECONDS = 60_000;

/**
 * Has `vi.waitFor` wait longer than its one second where a test names no time: a second is nothing on a busy machine, and how long a state
 * takes to come proves nothing. `expect.poll` has the same from vitest.config.ts.
 */
const { waitFor } = vi;
vi.waitFor = (look, options) => {
  const named = typeof options === "number" ? { timeout: options } : options;
  return waitFor(look, { timeout: HANGS_AFTER_MILLISECONDS, ...named });
};
