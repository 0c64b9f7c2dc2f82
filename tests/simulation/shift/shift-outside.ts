import type { ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ShiftPorts } from "@sluice/server/platforms/shift-ports.ts";
import type { Life } from "../server-ports.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import type { Watched } from "../watched.ts";
import type { NewShift } from "./create-shift.ts";
import type { ShiftDeployment } from "./shift-scenario.ts";

/** What is shifted: services and their balancers, or functions. */
export interface ShiftOutside {
  readonly computePlatform: "ECS" | "Lambda";
  /** All but the hooks, which are the same for both. */
  ports(life: Life): ShiftPorts;
  /** What a person asks for who deploys to the group as it is now. */
  strategyOf(groupId: string, deployment: ShiftDeployment, revision: string): ShiftStrategy;
  /** What the group runs before its first deployment. */
  currentRevisionOf(groupId: string): RevisionLocation;
  /** Asks for a deployment once. */
  create(server: SimulatedServer, shift: NewShift, now: number): Promise<void>;
  /** What the new side of the deployment gets, in percent; null: it is not known yet which that is. */
  newPercentOf(watched: Watched): number | null;
  /** What is wrong with the group's weights; null: nothing. */
  weightsFault(groupId: string): string | null;
  /** Nothing is left of earlier deployments that would keep one from starting. */
  isTidy(groupId: string): boolean;
  /** What the deployment asks for is in order, as the outside is now. */
  canStart(watched: Watched): boolean;
  /** Somebody who is no deployment has changed where the traffic goes since the deployment was created. */
  isMeddledWith(watched: Watched): boolean;
  /** A person puts right what deployments have left. */
  tidy(groupId: string): void;
  /** Once a second, until the faults stop. */
  haveFaults(): void;
  calmDown(): void;
}
