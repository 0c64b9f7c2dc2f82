import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HaproxyProcess, whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { WebHost } from "../haproxy/web-host.fixture.ts";

/** The target group of the blue/green group, and HAProxy's backend of that name. */
export const BILLING_BACKEND = "billing-web";
export const ALARMS = {
  quiet: "CheckoutErrorRate",
  firing: "BillingQueueAge",
  unreadable: "NobodyKnowsThisOne",
} as const;

/** What the stage's server speaks to: something that answers like Prometheus, a receiver of triggers, and a HAProxy where there is one. */
export interface Surroundings {
  /** The bindings of its sluice.yml. */
  readonly bindings: readonly object[];
  readonly hasBalancer: boolean;
  /** From now on the alarm fires, or not. */
  setAlarm(name: string, isFiring: boolean): void;
}

export async function startSurroundings(
  undo: AsyncDisposableStack,
  balanced: readonly string[],
): Promise<Surroundings> {
  const firing = new Map<string, string>();
  const monitoring = await listen(undo, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(rulesAnswer([ALARMS.quiet, ALARMS.firing], firing)));
  });
  const receiver = await listen(undo, (request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  const haproxy = whyNoHaproxy() === null ? await startBalancer(undo, balanced) : undefined;
  const functions = { isolation: "none", roles: { checks: ["lambda:InvokeFunction"] } };
  return {
    bindings: [
      { match: "*", port: "alarm-reader", driver: "prometheus", settings: { url: monitoring } },
      {
        match: "releases",
        port: "notifier",
        driver: "webhook",
        settings: { url: `${receiver}/hooks/deployments`, secret: "the stage's own secret of a webhook" },
      },
      { match: "*", port: "function-alias", driver: "functions", settings: functions },
      { match: "*", port: "hook-invoker", driver: "functions" },
      ...(haproxy === undefined
        ? []
        : [
            {
              match: BILLING_BACKEND,
              port: "traffic-router",
              driver: "haproxy",
              settings: { sockets: haproxy.socket, drainSeconds: 5 },
            },
          ]),
    ],
    hasBalancer: haproxy !== undefined,
    setAlarm(name, isFiring) {
      if (isFiring) firing.set(name, new Date().toISOString());
      else firing.delete(name);
    },
  };
}

/** `/api/v1/rules` of a Prometheus. */
function rulesAnswer(names: readonly string[], firing: ReadonlyMap<string, string>): object {
  const rules = names.map((name) => {
    const activeAt = firing.get(name);
    const alerts = activeAt === undefined ? [] : [{ state: "firing", activeAt, labels: {}, annotations: {} }];
    return {
      type: "alerting",
      name,
      health: "ok",
      duration: 0,
      alerts,
      state: alerts.length > 0 ? "firing" : "inactive",
    };
  });
  return { status: "success", data: { groups: [{ name: "shop", rules }] } };
}

async function startBalancer(undo: AsyncDisposableStack, names: readonly string[]): Promise<HaproxyProcess> {
  const host = new WebHost("billing");
  await host.start();
  undo.defer(() => host.stop());
  const haproxy = await HaproxyProcess.start({
    backends: { [BILLING_BACKEND]: names.map((name) => ({ name, port: host.port, options: "check inter 1s rise 1" })) },
  });
  undo.defer(() => haproxy.stop());
  return haproxy;
}

/** A loopback service of the stage's own. @returns its URL */
async function listen(
  undo: AsyncDisposableStack,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
