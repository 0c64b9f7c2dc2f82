import type { AgentLog } from "../process/agent-log.ts";
import { describeFailure } from "../process/agent-log.ts";
import { BackOff, pause } from "../process/back-off.ts";
import { ServerRefusal } from "./host-server.ts";

/** Between tries while the server refuses the host's identity: only a person can change that. */
export const REFUSED_IDENTITY_RETRY_MILLISECONDS = 60_000;

/** The agent stops: nothing more is asked, and what is open stays in the journal. */
export class Stopped extends Error {
  constructor() {
    super("the agent is stopping");
    this.name = "Stopped";
  }
}

/**
 * Asks again, with back-off, until the server has answered: returns its answer, or throws its {@link ServerRefusal}. An answer that was
 * lost on its way means that `ask` happens twice, which every operation of the protocol allows.
 * @throws {Stopped} when `signal` aborts
 */
export async function untilAnswered<T>(
  what: string,
  ask: () => Promise<T>,
  signal: AbortSignal,
  log: AgentLog,
): Promise<T> {
  const backOff = new BackOff();
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw new Stopped();
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) throw new Stopped();
      const isIdentityRefused = error instanceof ServerRefusal && error.isIdentityRefused;
      if (error instanceof ServerRefusal && !isIdentityRefused) throw error;
      log.warn(`the server did not answer ${what}; retrying`, { attempt, problem: describeFailure(error) });
      await pause(isIdentityRefused ? REFUSED_IDENTITY_RETRY_MILLISECONDS : backOff.next(), signal);
    }
  }
}
