import type { Observation } from "@sluice/engine/observation.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Outages } from "./outages.ts";
import type { ServerDoor } from "./server-door.ts";
import type { SimulatedAlarms } from "./simulated-alarms.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { SimulatedStore } from "./simulated-store.ts";
import type { Watched, WatchedGroup } from "./watched.ts";
import type { WatchedDeployments } from "./watched-deployments.ts";

/** What every rule may look at. A platform adds what is its own. */
export interface WatchParts {
  readonly store: SimulatedStore;
  readonly deployments: WatchedDeployments;
  readonly groups: ReadonlyMap<string, WatchedGroup>;
  readonly alarms: SimulatedAlarms;
  readonly chronicle: Chronicle;
  readonly now: () => number;
  readonly server: () => SimulatedServer | null;
  readonly isCalm: boolean;
  /** The grid of the simulated time. */
  readonly tickMilliseconds: number;
  /** When the disk, or anything outside that the server asks, last failed it. */
  readonly lastOutsideFaultAt: () => number;
  /** When something last happened of which a server in trouble may take notice late. */
  readonly lastUnnoticedAt: () => number;
  readonly door: ServerDoor;
  readonly outages: Outages;
  /** What the planner would be told of the deployment now. */
  readonly observe: (watched: Watched, server: SimulatedServer) => Observation;
  /** The group takes the outcome of its deployment in. */
  readonly takeIn: (watched: Watched) => void;
}
