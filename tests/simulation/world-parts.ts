import type { Aims } from "./aims.ts";
import type { Chronicle } from "./chronicle.ts";
import type { OperatorLine } from "./operator-line.ts";
import type { Outages } from "./outages.ts";
import type { Random } from "./random.ts";
import type { FaultRates } from "./scenario.ts";
import type { ServerDoor } from "./server-door.ts";
import type { SimulatedAlarms } from "./simulated-alarms.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { SimulatedStore } from "./simulated-store.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import type { WatchedDeployments } from "./watched-deployments.ts";

/** What every world is made of, whatever it deploys to. */
export interface WorldParts<Rates extends FaultRates = FaultRates> {
  readonly store: SimulatedStore;
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  readonly door: ServerDoor;
  readonly outages: Outages;
  readonly alarms: SimulatedAlarms;
  readonly line: OperatorLine;
  readonly aims: Aims;
  readonly chronicle: Chronicle;
  readonly deployments: WatchedDeployments;
  /** Null: it is dead. */
  readonly server: () => SimulatedServer | null;
  /** As they are now. */
  readonly faults: () => Rates;
  /** When the faults stopped; null: they have not. */
  readonly quietSince: () => number | null;
  /** A fault happened. */
  readonly count: (fault: string) => void;
  readonly onTrouble: (message: string) => void;
}
