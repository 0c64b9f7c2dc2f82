import { readFileSync } from "node:fs";
import type { DeliveryOutcome, Notifier } from "@sluice/engine/ports/notifier.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import * as v from "valibot";
import type { Driver } from "../driver.ts";
import { inForm, MESSAGE_FORM_SETTING } from "../notification/message-form.ts";
import { numberWithin, SettingsError, secretText, settings, text } from "../settings-schema.ts";
import { postJson } from "./post-json.ts";
import { signWebhook } from "./webhook-signature.ts";

export interface WebhookDependencies {
  /** Epoch milliseconds: signatures carry the time. */
  readonly now: () => number;
}

const TIMEOUT_DEFAULT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 25;
/** Shorter ones can be guessed from one signed message. */
const MIN_SECRET_CHARACTERS = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const RETRIED_STATUSES = new Set([408, 421, 423, 425, 429]);

export const WEBHOOK_SETTINGS = settings({
  /** Its path and query may hold a secret (as those of chat services do), so messages show its scheme and host alone. */
  url: secretText("the receiver's https address", urlProblem),
  secret: secretText("what the receiver verifies signatures with", (secret) =>
    secret.length >= MIN_SECRET_CHARACTERS
      ? undefined
      : `is too short: give at least ${MIN_SECRET_CHARACTERS} characters, such as openssl rand -base64 32 prints`,
  ),
  timeoutSeconds: v.optional(numberWithin(1, MAX_TIMEOUT_SECONDS, "how long an answer may take")),
  caFile: v.optional(text("a file with the authorities (PEM) to trust for this receiver")),
  /** `documented` when absent. */
  form: v.optional(MESSAGE_FORM_SETTING),
});

export type WebhookSettings = v.InferOutput<typeof WEBHOOK_SETTINGS>;

/** POSTs each notification to one address, signed. */
export const webhookNotifier: Driver<"notifier", WebhookSettings, WebhookDependencies, Notifier> = {
  port: "notifier",
  name: "webhook",
  configSchema: WEBHOOK_SETTINGS,
  create: (settings, { now }) => {
    const url = new URL(settings.url);
    const authorities = settings.caFile === undefined ? undefined : readAuthorities(settings.caFile);
    const timeoutMilliseconds = (settings.timeoutSeconds ?? TIMEOUT_DEFAULT_SECONDS) * 1_000;
    return {
      deliver: async (notification, signal) => {
        signal.throwIfAborted();
        const timeout = AbortSignal.timeout(timeoutMilliseconds);
        const body = inForm(notification.body, settings.form);
        const id = notification.notificationId;
        const headers = {
          ...signWebhook({ id, body }, settings.secret, Math.floor(now() / 1_000)),
          "sluice-event-type": notification.eventType,
          "user-agent": "sluice",
        };
        try {
          const answer = await postJson({
            url,
            headers,
            body,
            authorities,
            signal: AbortSignal.any([signal, timeout]),
          });
          return outcomeOf(answer.status, answer.redirectOrigin, url);
        } catch (error) {
          signal.throwIfAborted();
          const reason = timeout.aborted ? `no answer within ${timeoutMilliseconds} ms` : networkReason(error);
          return { outcome: "retry", reason: `${url.origin} was not reached: ${reason}` };
        }
      },
    };
  },
};

function outcomeOf(status: number, redirectOrigin: string | undefined, { origin }: URL): DeliveryOutcome {
  if (status >= 200 && status < 300) return { outcome: "delivered" };
  if (status >= 500 || RETRIED_STATUSES.has(status)) {
    return { outcome: "retry", reason: `${origin} answered ${status}` };
  }
  if (status >= 300 && status < 400) {
    const where = redirectOrigin === undefined ? "" : ` to ${redirectOrigin}`;
    const reason = `${origin} answered ${status}, a redirect${where}, and redirects are not followed: give the final address as the binding's url`;
    return { outcome: "refused", reason };
  }
  const cure =
    status === 401 || status === 403
      ? ": make the binding's secret and the receiver's the same, and check both clocks"
      : ": check the binding's url";
  return { outcome: "refused", reason: `${origin} answered ${status}${cure}` };
}

/** The network's code or the certificate's fault, which names hosts and never what was sent. */
function networkReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isAboutCertificate = typeof code === "string" && /CERT|SIGNATURE|TLS|SSL|ISSUER|ALTNAME/.test(code);
  if (isAboutCertificate) return `${code}: its certificate is not trusted; give its authority as the binding's caFile`;
  return String(code ?? message ?? "no reason given");
}

function readAuthorities(caFile: string): string {
  try {
    return readFileSync(caFile, "utf8");
  } catch (error) {
    throw new SettingsError("caFile", `is ${caFile}, which ${whyUnreadable(error)}`);
  }
}

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "is not a valid address: give https://HOST[:PORT]/PATH";
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return "holds a user or a password: the signature says who is sending";
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))) return undefined;
  return "is not https: plain http is for this machine's loopback alone";
}
