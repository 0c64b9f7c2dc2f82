import type { BalancerHealthCheck, ServerFacts } from "@sluice/engine/ports/balancer.ts";
import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import type { LaidOutServer } from "./balancer-layout.ts";

/** `* L7OK`: the last was well, and the next one runs. */
const PASSED = /^(\* )?L[467]OKC?$/;
const SERVING = /^(UP|DRAIN|no check)/;

/** Its last health check has passed. */
export function hasPassed({ checkStatus }: ServerState): boolean {
  return PASSED.test(checkStatus);
}

/**
 * A new server that has not passed a check is `initial` for as long as one that was healthy may fail its checks before it is unhealthy.
 *
 * @param now epoch milliseconds
 */
export function healthOf(
  server: LaidOutServer,
  check: BalancerHealthCheck | null,
  state: ServerState | undefined,
  now: number,
): Pick<ServerFacts, "health" | "detail"> {
  if (!check) return { health: "healthy", detail: "no health check" };
  if (!state) return { health: "initial", detail: "the balancer does not know it yet" };
  const detail = state.checkReason || "no health check has been answered yet";
  if (SERVING.test(state.status) && server.isProven) return { health: "healthy", detail };
  const patience = check.unhealthyCount * check.intervalSeconds * 1000;
  return { health: !server.isProven && now < server.addedAt + patience ? "initial" : "unhealthy", detail };
}
