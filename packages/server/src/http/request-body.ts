import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";

/** The whole body of a request, or a fault when it is longer than `maximumBytes`; nothing past that is kept. */
export function readBody(request: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const tooLarge = () =>
      new CallerFault("RequestEntityTooLargeException", `The request's body is larger than ${maximumBytes} bytes.`);
    if (Number(request.headers["content-length"] ?? 0) > maximumBytes) {
      reject(tooLarge());
      return;
    }
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maximumBytes) {
        reject(tooLarge());
        request.removeAllListeners("data");
        request.resume();
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)));
    request.on("error", reject);
    request.on("aborted", () => reject(new Error("the caller hung up in the middle of the body")));
  });
}
