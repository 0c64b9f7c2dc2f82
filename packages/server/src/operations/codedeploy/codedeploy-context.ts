import type { Fleet } from "@sluice/engine/ports/fleet.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { CommandReport, ReportReply } from "@sluice/engine/receive-report.ts";
import type { Liveness } from "../../hosts/liveness.ts";
import type { EcsServices } from "../../platforms/ecs-services.ts";
import type { LambdaAliases } from "../../platforms/lambda-aliases.ts";
import type { Operation, OperationContext } from "../operation.ts";

/** What CodeDeploy's operations have at hand: the hosts, and the planner that carries deployments out. */
export interface CodeDeployContext extends OperationContext {
  readonly fleet: Fleet;
  readonly liveness: Liveness;
  /** Where the AppSpecs of ECS and Lambda are read. */
  readonly revisions: Pick<RevisionSource, "inspect" | "read">;
  /** What ECS and its balancers say of services now. */
  readonly ecsServices: EcsServices;
  /** What Lambda says of aliases now. */
  readonly lambdaAliases: LambdaAliases;
  /** Removes what the scripts of deployments wrote, which are gone themselves. */
  readonly forgetOutput: (deploymentIds: readonly string[]) => Promise<void>;
  readonly planner: {
    /** The deployment is due: it was created, or is to be stopped. Called after the commit. */
    wake(deploymentId: string): void;
    /** The one way in for whoever carries a command out. */
    report(report: AddressedReport): Promise<ReportReply>;
  };
}

export interface AddressedReport {
  readonly deploymentId: string;
  readonly targetId: string;
  readonly report: CommandReport;
}

export type CodeDeployOperation<Input, Output> = Operation<Input, Output, CodeDeployContext>;
export type NoOutput = Record<string, never>;
