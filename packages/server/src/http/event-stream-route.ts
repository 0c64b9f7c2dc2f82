import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { DEPLOYMENT_ID_RULE, isDeploymentId } from "@sluice/model/name-syntax.ts";
import type { Principal } from "../access/principal.ts";
import type { Notice } from "../notices/notice.ts";
import type { NoticeFeed } from "../notices/notice-feed.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { newestEventId, type RecordedEvent, readEvents } from "../store/events.ts";
import type { Store } from "../store/open-store.ts";
import type { OpenStreams } from "./open-streams.ts";

/** Keeps proxies from closing a quiet stream, and tells a reader that the server is there. */
const KEEP_ALIVE_MILLISECONDS = 15_000;
const PAGE_EVENTS = 500;

export interface EventStreamDependencies {
  readonly store: Store;
  readonly feed: ChangeFeed;
  readonly notices: Pick<NoticeFeed, "subscribe">;
  readonly streams: Pick<OpenStreams, "open">;
  /** Whether who opened the stream may still read it: the key or session may have ended on another server or by its time, and policies may have changed. */
  readonly isStillGood: () => Promise<boolean>;
}

/**
 * `GET /-/events[?deployment=ID]`: the ordered stream of what happened, as server-sent events. `id` is the position; a reader that
 * comes back with Last-Event-ID misses nothing and sees nothing twice. Without one, a stream of one deployment begins with its first
 * event, and the stream of all begins now.
 *
 * With `notices=1` it also tells what is no event, as `notice`, without an id: that output was stored, that somebody changed something. The
 * first of them says at which position the stream began.
 */
export async function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  principal: Principal,
  { store, feed, notices, streams, isStillGood }: EventStreamDependencies,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const deploymentId = url.searchParams.get("deployment") ?? undefined;
  if (deploymentId !== undefined && !isDeploymentId(deploymentId)) {
    throw new CallerFault(
      "InvalidDeploymentIdException",
      `deployment is not a deployment's id: ${DEPLOYMENT_ID_RULE}.`,
    );
  }
  const hasNotices = requireNotices(url.searchParams.get("notices"));
  let position = await firstPosition(request, deploymentId, store);

  // Listening before reading: what is committed in between is read in the next round.
  let hasNews = false;
  let wake = () => {};
  const announce = () => {
    hasNews = true;
    wake();
  };
  let closed = false;
  const end = () => {
    closed = true;
    // Whoever does not read would keep it open.
    if (response.writableNeedDrain) response.destroy();
    announce();
  };
  const close = streams.open(principal, end);
  const unsubscribe = feed.subscribe((change) => {
    if (change.hasEvents && (!deploymentId || change.deploymentId === deploymentId)) announce();
  });
  // Each once, however often it happened since the last round.
  const pending = new Set<string>();
  const unsubscribeNotices = hasNotices
    ? notices.subscribe((notice) => {
        if (notice.kind === "logs" && deploymentId && notice.deploymentId !== deploymentId) return;
        pending.add(formatNotice(notice));
        announce();
      })
    : () => {};
  response.on("close", end);
  // Whoever left while the position was looked up closes nothing any more.
  if (response.destroyed) end();
  const keepAlive = setInterval(() => {
    response.write(": still here\n\n");
    // One that cannot be looked up is believed: the database may be away.
    isStillGood().then(
      (isGood) => isGood || end(),
      () => {},
    );
  }, KEEP_ALIVE_MILLISECONDS);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write(": events\n\n");
  if (hasNotices) response.write(formatNotice({ kind: "connected", eventId: String(position) }));
  const send = async (text: string) => {
    if (!response.write(text) && !closed) await drained(response);
  };
  try {
    while (!closed) {
      hasNews = false;
      const events = await readEvents(store, { afterEventId: position, deploymentId, limit: PAGE_EVENTS });
      for (const event of events) {
        if (closed) break;
        position = event.eventId;
        await send(format(event));
      }
      for (const notice of takeAll(pending)) if (!closed) await send(notice);
      if (events.length === PAGE_EVENTS || hasNews || closed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (hasNews) resolve();
      });
    }
  } finally {
    clearInterval(keepAlive);
    unsubscribe();
    unsubscribeNotices();
    close();
    response.end();
  }
}

function takeAll(pending: Set<string>): readonly string[] {
  const taken = [...pending];
  pending.clear();
  return taken;
}

function requireNotices(notices: string | null): boolean {
  if (notices === null || notices === "1") return notices === "1";
  throw new CallerFault("ValidationException", "notices must be 1, or be left out.");
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

function formatNotice(notice: Notice | { readonly kind: "connected"; readonly eventId: string }): string {
  return `event: notice\ndata: ${JSON.stringify(notice)}\n\n`;
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
