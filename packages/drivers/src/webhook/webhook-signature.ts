import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` (epoch seconds) and `webhook-signature`, which is `v1,` and the
 * base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`. Receivers find libraries for it in most languages.
 */
export interface WebhookHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** A message that is older or newer than this is refused by {@link verifyWebhook}: it may be one that somebody kept and sends again. */
export const MAX_WEBHOOK_AGE_SECONDS = 300;

const ENCODED_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

export function signWebhook(message: { id: string; body: string }, secret: string, atSeconds: number): WebhookHeaders {
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(atSeconds),
    "webhook-signature": `v1,${signature(message.id, String(atSeconds), message.body, secret).toString("base64")}`,
  };
}

/** What a receiver does: true when the body is as it was signed, with this secret, not long ago. */
export function verifyWebhook(headers: WebhookHeaders, body: string, secret: string, nowSeconds: number): boolean {
  const timestamp = headers["webhook-timestamp"];
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowSeconds - Number(timestamp)) > MAX_WEBHOOK_AGE_SECONDS) return false;
  const expected = signature(headers["webhook-id"], timestamp, body, secret);
  // A sender that changes its secret may sign with both for a while.
  return headers["webhook-signature"].split(" ").some((candidate) => {
    const [version, text = ""] = candidate.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function signature(id: string, timestamp: string, body: string, secret: string): Buffer {
  return createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest();
}

/** `whsec_` and base64 stands for the bytes that it encodes, any other text for itself. */
function keyOf(secret: string): Buffer {
  const encoded = ENCODED_SECRET.exec(secret)?.[1];
  return encoded === undefined ? Buffer.from(secret, "utf8") : Buffer.from(encoded, "base64");
}
