/** A host, and where its traffic comes from. `groups` are the target groups or load balancers that the deployment group names. */
export interface RoutedHost {
  readonly hostId: string;
  readonly hostName: string;
  /** An address by which balancers may know the host; null when none is known. */
  readonly address: string | null;
  /** Target group or load balancer names; the driver maps each to what it calls it. Never empty. */
  readonly groups: readonly string[];
}

/**
 * How far a request has got. `done`: it is so in every balancer; `detail` says what a person should know of how (no health check was
 * there to wait for, sessions outlived the drain time). `pending`: under way (sessions drain, health checks run), ask again
 * with the same call; `detail` is for people, and `ifLeft` a sentence that says what becomes of the host's traffic when nobody asks again. `failed`: it will not come about by asking again; `reason` is the balancer's own.
 */
export type TrafficOutcome =
  | { readonly outcome: "done"; readonly detail?: string }
  | {
      readonly outcome: "pending";
      readonly retryAfterMilliseconds: number;
      readonly detail: string;
      readonly ifLeft?: string;
      /** When the driver ends this wait by itself, epoch milliseconds; absent: the caller alone does. */
      readonly until?: number;
    }
  | { readonly outcome: "failed"; readonly reason: string };

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
  block(host: RoutedHost, signal: AbortSignal): Promise<TrafficOutcome>;
  /** Bring the host in: done only when the balancer's health check says that it serves. */
  allow(host: RoutedHost, signal: AbortSignal): Promise<TrafficOutcome>;
  /** For preflight and messages; changes nothing. One entry a group. */
  observe(host: RoutedHost, signal: AbortSignal): Promise<readonly HostTraffic[]>;
}
