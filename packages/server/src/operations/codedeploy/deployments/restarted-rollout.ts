import type { CreateDeploymentInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Kysely } from "kysely";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST } from "../../../store/columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "../../../store/columns/deployment-request.ts";
import { TARGET_REVISION } from "../../../store/columns/group-columns.ts";
import type { DeploymentGroupRow } from "../../../store/deployment-groups.ts";
import type { Database } from "../../../store/schema.ts";

/** What a restart takes over from the deployment that gave the group what it runs. */
export interface RestartedRollout {
  readonly revision: RevisionLocation;
  readonly fileExistsBehavior: DeploymentRequest["fileExistsBehavior"];
  readonly intent: DeploymentIntent;
}

/** Whether an input asks for a restart. Its words alone are looked at: they stand before everything that the store is asked for. */
export function isRestart({ deploymentMode }: Pick<CreateDeploymentInput, "deploymentMode">): boolean {
  if (deploymentMode !== undefined && !isOneOf(ENUMS.DeploymentMode, deploymentMode)) {
    throw new CallerFault(
      "InvalidInputException",
      `deploymentMode is "${excerpt(deploymentMode)}": use one of ${ENUMS.DeploymentMode.join(", ")}.`,
    );
  }
  return deploymentMode === "RESTART";
}

/** A restart is of what the group has; which revision that is is not the caller's to say. */
export function requireNoRevision(revision: unknown): void {
  if (revision === undefined) return;
  throw new CallerFault(
    "InvalidRevisionException",
    "revision is given, and a deployment with deploymentMode RESTART restarts the revision of the group's last successful deployment: leave revision out, or use deploymentMode STANDARD to deploy it.",
  );
}

export async function restartedRollout(db: Kysely<Database>, group: DeploymentGroupRow): Promise<RestartedRollout> {
  const revision = TARGET_REVISION.read(group);
  const last = await db
    .selectFrom("deployments")
    .select(["deployment_id", "created_at", "request_json", "intent_json"])
    .where("deployment_id", "=", group.last_successful_deployment_id ?? "")
    .executeTakeFirst();
  if (revision === null || !last) {
    throw new CallerFault(
      "RevisionDoesNotExistException",
      `The deployment group ${group.deployment_group_name} has no successful deployment, so there is nothing to restart: deploy a revision to it first.`,
    );
  }
  const { fileExistsBehavior } = DEPLOYMENT_REQUEST.read(last);
  // A restart of a restart is one of what was installed before both.
  const restartOf = DEPLOYMENT_INTENT.read(last)?.restartOf ?? {
    deploymentId: last.deployment_id,
    deployedAt: last.created_at,
  };
  return { revision, fileExistsBehavior, intent: { restartOf } };
}
