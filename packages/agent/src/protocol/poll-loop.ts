import type { HostCommand } from "@sluice/wire/command/command-api.ts";
import { describeFailure } from "../process/agent-log.ts";
import { BackOff, pause } from "../process/back-off.ts";
import { monotonicMs } from "../process/monotonic-time.ts";
import { type CommandParts, carryOut } from "./command-execution.ts";
import { cureOfRefusal, ServerRefusal } from "./host-server.ts";
import { REFUSED_IDENTITY_RETRY_MILLISECONDS } from "./until-answered.ts";

/** A server that answers "nothing" faster than this does not hold polls. */
export const MIN_HELD_POLL_MILLISECONDS = 200;
/** Between polls of such a server; the reference agent as shipped waits 1 s. */
const UNHELD_POLL_PAUSE = { firstMs: 100, capMs: 1_000 };
/** Between polls that only bring what is held already (it waits for its turn, or its acknowledgement is on the way). */
const REPEATED_OFFER_PAUSE = { firstMs: 20, capMs: 1_000 };

/** What the loop tells of itself, for `status`. */
export interface PollReport {
  lastPollAt: Date | undefined;
  lastFailure: string | undefined;
  /** Called once, when the server has answered for the first time. */
  onFirstAnswer?: (() => void) | undefined;
}

/**
 * Polls until `parts.stopping` aborts. Each command is carried out beside the loop, which polls again at once. Resolves when the
 * loop has ended and every command that it took has been let go.
 */
export async function pollUntilStopped(hostIdentifier: string, parts: CommandParts, report: PollReport): Promise<void> {
  const { server, held, log, stopping } = parts;
  const backOff = new BackOff();
  const unheld = new BackOff(UNHELD_POLL_PAUSE);
  const repeated = new BackOff(REPEATED_OFFER_PAUSE);
  const underWay = new Set<Promise<void>>();
  while (!stopping.aborted) {
    const isFirst = report.lastPollAt === undefined;
    const startedAt = monotonicMs();
    let command: HostCommand | undefined;
    try {
      // The first is not held: whoever waits for this agent learns at once that its server answers.
      command = await server.pollHostCommand(stopping, isFirst ? 0 : undefined);
    } catch (error) {
      if (stopping.aborted) break;
      report.lastFailure = describeFailure(error);
      await pause(waitAfter(error, backOff, parts), stopping);
      continue;
    }
    if (report.lastFailure !== undefined) log.info("the server answers again");
    if (isFirst) report.onFirstAnswer?.();
    report.lastPollAt = new Date();
    report.lastFailure = undefined;
    backOff.reset();
    if (command === undefined) {
      if (isFirst || monotonicMs() - startedAt >= MIN_HELD_POLL_MILLISECONDS) unheld.reset();
      else await pause(unheld.next(), stopping);
    } else if (isForThisHost(command, hostIdentifier, parts) && !held.has(command.HostCommandIdentifier)) {
      const carriedOut: Promise<void> = carryOut(command, parts).finally(() => underWay.delete(carriedOut));
      underWay.add(carriedOut);
      unheld.reset();
      repeated.reset();
    } else {
      // Any change of what is held may be what the server waits for: then the next poll must not be late.
      await pause(repeated.next(), AbortSignal.any([held.changed, stopping]));
    }
  }
  await Promise.all(underWay);
}

/** How long to wait after a failed poll, and a line in the log that says what to do. */
function waitAfter(error: unknown, backOff: BackOff, { log }: CommandParts): number {
  if (error instanceof ServerRefusal && error.isIdentityRefused) {
    log.error(`the server refuses this host (${error.code}). ${cureOfRefusal(error)}`, { problem: error.message });
    return REFUSED_IDENTITY_RETRY_MILLISECONDS;
  }
  const waitMs = backOff.next();
  log.warn("the server did not answer a poll; retrying", {
    inSeconds: Math.round(waitMs / 100) / 10,
    problem: describeFailure(error),
  });
  return waitMs;
}

/** As the reference agent checks it: our identifier contains the command's. */
function isForThisHost(command: HostCommand, hostIdentifier: string, { log }: CommandParts): boolean {
  const isOurs = hostIdentifier.includes(command.HostIdentifier);
  if (!isOurs) {
    log.error("the server offered a command for another host, which is ignored", {
      ours: hostIdentifier,
      theirs: command.HostIdentifier,
    });
  }
  return isOurs;
}
