import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { DEPLOYMENT_ID_RULE, isDeploymentId } from "@sluice/model/name-syntax.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { newestEventId, type RecordedEvent, readEvents } from "../store/events.ts";
import type { Store } from "../store/open-store.ts";

/** Keeps proxies from closing a quiet stream, and tells a reader that the server is there. */
const KEEP_ALIVE_MILLISECONDS = 15_000;
const PAGE_EVENTS = 500;

export interface EventStreamDependencies {
  readonly store: Store;
  readonly feed: ChangeFeed;
}

/**
 * `GET /-/events[?deployment=ID]`: the ordered stream of what happened, as server-sent events. `id` is the position; a reader that
 * comes back with Last-Event-ID misses nothing and sees nothing twice. Without one, a stream of one deployment begins with its first
 * event, and the stream of all begins now.
 */
export async function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { store, feed }: EventStreamDependencies,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const deploymentId = url.searchParams.get("deployment") ?? undefined;
  if (deploymentId !== undefined && !isDeploymentId(deploymentId)) {
    throw new CallerFault(
      "InvalidDeploymentIdException",
      `deployment is not a deployment's id: ${DEPLOYMENT_ID_RULE}.`,
    );
  }
  let position = await firstPosition(request, deploymentId, store);

  // Listening before reading: what is committed in between is read in the next round.
  let hasNews = false;
  let wake = () => {};
  const announce = () => {
    hasNews = true;
    wake();
  };
  const unsubscribe = feed.subscribe((change) => {
    if (change.hasEvents && (!deploymentId || change.deploymentId === deploymentId)) announce();
  });
  let closed = false;
  response.on("close", () => {
    closed = true;
    announce();
  });
  const keepAlive = setInterval(() => response.write(": still here\n\n"), KEEP_ALIVE_MILLISECONDS);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write(": events\n\n");
  try {
    while (!closed) {
      hasNews = false;
      const events = await readEvents(store, { afterEventId: position, deploymentId, limit: PAGE_EVENTS });
      for (const event of events) {
        position = event.eventId;
        if (!response.write(format(event)) && !closed) await drained(response);
      }
      if (events.length === PAGE_EVENTS || hasNews || closed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (hasNews) resolve();
      });
    }
  } finally {
    clearInterval(keepAlive);
    unsubscribe();
    response.end();
  }
}

async function firstPosition(
  request: IncomingMessage,
  deploymentId: string | undefined,
  store: Store,
): Promise<number> {
  const last = Number(request.headers["last-event-id"]);
  if (request.headers["last-event-id"] !== undefined && Number.isSafeInteger(last) && last >= 0) return last;
  return deploymentId ? 0 : newestEventId(store);
}

function format({ eventId, deploymentId, sequence, at, type, body }: RecordedEvent): string {
  const data = JSON.stringify({ deploymentId, sequence, at: new Date(at).toISOString(), type, ...body });
  return `id: ${eventId}\nevent: ${type}\ndata: ${data}\n\n`;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}
