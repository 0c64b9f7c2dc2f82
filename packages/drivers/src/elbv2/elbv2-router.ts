import type { TargetDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { joinBalancers } from "@sluice/engine/ports/join-balancers.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import * as v from "valibot";
import { AwsCallError } from "../aws/aws-call-error.ts";
import { awsCaller } from "../aws/aws-caller.ts";
import { AWS_CLIENT_SETTINGS } from "../aws/aws-client-settings.ts";
import type { Driver } from "../driver.ts";
import { numberWithin, settings, text } from "../settings-schema.ts";
import { Elbv2TargetGroups, isGroupNotFound } from "./elbv2-target-groups.ts";
import { type KnownTargetGroup, type TargetSettings, targetOf } from "./target-group.ts";
import { describeHealth, hostTrafficState, targetStateOf } from "./target-state.ts";

/** AWS counts these calls for the whole account, and health changes in steps of seconds. */
const ASK_AGAIN_MILLISECONDS = 2_000;

const ELBV2_SETTINGS = settings({
  ...AWS_CLIENT_SETTINGS.entries,
  targetPort: v.optional(
    numberWithin(1, MAX_PORT, "the port that hosts are registered on, where it is not the target group's own"),
  ),
  availabilityZone: v.optional(
    text("the zone that addresses are registered with: all, for those outside the balancer's VPC"),
  ),
});

export type Elbv2Settings = v.InferOutput<typeof ELBV2_SETTINGS>;

/** Target groups of AWS's application and network load balancers. A host is blocked when it is not a target any more. */
export const elbv2Router: Driver<"traffic-router", Elbv2Settings, object, TrafficRouter> = {
  port: "traffic-router",
  name: "elbv2",
  configSchema: ELBV2_SETTINGS,
  create: (settings) => {
    const call = awsCaller(settings, "elasticloadbalancing", async (config) =>
      (await import("./elbv2-client.ts")).openElbv2(config),
    );
    return new Elbv2Router(new Elbv2TargetGroups(call), settings);
  },
};

class Elbv2Router implements TrafficRouter {
  readonly #groups: Elbv2TargetGroups;
  readonly #settings: TargetSettings;

  constructor(groups: Elbv2TargetGroups, settings: TargetSettings) {
    this.#groups = groups;
    this.#settings = settings;
  }

  async block(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    signal.throwIfAborted();
    const block = (group: KnownTargetGroup, target: TargetDescription) => this.#block(group, target, signal);
    return joinBalancers(await Promise.all(host.groups.map((name) => this.#change(name, host, block, signal))));
  }

  async allow(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    signal.throwIfAborted();
    const allow = (group: KnownTargetGroup, target: TargetDescription) => this.#allow(group, target, signal);
    return joinBalancers(await Promise.all(host.groups.map((name) => this.#change(name, host, allow, signal))));
  }

  async observe(host: RoutedHost, signal: AbortSignal): Promise<readonly HostTraffic[]> {
    signal.throwIfAborted();
    return Promise.all(host.groups.map((name) => this.#observe(name, host, signal)));
  }

  async #block(group: KnownTargetGroup, target: TargetDescription, signal: AbortSignal): Promise<PortOutcome> {
    let health = await this.#groups.health(group, target, signal);
    const state = targetStateOf(health);
    if (state !== "absent" && state !== "draining") {
      await this.#groups.deregister(group, target, signal);
      health = await this.#groups.health(group, target, signal);
    }
    if (targetStateOf(health) === "absent") return this.#lookOnOtherPorts(group, target, signal);
    return pending(describeHealth(health), DEREGISTERED);
  }

  /**
   * Asked for a host on the wrong port, the balancer says that it is not registered, while traffic goes on. Nor is it for us to
   * deregister it there: allow would not know to register it there again.
   */
  async #lookOnOtherPorts(
    group: KnownTargetGroup,
    { Id, Port }: TargetDescription,
    signal: AbortSignal,
  ): Promise<PortOutcome> {
    const listed = (await this.#groups.allTargets(group, signal))
      .filter(({ Target }) => Target?.Id === Id)
      .map(({ Target, TargetHealth }) => ({ port: Target?.Port, state: targetStateOf(TargetHealth) }))
      .filter(({ state }) => state !== "absent");
    if (listed.length === 0) return { outcome: "done" };
    const other = listed.find(({ port, state }) => port !== Port && state !== "draining");
    if (other === undefined) return pending("draining", DEREGISTERED);
    const reason = `${Id} is registered on port ${other.port}, and not on ${Port}: set targetPort: ${other.port} in the binding`;
    return { outcome: "failed", reason };
  }

  async #allow(group: KnownTargetGroup, target: TargetDescription, signal: AbortSignal): Promise<PortOutcome> {
    let health = await this.#groups.health(group, target, signal);
    const before = targetStateOf(health);
    if (before === "absent" || before === "draining") {
      await this.#groups.register(group, target, signal);
      health = await this.#groups.health(group, target, signal);
    }
    switch (targetStateOf(health)) {
      case "serving":
        return { outcome: "done" };
      case "unserved":
        return { outcome: "failed", reason: describeHealth(health) };
      // An unhealthy target is checked again and again: how long that may last is the caller's to decide.
      default:
        return pending(describeHealth(health), REGISTERED);
    }
  }

  async #change(
    name: string,
    host: RoutedHost,
    act: (group: KnownTargetGroup, target: TargetDescription) => Promise<PortOutcome>,
    signal: AbortSignal,
  ): Promise<PortOutcome> {
    try {
      const outcome = await this.#withGroup(name, signal, async (group): Promise<PortOutcome> => {
        const found = targetOf(host, group, this.#settings);
        return "problem" in found ? { outcome: "failed", reason: found.problem } : act(group, found.target);
      });
      return inGroup(name, outcome);
    } catch (error) {
      if (error instanceof AwsCallError && error.isRefusal)
        return inGroup(name, { outcome: "failed", reason: error.message });
      throw error;
    }
  }

  async #observe(name: string, host: RoutedHost, signal: AbortSignal): Promise<HostTraffic> {
    try {
      return await this.#withGroup(name, signal, async (group): Promise<HostTraffic> => {
        const found = targetOf(host, group, this.#settings);
        if ("problem" in found) return { group: name, state: "unknown", detail: found.problem };
        const health = await this.#groups.health(group, found.target, signal);
        return { group: name, state: hostTrafficState(targetStateOf(health)), detail: describeHealth(health) };
      });
    } catch (error) {
      if (error instanceof AwsCallError && error.isRefusal)
        return { group: name, state: "unknown", detail: error.message };
      throw error;
    }
  }

  /** A group that was deleted and made again under its name has another ARN: it is then looked up once more. */
  async #withGroup<T>(name: string, signal: AbortSignal, act: (group: KnownTargetGroup) => Promise<T>): Promise<T> {
    try {
      return await act(await this.#groups.find(name, signal));
    } catch (error) {
      if (!isGroupNotFound(error) || !this.#groups.forget(name)) throw error;
      return act(await this.#groups.find(name, signal));
    }
  }
}

const DEREGISTERED = "The target stays deregistered, and its open connections end with the deregistration delay.";
const REGISTERED = "The target stays registered, and gets requests as soon as its health check passes.";

function pending(detail: string, ifLeft: string): PortOutcome {
  return { outcome: "pending", retryAfterMilliseconds: ASK_AGAIN_MILLISECONDS, detail, ifLeft };
}

function inGroup(name: string, outcome: PortOutcome): PortOutcome {
  switch (outcome.outcome) {
    case "done":
      return outcome;
    case "pending":
      return { ...outcome, detail: `target group ${name}: ${outcome.detail}` };
    case "failed":
      return { ...outcome, reason: `target group ${name}: ${outcome.reason}` };
    default: {
      const never: never = outcome;
      return never;
    }
  }
}
