import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";
import { verifyWebhook, type WebhookHeaders } from "@sluice/drivers/webhook/webhook-signature.ts";

export interface ReceivedHook {
  readonly event: string;
  readonly deploymentId: string;
  readonly executionId: string;
  readonly isGenuine: boolean;
}

/** Somebody who is asked by hooks, and answers by the call that Lambda functions make. */
export interface HookEndpoint {
  readonly url: string;
  readonly secret: string;
  readonly caFile: string;
  readonly received: readonly ReceivedHook[];
  /** What every hook is answered from now on; null: nothing. */
  answer: "Succeeded" | "Failed" | null;
  /** Answers a hook that came before. */
  say(hook: ReceivedHook, status: "Succeeded" | "Failed"): Promise<void>;
  /** Who is answered; nobody before it is set. */
  codeDeploy: CodeDeployClient | undefined;
  close(): Promise<void>;
}

/** @param directory where it keeps its certificate */
export async function startHookEndpoint(directory: string): Promise<HookEndpoint> {
  const secret = "a-secret-of-the-hooks";
  const caFile = join(directory, "hook-certificate.pem");
  const keyFile = join(directory, "hook-key.pem");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", [...request.split(" "), ...names, "-keyout", keyFile, "-out", caFile], { stdio: "ignore" });
  const received: ReceivedHook[] = [];
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(caFile) }, async (asked, response) => {
    let body = "";
    for await (const chunk of asked) body += chunk;
    response.writeHead(202).end();
    const { DeploymentId, LifecycleEventHookExecutionId } = JSON.parse(body);
    const hook = {
      event: String(asked.headers["sluice-lifecycle-event"]),
      deploymentId: DeploymentId,
      executionId: LifecycleEventHookExecutionId,
      isGenuine: verifyWebhook(
        asked.headers as unknown as WebhookHeaders,
        body,
        secret,
        Math.floor(Date.now() / 1_000),
      ),
    };
    received.push(hook);
    if (endpoint.answer !== null) await endpoint.say(hook, endpoint.answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint: HookEndpoint = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/hooks`,
    secret,
    caFile,
    received,
    answer: "Succeeded",
    codeDeploy: undefined,
    async say({ deploymentId, executionId }, status) {
      await endpoint.codeDeploy?.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId,
          lifecycleEventHookExecutionId: executionId,
          status,
        }),
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}
