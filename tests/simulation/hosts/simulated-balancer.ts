import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Random } from "../random.ts";
import type { SimulatedTime } from "../simulated-time.ts";
import { Unreachable } from "../unreachable.ts";
import type { HostFaultRates } from "./host-scenario.ts";

const RETRY_MILLISECONDS = 200;
const MAX_DRAIN_MILLISECONDS = 2_000;
const MAX_HEALTH_CHECK_MILLISECONDS = 3_000;
/** All hosts of a fleet, one after another, within the time that one attempt may take. */
const MAX_SLOW_MILLISECONDS = 4_000;

export type Traffic = "serving" | "draining" | "blocked";

/** One host in one balancer. `settlesAt`: when its sessions have ended, or its health check has passed. */
interface Server {
  traffic: Traffic;
  wish: "in" | "out";
  settlesAt: number;
}

export interface BalancerParts {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly faults: () => HostFaultRates;
  readonly onFault: (fault: string) => void;
  /** Before anything is done. */
  readonly onWish: (wish: "in" | "out", group: string, hostId: string) => void;
  readonly onChange: (group: string, hostId: string, traffic: Traffic) => void;
}

/** The load balancers in front of the groups, one each: whom they send traffic to is the truth that the watcher knows. */
export class SimulatedBalancer implements TrafficRouter {
  readonly #parts: BalancerParts;
  readonly #servers = new Map<string, Server>();

  constructor(parts: BalancerParts) {
    this.#parts = parts;
  }

  furnish(group: string, hostId: string, traffic: "serving" | "blocked"): void {
    this.#servers.set(`${group}/${hostId}`, { traffic, wish: traffic === "serving" ? "in" : "out", settlesAt: 0 });
  }

  trafficOf(group: string, hostId: string): Traffic | undefined {
    return this.#servers.get(`${group}/${hostId}`)?.traffic;
  }

  block(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#ask(host, "out", signal);
  }

  allow(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#ask(host, "in", signal);
  }

  async observe({ hostId, groups }: RoutedHost): Promise<readonly HostTraffic[]> {
    await this.#reach();
    return groups.map((group) => ({ group, state: this.trafficOf(group, hostId) ?? "unknown", detail: "" }));
  }

  async #ask({ hostId, groups }: RoutedHost, wish: "in" | "out", signal: AbortSignal): Promise<PortOutcome> {
    const { random, faults, onFault } = this.#parts;
    await this.#reach();
    if (random.chance(faults().balancerRefuses)) {
      onFault("balancerRefuses");
      return { outcome: "failed", reason: "no" };
    }
    const isSlow = random.chance(faults().balancerSlow);
    if (isSlow) onFault("balancerSlow");
    // The call takes its time before it is heeded, or its answer does.
    const before = random.chance(0.5);
    const takeTime = () => this.#parts.time.sleep(random.integer(100, MAX_SLOW_MILLISECONDS));
    if (isSlow && before) await takeTime();
    signal.throwIfAborted();
    const isDone = groups.map((group) => this.#bringAbout(group, hostId, wish)).every(Boolean);
    if (isSlow && !before) await takeTime();
    return isDone
      ? { outcome: "done" }
      : { outcome: "pending", retryAfterMilliseconds: RETRY_MILLISECONDS, detail: "not yet" };
  }

  async #reach(): Promise<void> {
    const { random, faults, onFault } = this.#parts;
    if (!random.chance(faults().balancerUnreachable)) return;
    onFault("balancerUnreachable");
    throw new Unreachable("the load balancer does not answer");
  }

  #bringAbout(group: string, hostId: string, wish: "in" | "out"): boolean {
    const { time, random, onWish, onChange } = this.#parts;
    const server = this.#servers.get(`${group}/${hostId}`);
    if (!server) return false;
    onWish(wish, group, hostId);
    if (server.wish !== wish) {
      server.wish = wish;
      const most = wish === "out" ? MAX_DRAIN_MILLISECONDS : MAX_HEALTH_CHECK_MILLISECONDS;
      server.settlesAt = time.now() + (random.chance(0.5) ? 0 : random.integer(1, most));
      if (wish === "out" && server.traffic === "serving") server.traffic = "draining";
    }
    if (time.now() < server.settlesAt) return false;
    const traffic = wish === "in" ? "serving" : "blocked";
    if (server.traffic !== traffic) {
      server.traffic = traffic;
      onChange(group, hostId, traffic);
    }
    return true;
  }
}
