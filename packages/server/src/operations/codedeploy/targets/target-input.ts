import type { TargetStatus } from "@sluice/engine/state.ts";
import { isTerminal } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import type { Kysely } from "kysely";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import type { Database } from "../../../store/schema.ts";
import { hasTargets } from "../../../store/target-listing.ts";

/** A deployment that ended before its targets were known has none, and says so; one that has not started cannot say yet. */
export async function requireStarted(db: Kysely<Database>, row: DeploymentRow): Promise<void> {
  if (isTerminal(readHead(row).status) || (await hasTargets(db, row.deployment_id))) return;
  throw new CallerFault(
    "DeploymentNotStartedException",
    `The deployment ${row.deployment_id} has not started: its targets are not known yet. Ask again in a moment.`,
  );
}

/** The older operations are about hosts alone. */
export function requireHosts({ deployment_id: deploymentId, compute_platform: platform }: DeploymentRow): void {
  if (platform === "Server") return;
  throw new CallerFault(
    "InvalidComputePlatformException",
    `The deployment ${deploymentId} is of the compute platform ${platform}, and has no instances: ask for its targets, as aws deploy list-deployment-targets does.`,
  );
}

/** Undefined where all statuses are meant. */
export function readStatuses(
  field: string,
  statuses: readonly string[] | undefined,
): readonly TargetStatus[] | undefined {
  if (!statuses?.length) return undefined;
  return statuses.map((status) => {
    if (isOneOf(ENUMS.TargetStatus, status)) return status;
    throw new CallerFault(
      "InvalidInstanceStatusException",
      `${field} holds "${excerpt(status)}": use ${ENUMS.TargetStatus.join(", ")}.`,
    );
  });
}

/** Undefined where all labels are meant. */
export function readLabels(field: string, labels: readonly string[] | undefined): readonly string[] | undefined {
  if (!labels?.length) return undefined;
  const unknown = labels.find((label) => !isOneOf(ENUMS.TargetLabel, label));
  if (unknown !== undefined) {
    throw new CallerFault(
      "InvalidInstanceTypeException",
      `${field} holds "${excerpt(unknown)}": use ${ENUMS.TargetLabel.join(", ")}.`,
    );
  }
  return labels;
}

/** Only blue/green deployments have blue and green hosts. */
export function requireLabelled(field: string, labels: readonly string[] | undefined, deployment: DeploymentRow): void {
  if (!labels) return;
  const { strategy } = readHead(deployment);
  if (strategy.type === "blue-green" || strategy.type === "blue-green-rollback") return;
  const what =
    strategy.type === "in-place" ? "an in-place deployment" : `a deployment to ${deployment.compute_platform}`;
  throw new CallerFault(
    "InvalidDeploymentInstanceTypeException",
    `${field} is given for ${what}, whose hosts are neither blue nor green: leave it out.`,
  );
}
