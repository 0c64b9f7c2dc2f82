import { reasonOf } from "@sluice/model/reason-of.ts";

/** How to reach the HTTP API of Prometheus, or of what answers like it. */
export interface PrometheusConnection {
  /** `http(s)://HOST[:PORT][/PREFIX]`, without a slash at the end. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly timeoutMilliseconds: number;
}

const MAX_ANSWER_BYTES = 33_554_432;
const MAX_REASON_CHARACTERS = 300;

/** The JSON at a path of the API. Throws an error that names the address and a cure; the signal's reason when told to stop. */
export async function getFromPrometheus(
  path: string,
  { url, authorization, timeoutMilliseconds }: PrometheusConnection,
  signal: AbortSignal,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await fetch(url + path, {
      headers: { accept: "application/json", ...(authorization ? { authorization } : {}) },
      // A redirect would carry the request, and perhaps its credentials, to where nobody has bound it.
      redirect: "manual",
      signal: AbortSignal.any([signal, timeout]),
    });
    const text = await readBounded(response);
    if (response.status !== 200) throw new Error(`it answered ${response.status}${cureOf(response, text)}`);
    return parse(text);
  } catch (error) {
    signal.throwIfAborted();
    const reason = timeout.aborted ? `no answer within ${timeoutMilliseconds} ms` : networkReason(error);
    throw new Error(`the alarms cannot be read from Prometheus at ${url}: ${reason}`, { cause: error });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("its answer is not JSON; the binding's url must be that of Prometheus itself", { cause: error });
  }
}

function cureOf(response: Response, text: string): string {
  switch (response.status) {
    case 401:
    case 403:
      return ": set bearerToken, or username and password, in the binding";
    case 404:
      return ": the binding's url must be that of Prometheus, with its route prefix if it has one";
    case 301:
    case 302:
    case 307:
    case 308:
      return ` with a redirect to ${response.headers.get("location")}: give the final address as the binding's url`;
    default:
      return `: ${text.trim().slice(0, MAX_REASON_CHARACTERS) || "no reason given"}`;
  }
}

/** fetch says only "fetch failed"; the network's reason is the cause. */
function networkReason(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  const message = reasonOf(error);
  if (message !== "fetch failed" || cause === undefined) return message;
  return `${cause.code ?? cause.message ?? message}; check the binding's url, and that Prometheus runs`;
}
