import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hookInvokerContract } from "../contracts/hook-invoker-contract.fixture.ts";
import { verifyWebhook, type WebhookHeaders } from "../webhook/webhook-signature.ts";
import { httpsHookInvoker } from "./https-hook-invoker.ts";

const SECRET = "a-secret-for-the-tests";
const NOW = 1_700_000_000;
const INVOCATION: HookInvocation = {
  hook: "check wéb",
  deploymentId: "d-FIRST1111",
  executionId: "AfterInstall/1/shop:web",
  event: "AfterInstall",
};
const never = new AbortController().signal;

interface Asked {
  readonly path: string;
  readonly headers: WebhookHeaders & Record<string, string>;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** An endpoint on TLS, whose certificate its own file vouches for. */
class Endpoint {
  readonly asked: Asked[] = [];
  reply: Reply | "hang" = { status: 202 };
  readonly #server: Server;
  readonly #caFile: string;

  constructor(directory: string) {
    this.#caFile = join(directory, "certificate.pem");
    const tls = { key: readFileSync(join(directory, "key.pem")), cert: readFileSync(this.#caFile) };
    this.#server = createServer(tls, async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const headers = request.headers as unknown as Asked["headers"];
      this.asked.push({ path: request.url ?? "", headers, body });
      if (this.reply === "hang") return;
      response.writeHead(this.reply.status, this.reply.headers);
      response.end(this.reply.body);
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get origin(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  invoker({ isTrusted = true, timeoutSeconds = 10 } = {}) {
    const settings = { url: `${this.origin}/hooks?token=hidden-t0ken`, secret: SECRET, timeoutSeconds };
    return httpsHookInvoker.create(isTrusted ? { ...settings, caFile: this.#caFile } : settings, {
      now: () => NOW * 1_000,
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-hook-"));
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "certificate.pem")];
  execFileSync("openssl", [...request.split(" "), ...names, ...files], { stdio: "ignore" });
});
afterAll(() => rmSync(directory, { recursive: true }));

hookInvokerContract("https", async () => {
  const endpoint = await new Endpoint(directory).open();
  return {
    invoker: endpoint.invoker(),
    hook: "validate",
    nobody: null,
    told: () => {
      const bodies = [...new Set(endpoint.asked.map(({ body }) => body))].map((body) => JSON.parse(body));
      return bodies.map((body) => ({
        deploymentId: body.DeploymentId,
        executionId: body.LifecycleEventHookExecutionId,
      }));
    },
    end: () => {},
    close: () => endpoint.close(),
  };
});

describe("an https hook", () => {
  let endpoint: Endpoint;
  beforeEach(async () => {
    endpoint = await new Endpoint(directory).open();
  });
  afterEach(() => endpoint.close());

  it("gets the documented payload, signed, at the binding's address", async () => {
    expect(await endpoint.invoker().invoke(INVOCATION, never)).toEqual({ outcome: "done" });
    const [asked] = endpoint.asked;
    expect(asked?.path).toBe("/hooks?token=hidden-t0ken");
    expect(asked?.body).toBe(
      '{"DeploymentId":"d-FIRST1111","LifecycleEventHookExecutionId":"AfterInstall/1/shop:web"}',
    );
    expect(verifyWebhook(asked?.headers as WebhookHeaders, asked?.body ?? "", SECRET, NOW)).toBe(true);
    expect(asked?.headers).toMatchObject({
      "content-type": "application/json",
      "sluice-hook": "check%20w%C3%A9b",
      "sluice-lifecycle-event": "AfterInstall",
    });
  });

  it("has the same message id for the same run, and another for another", async () => {
    const invoker = endpoint.invoker();
    for (const deploymentId of ["d-FIRST1111", "d-FIRST1111", "d-SECOND222"]) {
      await invoker.invoke({ ...INVOCATION, deploymentId }, never);
    }
    const [first, again, other] = endpoint.asked.map(({ headers }) => headers["webhook-id"]);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each([400, 401, 404, 429, 500, 503])("fails at once on %i, with the status and what was said", async (status) => {
    endpoint.reply = { status, body: "no such\u001b[31m check\r\n" };
    expect(await endpoint.invoker().invoke(INVOCATION, never)).toEqual({
      outcome: "failed",
      reason: `${endpoint.origin} answered ${status}: no such\\x1b[31m check`,
    });
    expect(endpoint.asked).toHaveLength(1);
  });

  it("shows neither the address' path, nor the secret, nor much of a long answer", async () => {
    const [path] = ["/hooks?token=hidden-t0ken"];
    endpoint.reply = { status: 500, body: `${path} ${SECRET} hidden: ${"x".repeat(1_000_000)}` };
    const outcome = await endpoint.invoker().invoke(INVOCATION, never);
    const reason = outcome.outcome === "failed" ? outcome.reason : "";
    expect(reason).toContain("*** *** hidden: xxx");
    expect(reason).not.toMatch(/t0ken|a-secret/);
    expect(reason.length).toBeLessThan(500);
  });

  it("follows no redirect, and names the host alone that it points to", async () => {
    endpoint.reply = { status: 307, headers: { location: "https://elsewhere.example/secret-path" } };
    const outcome = await endpoint.invoker().invoke(INVOCATION, never);
    expect(outcome).toMatchObject({ outcome: "failed", reason: expect.stringContaining("https://elsewhere.example") });
    expect(JSON.stringify(outcome)).not.toContain("secret-path");
    expect(endpoint.asked).toHaveLength(1);
  });

  it("is not sent to a server whose certificate nobody vouches for, and says how to trust it", async () => {
    const outcome = await endpoint.invoker({ isTrusted: false }).invoke(INVOCATION, never);
    expect(outcome).toMatchObject({ outcome: "failed", reason: expect.stringContaining("caFile") });
    expect(endpoint.asked).toHaveLength(0);
  });

  it("is tried some times where nobody answers, and then fails with the reason", async () => {
    const { origin } = endpoint;
    const invoker = endpoint.invoker();
    await endpoint.close();
    expect(await invoker.invoke(INVOCATION, never)).toEqual({
      outcome: "failed",
      reason: `${origin} was not reached: ECONNREFUSED`,
    });
    endpoint = await new Endpoint(directory).open();
    endpoint.reply = "hang";
    expect(await endpoint.invoker({ timeoutSeconds: 1 }).invoke(INVOCATION, never)).toEqual({
      outcome: "failed",
      reason: `${endpoint.origin} was not reached: no answer within 1000 ms`,
    });
    const ids = endpoint.asked.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  }, 30_000);

  it("says nothing of what becomes of it", async () => {
    expect(await endpoint.invoker().observe(INVOCATION, never)).toMatchObject({ state: "unknown" });
  });
});
