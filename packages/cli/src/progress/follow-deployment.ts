import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError, TransportError } from "@sluice/wire/client/errors.ts";
import type { Connection } from "../place/server-connection.ts";
import { DeploymentReader, type DeploymentView, isOver } from "./deployment-view.ts";
import { listenForEvents } from "./event-stream.ts";

/** Between two readings, so that a fleet that reports all at once costs few of them. */
const READ_INTERVAL_MILLISECONDS = 150;
/** Without word from the event stream. */
const READ_ANYWAY_MILLISECONDS = 2_000;
/** How long a server may be away (a restart) before following it is given up. */
const MAX_AWAY_MILLISECONDS = 60_000;
const HTTP_SERVER_ERRORS = 500;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** The server does not answer; following goes on. */
  readonly onAway?: (error: Error) => void;
}

/** The server is away or cannot answer now, which may pass. */
function isPassing(error: unknown): error is Error {
  return error instanceof TransportError || (error instanceof ServiceError && error.statusCode >= HTTP_SERVER_ERRORS);
}

/** A deployment's views, from now until it is over: the last one is final. The stream of events only says when to look. */
export async function* followDeployment(
  connection: Connection,
  deploymentId: string,
  options: FollowOptions,
): AsyncGenerator<DeploymentView> {
  const reader = new DeploymentReader(connection.codeDeploy, connection.sluice, deploymentId);
  const listening = new AbortController();
  const signal = AbortSignal.any([options.signal, listening.signal]);
  let wake = Promise.withResolvers<void>();
  const stream = listenForEvents(connection, deploymentId, () => wake.resolve(), signal);
  let awaySince: number | undefined;
  try {
    while (true) {
      wake = Promise.withResolvers<void>();
      try {
        const view = await reader.read(signal);
        awaySince = undefined;
        yield view;
        if (isOver(view)) return;
      } catch (error) {
        if (!isPassing(error)) throw error;
        awaySince ??= Date.now();
        if (Date.now() - awaySince > MAX_AWAY_MILLISECONDS) throw error;
        options.onAway?.(error);
      }
      await Promise.race([wake.promise, sleep(READ_ANYWAY_MILLISECONDS, undefined, { signal, ref: true })]);
      await sleep(READ_INTERVAL_MILLISECONDS, undefined, { signal });
    }
  } finally {
    listening.abort();
    await stream;
  }
}
