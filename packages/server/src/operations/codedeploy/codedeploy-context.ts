import type { Fleet } from "@sluice/engine/ports/fleet.ts";
import type { Liveness } from "../../hosts/liveness.ts";
import type { Operation, OperationContext } from "../operation.ts";

/** What CodeDeploy's operations have at hand: the hosts, and the planner that carries deployments out. */
export interface CodeDeployContext extends OperationContext {
  readonly fleet: Fleet;
  readonly liveness: Liveness;
  /** Removes what the scripts of deployments wrote, which are gone themselves. */
  readonly forgetOutput: (deploymentIds: readonly string[]) => Promise<void>;
  readonly planner: {
    /** The deployment is due: it was created, or is to be stopped. Called after the commit. */
    wake(deploymentId: string): void;
  };
}

export type CodeDeployOperation<Input, Output> = Operation<Input, Output, CodeDeployContext>;
export type NoOutput = Record<string, never>;
