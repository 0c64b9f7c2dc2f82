import { createParser } from "eventsource-parser";

/** One event of a `text/event-stream` (HTML standard, section 9.2). */
export interface SseFrame {
  /** The last id that the stream has named, for Last-Event-ID. */
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Cuts a stream into its events, whatever the pieces in which it arrives. Comments, which keep a connection alive, are dropped. */
export async function* sseFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SseFrame> {
  const decoder = new TextDecoder();
  let lastId: string | undefined;
  let frames: SseFrame[] = [];
  const parser = createParser({
    onId: (id) => {
      lastId = id;
    },
    onEvent: ({ event = "message", data }) => frames.push({ id: lastId, event, data }),
  });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* frames;
    frames = [];
  }
}
