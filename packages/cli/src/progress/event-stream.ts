import { setTimeout as sleep } from "node:timers/promises";
import { SLUICE_SIGNING_NAME } from "@sluice/wire/sluice/sluice-api.ts";
import type { Connection } from "../place/server-connection.ts";
import { signedDoor } from "../place/signed-door.ts";
import { sseFrames } from "./sse-frames.ts";

const HEAD_TIMEOUT_MILLISECONDS = 10_000;
const BACK_OFF_FIRST_MILLISECONDS = 250;
const MAX_BACK_OFF_MILLISECONDS = 5_000;

/**
 * Calls `onEvent` whenever the server says that something happened in a deployment, and comes back from every interruption where it
 * left off. Ends when the signal does, and never fails: it only makes progress prompt, what is shown is read from the API.
 */
export async function listenForEvents(
  connection: Connection,
  deploymentId: string,
  onEvent: () => void,
  signal: AbortSignal,
): Promise<void> {
  using door = signedDoor(connection.server, "sluice", SLUICE_SIGNING_NAME);
  let lastEventId: string | undefined;
  let backOffMilliseconds = BACK_OFF_FIRST_MILLISECONDS;
  while (!signal.aborted) {
    try {
      const answer = await door.get(`-/events?deployment=${encodeURIComponent(deploymentId)}`, {
        headers: {
          accept: "text/event-stream",
          ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
        },
        signal,
        timeoutMs: HEAD_TIMEOUT_MILLISECONDS,
      });
      if (answer.statusCode === 200) {
        backOffMilliseconds = BACK_OFF_FIRST_MILLISECONDS;
        for await (const frame of sseFrames(answer)) {
          lastEventId = frame.id ?? lastEventId;
          onEvent();
        }
      } else answer.destroy();
    } catch {
      // The server may be starting again; the reader of the API says so if it stays away.
    }
    await sleep(backOffMilliseconds, undefined, { signal }).catch(() => undefined);
    backOffMilliseconds = Math.min(backOffMilliseconds * 2, MAX_BACK_OFF_MILLISECONDS);
  }
}
