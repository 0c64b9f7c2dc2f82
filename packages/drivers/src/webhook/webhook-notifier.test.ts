import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Notification } from "@sluice/engine/ports/notifier.ts";
import * as v from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AnsweringServer, startAnsweringServer } from "../aws/answering-server.fixture.ts";
import { WEBHOOK_SETTINGS, type WebhookSettings, webhookNotifier } from "./webhook-notifier.ts";
import { signWebhook, verifyWebhook, type WebhookHeaders } from "./webhook-signature.ts";

const SECRET = "a-secret-that-nobody-else-knows";
const NOW = 1_793_491_200;
const never = new AbortController().signal;
const notification: Notification = {
  notificationId: "n-1",
  eventType: "InstanceFailure",
  triggerName: "chat",
  target: "arn:aws:sns:eu-central-1:111122223333:chat",
  subject: "s",
  body: '{"instanceStatus":"Failed"}',
};

describe("a webhook", () => {
  let receiver: AnsweringServer;
  beforeEach(async () => {
    receiver = await startAnsweringServer();
    receiver.answer = () => ({ status: 200, body: "ok" });
  });
  afterEach(() => receiver.close());
  const deliver = (more: Partial<WebhookSettings> = {}) =>
    webhookNotifier
      .create({ url: `${receiver.url}/hook?token=t0p`, secret: SECRET, ...more }, { now: () => NOW * 1_000 })
      .deliver(notification, never);

  it("carries a signature that its receiver can verify", async () => {
    await deliver();
    const [question] = receiver.questions;
    expect(question).toMatchObject({ method: "POST", path: "/hook?token=t0p", body: notification.body });
    expect(question?.headers).toMatchObject({
      "content-type": "application/json",
      "sluice-event-type": "InstanceFailure",
    });
    const headers = question?.headers as unknown as WebhookHeaders;
    expect(verifyWebhook(headers, question?.body ?? "", SECRET, NOW)).toBe(true);
    expect(verifyWebhook(headers, `${question?.body} `, SECRET, NOW)).toBe(false);
  });

  it("follows no redirect, and names the host alone that it points to", async () => {
    receiver.answer = () => ({ status: 307, headers: { location: "https://elsewhere.example/secret-path" }, body: "" });
    const outcome = await deliver();
    expect(outcome).toMatchObject({ outcome: "refused", reason: expect.stringContaining("https://elsewhere.example") });
    expect(JSON.stringify(outcome)).not.toContain("secret-path");
    expect(receiver.questions).toHaveLength(1);
  });

  it.each([408, 425, 429, 500, 503])("is tried again after %i", async (status) => {
    receiver.answer = () => ({ status, body: "" });
    expect(await deliver()).toMatchObject({ outcome: "retry" });
  });

  it.each([400, 401, 403, 404, 410, 422])("is refused with %i", async (status) => {
    receiver.answer = () => ({ status, body: "" });
    expect(await deliver()).toMatchObject({ outcome: "refused" });
  });

  it("waits no longer than it was told", async () => {
    receiver.answer = () => "hang";
    expect(await deliver({ timeoutSeconds: 1 })).toEqual({
      outcome: "retry",
      reason: `${receiver.url} was not reached: no answer within 1000 ms`,
    });
  });
});

describe("a webhook over TLS", () => {
  let directory: string;
  let close: () => void;
  let url: string;
  let received = 0;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-webhook-"));
    const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
      ].concat(["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]),
      { stdio: "ignore" },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
      received += 1;
      request.resume();
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    close = () => server.close();
  });
  afterAll(() => {
    close();
    rmSync(directory, { recursive: true });
  });
  const deliver = (more: Partial<WebhookSettings>) =>
    webhookNotifier.create({ url, secret: SECRET, ...more }, { now: () => NOW * 1_000 }).deliver(notification, never);

  it("is not sent to a server whose certificate nobody vouches for, and says how to trust it", async () => {
    expect(await deliver({})).toMatchObject({ outcome: "retry", reason: expect.stringContaining("caFile") });
    expect(received).toBe(0);
  });

  it("is sent to one that the binding's caFile vouches for", async () => {
    expect(await deliver({ caFile: join(directory, "certificate.pem") })).toEqual({ outcome: "delivered" });
    expect(received).toBe(1);
  });

  it("names a caFile that is not there", () => {
    const settings = { url, secret: SECRET, caFile: join(directory, "none.pem") };
    expect(() => webhookNotifier.create(settings, { now: Date.now })).toThrow(/is .*none\.pem, which does not exist/);
  });
});

describe("the settings of a webhook", () => {
  const check = (settings: object) => () =>
    v.parse(WEBHOOK_SETTINGS, {
      url: "https://chat.example/x",
      secret: SECRET,
      ...settings,
    });

  it.each([
    [{ url: "http://chat.example/hidden-token" }, /not https/],
    [{ url: "https://user:hidden-token@chat.example/" }, /user or a password/],
    [{ url: "hidden-token" }, /not a valid address/],
    [{ secret: "hidden-token" }, /too short/],
    [{ form: "json" }, /documented/],
  ])("are refused when they are %j, without what is secret", (settings, problem) => {
    expect(check(settings)).toThrow(problem);
    expect(check(settings)).not.toThrow(/hidden-token/);
  });

  it("may name a plain address on this machine", () => {
    expect(check({ url: "http://127.0.0.1:8080/hook" })).not.toThrow();
    expect(check({ url: "http://127.0.0.1.example.org/hook" })).toThrow();
  });
});

describe("a signature", () => {
  // The example of the Standard Webhooks specification's libraries.
  const sample = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' };
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  it("is what other implementations make of the same message", () => {
    expect(signWebhook(sample, secret, 1_614_265_330)).toEqual({
      "webhook-id": sample.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("stops being valid five minutes away, and never holds with another secret, id, time or version", () => {
    const headers = signWebhook(sample, secret, NOW);
    const verify = (change: Partial<WebhookHeaders>, at = NOW, key = secret) =>
      verifyWebhook({ ...headers, ...change }, sample.body, key, at);
    expect(verify({}, NOW + 300)).toBe(true);
    expect(verify({}, NOW + 301)).toBe(false);
    expect(verify({}, NOW - 301)).toBe(false);
    expect(verify({}, NOW, SECRET)).toBe(false);
    expect(verify({ "webhook-id": "other" })).toBe(false);
    expect(verify({ "webhook-timestamp": String(NOW + 1) })).toBe(false);
    expect(verify({ "webhook-timestamp": "soon" })).toBe(false);
    expect(verify({ "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,") })).toBe(false);
    expect(verify({ "webhook-signature": `v1,AAAA ${headers["webhook-signature"]}` })).toBe(true);
  });
});
