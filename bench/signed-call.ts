import { CODEDEPLOY_SIGNING_NAME, CODEDEPLOY_TARGET_PREFIX } from "@sluice/wire/client/clients.ts";
import { connectionAgent } from "@sluice/wire/client/connection-agent.ts";
import { exchange, readAnswer } from "@sluice/wire/client/http-exchange.ts";
import { JSON_CONTENT_TYPE } from "@sluice/wire/json/json-protocol.ts";
import type { Credentials } from "@sluice/wire/sigv4/http-request.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import type { RunningServer } from "./sluice-process.ts";

const MAX_ANSWER_BYTES = 1024 * 1024;
const TIMEOUT_MILLISECONDS = 10_000;

/** A call of CodeDeploy as it goes over the wire: the same bytes may be sent again for five minutes. */
export interface SignedCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function signedCall(
  { url: server, connection }: Pick<RunningServer, "url" | "connection">,
  operation: string,
  input: object,
  credentials: Credentials = connection.credentials,
): SignedCall {
  const body = JSON.stringify(input);
  const url = `${server.replace(/\/+$/, "")}/`;
  const headers = {
    "content-type": JSON_CONTENT_TYPE,
    "x-amz-target": `${CODEDEPLOY_TARGET_PREFIX}.${operation}`,
    "content-length": String(Buffer.byteLength(body)),
  };
  const { region } = connection;
  const service = CODEDEPLOY_SIGNING_NAME;
  const signed = signRequest({ method: "POST", url, headers, body, credentials, region, service, now: new Date() });
  return { url, headers: signed, body };
}

export function callAsText({ headers, body }: SignedCall): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** The answer that Sluice gives, for the other to give as well. */
export async function answerTo(call: SignedCall): Promise<object> {
  const agent = connectionAgent("http:", undefined);
  try {
    const answer = await exchange({ method: "POST", ...call, agent, timeoutMs: TIMEOUT_MILLISECONDS });
    const limits = { endpoint: call.url, maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MILLISECONDS };
    return JSON.parse((await readAnswer(answer, limits)).toString("utf8")) as object;
  } finally {
    agent.destroy();
  }
}
