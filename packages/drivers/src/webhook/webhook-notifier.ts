import type { DeliveryOutcome, Notifier } from "@sluice/engine/ports/notifier.ts";
import * as v from "valibot";
import type { Driver } from "../driver.ts";
import { inForm, MESSAGE_FORM_SETTING } from "../notification/message-form.ts";
import { settings } from "../settings-schema.ts";
import { ENDPOINT_SETTINGS, endpointOf, networkReason } from "./endpoint-settings.ts";
import { postJson } from "./post-json.ts";
import { signWebhook } from "./webhook-signature.ts";

export interface WebhookDependencies {
  /** Epoch milliseconds: signatures carry the time. */
  readonly now: () => number;
}

const RETRIED_STATUSES = new Set([408, 421, 423, 425, 429]);

export const WEBHOOK_SETTINGS = settings({
  ...ENDPOINT_SETTINGS.entries,
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
    const { url, secret, authorities, timeoutMilliseconds } = endpointOf(settings);
    return {
      deliver: async (notification, signal) => {
        signal.throwIfAborted();
        const timeout = AbortSignal.timeout(timeoutMilliseconds);
        const body = inForm(notification.body, settings.form);
        const id = notification.notificationId;
        const headers = {
          ...signWebhook({ id, body }, secret, Math.floor(now() / 1_000)),
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
