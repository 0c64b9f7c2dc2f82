import type { Balancer } from "@sluice/engine/ports/balancer.ts";
import type { WeightedRouter } from "@sluice/engine/ports/weighted-router.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import { type BalancingDependencies, BalancingLoop } from "./balancing-loop.ts";
import { localWeightedRouter } from "./local-weighted-router.ts";

/** What the binding of the driver `haproxy` says of the balancer, for those who describe it. */
export interface BalancerPlace {
  /** On which all listeners listen. */
  readonly address: string;
  /** Names under which listeners of HTTPS find their certificates. */
  readonly certificates: readonly string[];
  /** Callers may name security groups, which filter nothing here. */
  readonly ignoresAwsOnly: boolean;
  /** Callers may register addresses of this machine as targets. */
  readonly allowsLocalTargets: boolean;
  /** Of this machine now, beside the loopback ones. */
  readonly ownAddresses: () => ReadonlySet<string>;
}

/** The load balancers of this server, at work. */
export interface LocalBalancing {
  readonly place: BalancerPlace;
  readonly loop: BalancingLoop;
  readonly changes: WakeFeed;
  readonly tasks: BalancingDependencies["tasks"];
  /** Functions may be targets. */
  readonly hasFunctions: boolean;
  readonly weightedRouter: WeightedRouter;
  start(): void;
  /** The balancer goes on serving. */
  close(): Promise<void>;
}

/** A balancer that somebody has to let go of. */
export type HeldBalancer = Balancer & { close?(): Promise<void> };

export function localBalancing(
  balancer: HeldBalancer,
  place: BalancerPlace,
  dependencies: Omit<BalancingDependencies, "balancer">,
): LocalBalancing {
  const { store, changes, tasks, functions } = dependencies;
  const loop = new BalancingLoop({ ...dependencies, balancer });
  return {
    place,
    loop,
    changes,
    tasks,
    hasFunctions: functions !== undefined,
    weightedRouter: localWeightedRouter({ store, changes, settle: (signal) => loop.settle(signal) }),
    start: () => loop.start(),
    close: async () => {
      await loop.close();
      await functions?.close();
      await balancer.close?.();
    },
  };
}
