import type { SentHeader } from "@sluice/engine/ports/balancer.ts";
import type { BalancingRows } from "../store/elb/balancing-rows.ts";

/** Where the balancer finds the function of a target group: a server of HTTP on this machine. */
export interface FunctionServer {
  readonly address: string;
  readonly port: number;
  /** Who does not send it is no balancer. */
  readonly sentHeader: SentHeader;
}

export type FunctionServers = ReadonlyMap<string, FunctionServer>;

/** Serves target groups of functions by HTTP. Undefined in {@link LocalBalancing} where no functions run. */
export interface FunctionPlaces {
  /** By target group: what is to be served from now on. What it served beside that is closed. Called at each turn of the loop. */
  serve(rows: BalancingRows): Promise<FunctionServers>;
  /** Lets go of what it serves; what is in flight is answered. */
  close(): Promise<void>;
}

export const NO_FUNCTION_SERVERS: FunctionServers = new Map();
