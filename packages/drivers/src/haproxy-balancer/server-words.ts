import { isIP } from "node:net";
import type { BalancerHealthCheck } from "@sluice/engine/ports/balancer.ts";
import type { LaidOutServer } from "./balancer-layout.ts";
import { UnsupportedPlan } from "./config-word.ts";

/** A server that is down is asked this often, or at its interval where that is shorter, so that a new one is seen soon after it can serve. */
const DOWN_INTERVAL_SECONDS = 1;
const SERVING_WEIGHT = 1;

export function weightOf({ isDraining }: Pick<LaidOutServer, "isDraining">): number {
  return isDraining ? 0 : SERVING_WEIGHT;
}

/** What follows the name of a server, without its weight: in the configuration and in `add server` alike, which knows no `default-server`. */
export function serverWords({ address, port, serverId }: LaidOutServer, check: BalancerHealthCheck | null): string {
  const family = isIP(address);
  if (family === 0 || address.includes("%")) {
    throw new UnsupportedPlan(`the server ${serverId} has the address ${JSON.stringify(address)}: use an IP address`);
  }
  const place = family === 6 ? `ipv6@[${address}]:${port}` : `${address}:${port}`;
  return [place, ...(check ? checkWords(check) : [])].join(" ");
}

/** The part of them that is the same for all servers of a group. */
export function checkWords({
  port,
  intervalSeconds,
  unhealthyCount,
  healthyCount,
}: BalancerHealthCheck): readonly string[] {
  return [
    "check",
    `inter ${intervalSeconds}s`,
    `downinter ${Math.min(intervalSeconds, DOWN_INTERVAL_SECONDS)}s`,
    `fall ${unhealthyCount}`,
    `rise ${healthyCount}`,
    ...(port === null ? [] : [`port ${port}`]),
  ];
}
