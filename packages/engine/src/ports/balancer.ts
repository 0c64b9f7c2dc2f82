import type { PortOutcome } from "./port-outcome.ts";

/** All that a balancer is to do: the whole wish, each time. Ids are ARNs, and mean nothing to the driver. */
export interface BalancerPlan {
  readonly listeners: readonly ListenerPlan[];
  readonly groups: readonly GroupPlan[];
}

export interface ListenerPlan {
  readonly listenerId: string;
  readonly protocol: "http" | "https" | "tcp";
  readonly port: number;
  /** Of https: a name under which the driver's settings have the certificate. */
  readonly certificate: string | null;
  /** The first that matches acts. */
  readonly rules: readonly RulePlan[];
  readonly defaultAction: ListenerAction;
}

export interface RulePlan {
  readonly ruleId: string;
  /** All must match; of one condition, any of its values. `*` and `?` are wildcards. */
  readonly conditions: readonly RuleCondition[];
  readonly action: ListenerAction;
}

export type RuleCondition =
  | { readonly field: "host-header" | "path-pattern"; readonly values: readonly string[] }
  | { readonly field: "http-header"; readonly name: string; readonly values: readonly string[] }
  | { readonly field: "http-request-method" | "source-ip"; readonly values: readonly string[] }
  | {
      readonly field: "query-string";
      readonly values: readonly { readonly key: string | null; readonly value: string }[];
    };

export type ListenerAction =
  | { readonly kind: "forward"; readonly groups: readonly { readonly groupId: string; readonly weight: number }[] }
  | { readonly kind: "fixed-response"; readonly status: number; readonly contentType: string; readonly body: string }
  | {
      readonly kind: "redirect";
      readonly status: 301 | 302;
      /** As ELBv2 has them, `#{host}` and its like included. */
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    };

export interface GroupPlan {
  readonly groupId: string;
  /** For people. */
  readonly name: string;
  readonly protocol: "http" | "tcp";
  readonly healthCheck: BalancerHealthCheck | null;
  readonly servers: readonly ServerPlan[];
  /** Of http: a header that its servers get with each request and health check, instead of whatever a client sends by its name. */
  readonly sentHeader?: SentHeader | undefined;
}

export interface SentHeader {
  /** A word of letters, digits and `-`. */
  readonly name: string;
  /** May be a secret: it is in no log and no message. */
  readonly value: string;
}

export interface BalancerHealthCheck {
  readonly protocol: "http" | "tcp";
  /** Of http. */
  readonly path: string;
  /** Status codes that are well: `200`, `200-299`, `200,302`. */
  readonly matcher: string;
  /** Null: the port that gets the traffic. */
  readonly port: number | null;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyCount: number;
  readonly unhealthyCount: number;
}

export interface ServerPlan {
  readonly serverId: string;
  readonly address: string;
  readonly port: number;
  /** It gets nothing new, and keeps what it has. */
  readonly isDraining: boolean;
}

/** What the balancer says of one server now. */
export interface ServerFacts {
  readonly groupId: string;
  readonly serverId: string;
  /** `initial`: not checked often enough yet. Without a health check a server is healthy. */
  readonly health: "initial" | "healthy" | "unhealthy";
  /** What its last health check was answered, in words. */
  readonly detail: string;
  /** Connections or requests in flight. */
  readonly sessions: number;
}

export interface BalancerFacts {
  readonly servers: readonly ServerFacts[];
  /** Why the balancer does not serve at all: its program is missing, it does not start. Empty: it serves. */
  readonly trouble: string;
  /**
   * What it does not serve as the plan says, while it serves all else, and why: by a listener's id, or a target group's. A port is taken, a
   * certificate cannot be read, the driver cannot do it. It is left out, or served as it was before; the reason says which.
   */
  readonly unserved: ReadonlyMap<string, string>;
  /** Requests (of tcp: connections) that were sent to each group since the balancer was started. */
  readonly requests: ReadonlyMap<string, number>;
}

/**
 * The port to a load balancer that is ours to run. A balancer that cannot be reached is a rejection, which the caller retries; an answer
 * that says no is a `failed`. It goes on serving when the caller is gone.
 */
export interface Balancer {
  /**
   * Done when it is in force: new requests go by these weights. Connections that are open are not cut by a change of weights or servers.
   * Failed with nothing changed for a plan that has a {@link balancerPlanTrouble}; failed with all else in force where single listeners or
   * target groups cannot be served as it says ({@link BalancerFacts.unserved}).
   */
  apply(plan: BalancerPlan, signal: AbortSignal): Promise<PortOutcome>;
  observe(signal: AbortSignal): Promise<BalancerFacts>;
  /** Calls `onChange` soon after a server's health changed; returns when the signal ends. Never rejects. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
}
