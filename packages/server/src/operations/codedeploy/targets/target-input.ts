import type { TargetStatus } from "@sluice/engine/state.ts";
import { isTerminal } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { MAX_NAME_CHARACTERS } from "@sluice/model/limits.ts";
import type { Kysely } from "kysely";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import type { Database } from "../../../store/schema.ts";
import { hasTargets, hostIdOfInstanceArn } from "../../../store/target-listing.ts";

const HOST_ID = new RegExp(`^[A-Za-z0-9+=,.@_:-]{1,${MAX_NAME_CHARACTERS}}$`);
/** ECS names clusters and services with up to 255 characters each. */
const SERVICE_ID = /^[A-Za-z0-9_-]{1,255}:[A-Za-z0-9_-]{1,255}$/;
const INSTANCE_ARN = /^arn:aws[a-z-]*:(ec2|codedeploy):[a-z0-9-]*:\d{12}:instance\/(\S+)$/;

export function requireTargetId(id: string | undefined, field = "targetId"): string {
  if (!id) throw new CallerFault("DeploymentTargetIdRequiredException", `${field} is missing: name a target.`);
  if (HOST_ID.test(id) || SERVICE_ID.test(id)) return id;
  throw new CallerFault(
    "InvalidDeploymentTargetIdException",
    `${field} "${excerpt(id)}" is not a target's id: it is an instance id (i-…), an on-premises instance's name, or an ECS service as cluster:service.`,
  );
}

/** The older operations take a host's id as well as its ARN, which is what they answer. */
export async function requireInstanceId(
  db: Kysely<Database>,
  id: string | undefined,
  field = "instanceId",
): Promise<string> {
  if (!id) throw new CallerFault("InstanceIdRequiredException", `${field} is missing: name an instance.`);
  const [, service, name] = INSTANCE_ARN.exec(id) ?? [];
  if (name !== undefined) return service === "ec2" ? name : ((await hostIdOfInstanceArn(db, id)) ?? name);
  if (HOST_ID.test(id)) return id;
  throw new CallerFault(
    "InvalidInstanceNameException",
    `${field} "${id}" is not an instance's id: it is an instance id (i-…), an on-premises instance's name, or its ARN.`,
  );
}

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
      `${field} holds "${status}": use ${ENUMS.TargetStatus.join(", ")}.`,
    );
  });
}

/** Only blue/green deployments have blue and green hosts. Undefined where all labels are meant. */
export function readLabels(
  field: string,
  labels: readonly string[] | undefined,
  deployment: DeploymentRow,
): readonly string[] | undefined {
  if (!labels?.length) return undefined;
  const unknown = labels.find((label) => !isOneOf(ENUMS.TargetLabel, label));
  if (unknown !== undefined) {
    throw new CallerFault(
      "InvalidInstanceTypeException",
      `${field} holds "${unknown}": use ${ENUMS.TargetLabel.join(", ")}.`,
    );
  }
  const { strategy } = readHead(deployment);
  if (strategy.type === "blue-green" || strategy.type === "blue-green-rollback") return labels;
  const what =
    strategy.type === "in-place" ? "an in-place deployment" : `a deployment to ${deployment.compute_platform}`;
  throw new CallerFault("InvalidDeploymentInstanceTypeException", `${field} is given for ${what}: leave it out.`);
}
