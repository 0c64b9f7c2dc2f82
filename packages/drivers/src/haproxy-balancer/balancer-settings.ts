import { isIP } from "node:net";
import * as v from "valibot";
import { settings, text } from "../settings-schema.ts";

/** Nobody but this machine reaches it there. */
export const DEFAULT_ADDRESS = "127.0.0.1";

export const HAPROXY_BALANCER_SETTINGS = settings({
  /** {@link DEFAULT_ADDRESS} when absent. */
  address: v.optional(
    text("where the listeners listen: an IP address of this machine, 0.0.0.0 or :: for all", (value) =>
      isIP(value) !== 0 && !value.includes("%") ? undefined : `has "${value}": give an IP address`,
    ),
  ),
  /** Looked for when absent. */
  program: v.optional(
    text("the program of HAProxy", (value) =>
      value.startsWith("/") ? undefined : `has "${value}": give the whole path`,
    ),
  ),
  /** PEM files with certificate, chain and key, by the names that listeners use. */
  certificates: v.optional(
    v.record(
      v.string(),
      text("a PEM file with certificate, chain and key", (value) =>
        value.startsWith("/") ? undefined : `has "${value}": give the whole path`,
      ),
    ),
  ),
  /** Security groups of load balancers are refused when absent: nothing here filters by them. */
  awsOnly: v.optional(v.picklist(["refuse", "ignore"], "is neither refuse nor ignore")),
  /** Whether callers may register addresses of this machine as targets. Refused when absent: what listens there for this machine alone would be reached from afar. */
  localTargets: v.optional(v.picklist(["refuse", "allow"], "is neither refuse nor allow")),
});

export type HaproxyBalancerSettings = v.InferOutput<typeof HAPROXY_BALANCER_SETTINGS>;
