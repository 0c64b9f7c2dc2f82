import { observable } from "../state/observable.ts";
import { type LiveSignal, signalOf } from "./live-signal.ts";
import { request } from "./request.ts";
import { forgetSession } from "./session.ts";
import { createSseParser } from "./sse-parser.ts";

/** `online`: what is shown is live. `offline`: several attempts have failed. */
export type StreamState = "connecting" | "online" | "reconnecting" | "offline";

const PATH = "/-/events?notices=1";
const FIRST_DELAY_MILLISECONDS = 500;
const LONGEST_DELAY_MILLISECONDS = 15_000;
/** The server says something at least each 15 s. */
const SILENCE_MILLISECONDS = 40_000;
/** From then on the page says that it is offline instead of that it reconnects. */
const OFFLINE_ATTEMPTS = 4;
const UNAUTHORIZED = 401;

/** One connection for the whole page, however many components listen. */
export const streamState = observable<StreamState>("connecting");

const listeners = new Set<(signal: LiveSignal) => void>();

export function onSignal(listener: (signal: LiveSignal) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps the connection until the returned function is called. What is missed between two connections comes with the next one. */
export function keepConnected(): () => void {
  const end = new AbortController();
  void connectUntil(end.signal);
  return () => end.abort();
}

async function connectUntil(end: AbortSignal): Promise<void> {
  let lastEventId: string | undefined;
  let failures = 0;
  let wasOnline = false;
  // Of the session before it may still say that what is shown is live.
  streamState.set("connecting");
  while (!end.aborted) {
    const onOpen = () => {
      streamState.set("online");
      // Notices have no place in the order, so those of the meantime are lost; and what pages fetched before a late first connection may be old.
      if (wasOnline || failures > 0) tell({ kind: "caught-up" });
      failures = 0;
      wasOnline = true;
    };
    try {
      await readOnce(end, lastEventId, onOpen, (id) => {
        lastEventId = id;
      });
    } catch {
      // Whatever it was: the state says it, and the next attempt shows whether it lasts.
    }
    if (end.aborted) return;
    failures += 1;
    streamState.set(failures >= OFFLINE_ATTEMPTS ? "offline" : wasOnline ? "reconnecting" : "connecting");
    await pause(delayOf(failures), end);
  }
}

/** Until the stream ends, is silent for too long, or cannot be had. */
async function readOnce(
  end: AbortSignal,
  lastEventId: string | undefined,
  onOpen: () => void,
  onId: (id: string) => void,
): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([end, silence.signal]);
  let watchdog = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS);
  try {
    const headers = { ...(lastEventId !== undefined && { "last-event-id": lastEventId }) };
    const response = await request(PATH, { headers, signal });
    if (response.status === UNAUTHORIZED) forgetSession();
    if (!response.ok || response.body === null) return;
    onOpen();
    const parse = createSseParser((frame) => {
      const position = frame.id ?? connectedAt(frame.data, frame.event);
      if (position !== undefined) onId(position);
      const live = signalOf(frame);
      if (live !== undefined) tell(live);
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS);
      parse(value);
    }
  } finally {
    clearTimeout(watchdog);
    silence.abort();
  }
}

/** The first notice says where the stream begins: what comes before the first event of a later connection is then not lost. */
function connectedAt(data: string, event: string): string | undefined {
  if (event !== "notice" || !data.includes('"connected"')) return undefined;
  const { eventId }: { eventId?: unknown } = JSON.parse(data);
  return typeof eventId === "string" || typeof eventId === "number" ? String(eventId) : undefined;
}

function tell(signal: LiveSignal): void {
  for (const listener of listeners) listener(signal);
}

function delayOf(failures: number): number {
  const longest = Math.min(LONGEST_DELAY_MILLISECONDS, FIRST_DELAY_MILLISECONDS * 2 ** (failures - 1));
  return longest / 2 + Math.random() * (longest / 2);
}

/** Ends early where the network comes back, or the page is looked at again. */
function pause(milliseconds: number, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", onVisible);
      end.removeEventListener("abort", done);
      resolve();
    };
    const onVisible = () => {
      if (document.visibilityState === "visible") done();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", onVisible);
    end.addEventListener("abort", done);
  });
}
