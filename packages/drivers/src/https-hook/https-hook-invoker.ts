import { setTimeout as sleep } from "node:timers/promises";
import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { Driver } from "../driver.ts";
import { hookPayload } from "../hook/hook-payload.ts";
import {
  ENDPOINT_SETTINGS,
  type Endpoint,
  type EndpointSettings,
  endpointOf,
  isAboutCertificate,
  networkReason,
} from "../webhook/endpoint-settings.ts";
import { type PostAnswer, postJson } from "../webhook/post-json.ts";
import { signWebhook } from "../webhook/webhook-signature.ts";

export interface HttpsHookInvokerDependencies {
  /** Epoch milliseconds: signatures carry the time. */
  readonly now: () => number;
}

/** An endpoint that is being restarted is there again by then; one that is not fails the hook now, and not in an hour. */
const PAUSES_MILLISECONDS = [500, 2_000];
/** No attempt begins later: all of them together end before the server gives the call up. */
const LAST_ATTEMPT_MILLISECONDS = 30_000;
/** More than is shown, so that a secret in it is not cut and then missed. */
const MAX_EXCERPT_BYTES = 4_096;
const MAX_EXCERPT_CHARACTERS = 300;

const UNSEEN: HookRun = {
  state: "unknown",
  detail: "the endpoint has taken the hook, and what becomes of it only its answer says",
};

/** POSTs each hook to one address of the user's, signed. The hook answers as a Lambda function does: by a call of its own. */
export const httpsHookInvoker: Driver<"hook-invoker", EndpointSettings, HttpsHookInvokerDependencies, HookInvoker> = {
  port: "hook-invoker",
  name: "https",
  configSchema: ENDPOINT_SETTINGS,
  create: (settings, { now }) => {
    const endpoint = endpointOf(settings);
    return {
      // Which hooks the endpoint knows, it alone knows.
      find: async (_name, signal) => {
        signal.throwIfAborted();
        return { outcome: "found" };
      },
      invoke: async (invocation, signal) => {
        signal.throwIfAborted();
        return invoke(endpoint, invocation, now, signal);
      },
      observe: async (_invocation, signal) => {
        signal.throwIfAborted();
        return UNSEEN;
      },
    };
  },
};

async function invoke(
  endpoint: Endpoint,
  invocation: HookInvocation,
  now: () => number,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const { origin } = endpoint.url;
  const startedAt = performance.now();
  for (const pause of [...PAUSES_MILLISECONDS, null]) {
    const timeout = AbortSignal.timeout(endpoint.timeoutMilliseconds);
    try {
      const answer = await post(endpoint, invocation, now(), AbortSignal.any([signal, timeout]));
      return outcomeOf(answer, endpoint);
    } catch (error) {
      signal.throwIfAborted();
      const late = `no answer within ${endpoint.timeoutMilliseconds} ms`;
      const reason = `${origin} was not reached: ${timeout.aborted ? late : networkReason(error)}`;
      const isLate = performance.now() - startedAt > LAST_ATTEMPT_MILLISECONDS;
      if (pause === null || isLate || isAboutCertificate(error)) return { outcome: "failed", reason };
      await sleep(pause, undefined, { signal });
    }
  }
  throw new Error("the last attempt has no pause behind it");
}

function post(
  { url, secret, authorities }: Endpoint,
  invocation: HookInvocation,
  at: number,
  signal: AbortSignal,
): Promise<PostAnswer> {
  const { hook, deploymentId, executionId, event } = invocation;
  const body = hookPayload(invocation);
  // The same run has the same id, however often it is sent.
  const id = encodeURIComponent(`${deploymentId}/${executionId}`);
  const headers = {
    ...signWebhook({ id, body }, secret, Math.floor(at / 1_000)),
    "sluice-hook": encodeURIComponent(hook),
    "sluice-lifecycle-event": event,
    "user-agent": "sluice",
  };
  return postJson({ url, headers, body, authorities, signal, excerptBytes: MAX_EXCERPT_BYTES });
}

function outcomeOf({ status, redirectOrigin, excerpt }: PostAnswer, { url, secret }: Endpoint): PortOutcome {
  if (status >= 200 && status < 300) return { outcome: "done" };
  if (status >= 300 && status < 400) {
    const where = redirectOrigin === undefined ? "" : ` to ${redirectOrigin}`;
    const reason = `${url.origin} answered ${status}, a redirect${where}, and redirects are not followed: give the final address as the binding's url`;
    return { outcome: "failed", reason };
  }
  const said = visibleLine(withoutSecrets(excerpt, url, secret).trim()).slice(0, MAX_EXCERPT_CHARACTERS);
  return { outcome: "failed", reason: `${url.origin} answered ${status}${said === "" ? "" : `: ${said}`}` };
}

/** An endpoint may quote what it was sent: the path and the query of its address may be secret. */
function withoutSecrets(text: string, { href, pathname, search }: URL, secret: string): string {
  const secrets = [href, `${pathname}${search}`, pathname, search, secret].filter(({ length }) => length > 1);
  return secrets.reduce((hidden, one) => hidden.replaceAll(one, "***"), text);
}
