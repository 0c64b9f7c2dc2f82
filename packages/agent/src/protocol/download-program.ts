import type { Agent, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import type { CorrectedClock } from "@sluice/wire/client/corrected-clock.ts";
import { exchange, readAnswer } from "@sluice/wire/client/http-exchange.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import type { AgentProgramOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { SLUICE_SIGNING_NAME } from "@sluice/wire/sluice/sluice-api.ts";
import type { Enrolment } from "../identity/enrolment-files.ts";

const HEAD_TIMEOUT_MILLISECONDS = 30_000;
/** A download in which no byte came for so long is given up. */
const MAX_IDLE_MILLISECONDS = 60_000;
const MAX_REFUSAL_BYTES = 64 * 1024;
const HTTP_OK = 200;
/** As many hosts of an upgrade may be under way as it likes, and the server gives its program to 64 at a time. */
const BUSY_RETRIES = 40;
const BUSY_RETRY_MILLISECONDS = 5_000;
const SHOWN_CHARACTERS = 300;

export interface DownloadParts extends Pick<Enrolment, "credentials" | "region"> {
  readonly endpoint: string;
  readonly connections: Agent;
  readonly clock: Pick<CorrectedClock, "now">;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** About how long to wait for a server that is busy; given by tests. */
  readonly busyRetryMilliseconds?: number;
}

/** `GET /-/agent-program/PLATFORM`, signed with the host's key. What comes is believed by its hash alone. */
export async function downloadProgram(offer: AgentProgramOffer, parts: DownloadParts): Promise<AsyncIterable<Buffer>> {
  const { endpoint, signal, busyRetryMilliseconds = BUSY_RETRY_MILLISECONDS } = parts;
  for (let retries = 0; ; retries += 1) {
    const answer = await ask(offer, parts);
    if (answer.statusCode === HTTP_OK) return contentOf(answer, signal);
    const limits = { endpoint, maxBytes: MAX_REFUSAL_BYTES, timeoutMs: HEAD_TIMEOUT_MILLISECONDS, signal };
    const refusal = (await readAnswer(answer, limits)).toString("utf8");
    if (!refusal.includes("ThrottlingException") || retries >= BUSY_RETRIES) {
      throw new Error(`the server gives no program: ${messageIn(refusal)}`);
    }
    await sleep(busyRetryMilliseconds * (0.5 + Math.random()), undefined, { signal });
  }
}

function ask(
  { platform, version }: AgentProgramOffer,
  { endpoint, connections, clock, credentials, region, headers, userAgent, signal }: DownloadParts,
): Promise<IncomingMessage> {
  const url = `${endpoint.replace(/\/+$/, "")}/-/agent-program/${platform}?version=${encodeURIComponent(version)}`;
  return exchange({
    method: "GET",
    url,
    headers: {
      ...signRequest({
        method: "GET",
        url,
        headers: { ...headers, "user-agent": userAgent },
        credentials,
        region,
        service: SLUICE_SIGNING_NAME,
        now: clock.now(),
      }),
      "accept-encoding": "gzip",
    },
    agent: connections,
    signal,
    timeoutMs: HEAD_TIMEOUT_MILLISECONDS,
  });
}

function contentOf(answer: IncomingMessage, signal: AbortSignal): AsyncIterable<Buffer> {
  answer.setTimeout(MAX_IDLE_MILLISECONDS, () => {
    answer.destroy(new Error(`the download stood still for ${MAX_IDLE_MILLISECONDS / 1000} s`));
  });
  const stop = () => answer.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  answer.once("close", () => signal.removeEventListener("abort", stop));
  if (answer.headers["content-encoding"] !== "gzip") return answer;
  const unzipped = createGunzip();
  answer.once("error", (error) => unzipped.destroy(error));
  return answer.pipe(unzipped);
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text.slice(0, SHOWN_CHARACTERS);
  } catch {
    return text.slice(0, SHOWN_CHARACTERS);
  }
}
