import type { PortOutcome } from "./port-outcome.ts";

/** A host, and where its traffic comes from. `groups` are the target groups or load balancers that the deployment group names. */
export interface RoutedHost {
  readonly hostId: string;
  readonly hostName: string;
  /** An address by which balancers may know the host; null when none is known. */
  readonly address: string | null;
  /** Target group or load balancer names; the driver maps each to what it calls it. Never empty. */
  readonly groups: readonly string[];
}

/** What a balancer says of a host now. */
export interface HostTraffic {
  readonly group: string;
  /** `unknown`: the balancer does not know the group or the host. */
  readonly state: "serving" | "draining" | "blocked" | "unhealthy" | "unknown";
  /** The balancer's reason or a number of sessions, in words. */
  readonly detail: string;
}

/**
 * The port to load balancers. Every method may be called again at any time with the same arguments: the wish is the state, so
 * repeating it changes nothing. Only hosts that are named are ever touched. A balancer that cannot be reached is a rejection, which
 * the caller retries; an answer that says no is a `failed`.
 */
export interface TrafficRouter {
  /** Take the host out: no new connections, and done only when those in flight have ended or the drain time has passed. */
  block(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome>;
  /** Bring the host in: done only when the balancer's health check says that it serves. */
  allow(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome>;
  /** For preflight and messages; changes nothing. One entry a group. */
  observe(host: RoutedHost, signal: AbortSignal): Promise<readonly HostTraffic[]>;
}
