import { sseFrames } from "@sluice/cli/progress/sse-frames.ts";
import { connectionAgent } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import { type Connection, connectionTo } from "@sluice/wire/config/connection.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
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
  const { endpoint } = connectionTo(connection, "sluice");
  const { credentials, region } = connection;
  const url = `${endpoint.replace(/\/+$/, "")}/-/events`;
  const agent = connectionAgent("http:", undefined);
  const service = SLUICE_SIGNING_NAME;
  const headers = signRequest({ method: "GET", url, credentials, region, service, now: new Date() });
  const answer = await exchange({ method: "GET", url, headers, agent, timeoutMs: HEAD_TIMEOUT_MILLISECONDS });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
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
      agent.destroy();
    },
  };
}
