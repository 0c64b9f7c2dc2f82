import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook, type WebhookHeaders } from "@sluice/drivers/webhook/webhook-signature.ts";

export interface ReceivedWebhook {
  readonly id: string;
  readonly eventType: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The signature holds, with the receiver's secret and clock. */
  readonly isGenuine: boolean;
}

/** Somebody who is told of deployments, on a free loopback port. */
export interface WebhookReceiver {
  readonly url: string;
  /** All that arrived, those that were not taken too. */
  readonly arrived: readonly ReceivedWebhook[];
  /** Those that were answered with 2xx. */
  readonly taken: readonly ReceivedWebhook[];
  /** The answer's status for each that arrives. */
  answer: (webhook: ReceivedWebhook) => number;
  close(): Promise<void>;
}

export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const arrived: ReceivedWebhook[] = [];
  const taken: ReceivedWebhook[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const headers = request.headers as unknown as WebhookHeaders;
    const webhook = {
      id: headers["webhook-id"],
      eventType: String(request.headers["sluice-event-type"]),
      body: JSON.parse(text) as Record<string, unknown>,
      isGenuine: verifyWebhook(headers, text, secret, Math.floor(Date.now() / 1_000)),
    };
    arrived.push(webhook);
    const status = receiver.answer(webhook);
    if (status < 300) taken.push(webhook);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/deployments`,
    arrived,
    taken,
    answer: () => 204,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
