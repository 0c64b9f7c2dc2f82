import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HaproxyBalancerSettings } from "@sluice/drivers/haproxy-balancer/balancer-settings.ts";
import { haproxyBalancer, type RunBalancer } from "@sluice/drivers/haproxy-balancer/haproxy-balancer.ts";
import type {
  BalancerHealthCheck,
  BalancerPlan,
  GroupPlan,
  ListenerPlan,
  ServerPlan,
} from "@sluice/engine/ports/balancer.ts";
import { until } from "./until-wanted.fixture.ts";
import type { WebHost } from "./web-host.fixture.ts";

export const CHECK: BalancerHealthCheck = {
  protocol: "http",
  path: "/health",
  matcher: "200-299",
  port: null,
  intervalSeconds: 1,
  timeoutSeconds: 5,
  healthyCount: 2,
  unhealthyCount: 2,
};
const never = new AbortController().signal;

/** A balancer of the test's own, in a folder that goes with it. */
export class TestBalancer {
  readonly directory = mkdtempSync(join(tmpdir(), "sluice-hb-"));
  readonly #settings: HaproxyBalancerSettings;
  balancer: RunBalancer;

  constructor(settings: HaproxyBalancerSettings = {}) {
    this.#settings = settings;
    this.balancer = this.#create();
  }

  #create(): RunBalancer {
    return haproxyBalancer.create(this.#settings, { directory: this.directory, now: Date.now });
  }

  apply(plan: BalancerPlan) {
    return this.balancer.apply(plan, never);
  }

  observe() {
    return this.balancer.observe(never);
  }

  untilHealthy(count: number) {
    return until(
      () => this.observe(),
      ({ servers }) => servers.filter(({ health }) => health === "healthy").length === count,
    );
  }

  /** As a restart of Sluice does it. */
  async reopen(): Promise<void> {
    await this.balancer.close();
    this.balancer = this.#create();
  }

  async stop(): Promise<void> {
    await this.balancer.shutdown();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function serverAt({ name, port }: WebHost, isDraining = false): ServerPlan {
  return { serverId: name, address: "127.0.0.1", port, isDraining };
}

export function groupOf(groupId: string, servers: readonly ServerPlan[], values: Partial<GroupPlan> = {}): GroupPlan {
  return { groupId, name: groupId, protocol: "http", healthCheck: CHECK, servers, ...values };
}

/** Weights by group. */
export function listenerAt(
  port: number,
  weights: Readonly<Record<string, number>>,
  values: Partial<ListenerPlan> = {},
): ListenerPlan {
  const groups = Object.entries(weights).map(([groupId, weight]) => ({ groupId, weight }));
  return {
    listenerId: `listener-${port}`,
    protocol: "http",
    port,
    certificate: null,
    rules: [],
    defaultAction: { kind: "forward", groups },
    ...values,
  };
}
