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
  let pending = "";
  let id: string | undefined;
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true });
    const blocks = pending.split(/\r?\n\r?\n/);
    pending = blocks.pop() ?? "";
    for (const block of blocks) {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        const at = line.indexOf(":");
        const field = at < 0 ? line : line.slice(0, at);
        const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
        if (field === "id") id = value;
        else if (field === "event") event = value;
        else if (field === "data") data.push(value);
      }
      if (data.length > 0) yield { id, event, data: data.join("\n") };
    }
  }
}
