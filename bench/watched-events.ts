import { signedDoor } from "@sluice/cli/place/signed-door.ts";
import { sseFrames } from "@sluice/cli/progress/sse-frames.ts";
import type { Connection } from "@sluice/wire/config/connection.ts";
import { SLUICE_SIGNING_NAME } from "@sluice/wire/sluice/sluice-api.ts";

export interface StreamedEvent {
  readonly type: string;
  /** The deployment's. */
  readonly id: string;
}

export interface OpenEventStream extends Disposable {
  /** Reads on until an event is what is waited for. */
  until(isIt: (event: StreamedEvent) => boolean): Promise<void>;
}

const HEAD_TIMEOUT_MILLISECONDS = 10_000;

/** `/-/events` from now on. Resolves once the server has begun to answer. */
export async function openEventStream(connection: Connection): Promise<OpenEventStream> {
  const door = signedDoor(connection, "sluice", SLUICE_SIGNING_NAME);
  const answer = await door.get("-/events", { timeoutMs: HEAD_TIMEOUT_MILLISECONDS });
  if (answer.statusCode !== 200) throw new Error(`${door.endpoint}/-/events answered ${answer.statusCode}`);
  const frames = sseFrames(answer);
  return {
    async until(isIt) {
      for (;;) {
        const { value: frame, done } = await frames.next();
        if (done) throw new Error("the event stream ended");
        const { type, deploymentId } = JSON.parse(frame.data) as Record<string, string>;
        if (isIt({ type: type ?? "", id: deploymentId ?? "" })) return;
      }
    },
    [Symbol.dispose]: () => {
      answer.destroy();
      door[Symbol.dispose]();
    },
  };
}
