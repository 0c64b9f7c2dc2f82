import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_NAME_CHARACTERS } from "@sluice/model/limits.ts";
import type { Kysely } from "kysely";
import type { Database } from "../../../store/schema.ts";
import { hostIdOfInstanceArn } from "../../../store/target-listing.ts";

const HOST_ID = new RegExp(`^[A-Za-z0-9+=,.@_:-]{1,${MAX_NAME_CHARACTERS}}$`);
/** ECS names clusters and services with up to 255 characters each. */
const SERVICE_ID = /^[A-Za-z0-9_-]{1,255}:[A-Za-z0-9_-]{1,255}$/;
const INSTANCE_ARN = /^arn:aws[a-z-]*:(ec2|codedeploy):[a-z0-9-]*:\d{12}:instance\/(\S+)$/;

export function requireTargetId(id: string | undefined, field = "targetId"): string {
  if (!id)
    throw new CallerFault(
      "DeploymentTargetIdRequiredException",
      `${field} is missing: name a target. \`aws deploy list-deployment-targets\` lists those of a deployment.`,
    );
  if (HOST_ID.test(id) || SERVICE_ID.test(id)) return id;
  throw new CallerFault(
    "InvalidDeploymentTargetIdException",
    `${field} "${excerpt(id)}" is not a target's id: it is an instance id (i-…), an on-premises instance's name, an ECS service as cluster:service, or a Lambda function's name.`,
  );
}

/** The older operations take a host's id as well as its ARN, which is what they answer. */
export async function requireInstanceId(
  db: Kysely<Database>,
  id: string | undefined,
  field = "instanceId",
): Promise<string> {
  if (!id) throw missingInstanceId(id, field);
  const [, service, name] = INSTANCE_ARN.exec(id) ?? [];
  if (name !== undefined) return service === "ec2" ? name : ((await hostIdOfInstanceArn(db, id)) ?? name);
  if (HOST_ID.test(id)) return id;
  throw new CallerFault(
    "InvalidInstanceNameException",
    `${field} "${excerpt(id)}" is not an instance's id: it is an instance id (i-…), an on-premises instance's name, or its ARN.`,
  );
}

export function missingInstanceId(_missing: string | undefined, field: string): never {
  throw new CallerFault(
    "InstanceIdRequiredException",
    `${field} is missing: name an instance. \`aws deploy list-deployment-instances\` lists those of a deployment.`,
  );
}
