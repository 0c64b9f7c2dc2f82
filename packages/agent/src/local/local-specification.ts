import { randomInt } from "node:crypto";
import type { DeploymentSpecification, SpecificationRevision } from "@sluice/model/deployment-specification.ts";

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_RANDOM_CHARACTERS = 9;
export const DEFAULT_LOCAL_GROUP = "default-local-deployment-group";
const DEFAULT_GROUP_NAME = "LocalFleet";
const DEFAULT_APP_SPEC_FILE = "appspec.yml";

export interface LocalDeployment {
  readonly revision: SpecificationRevision;
  /** As it was given; scripts see it as APPLICATION_NAME, unless they are to see another. */
  readonly location: string;
  readonly groupId: string;
  readonly groupName?: string | undefined;
  readonly applicationName?: string | undefined;
  readonly appSpecFile?: string | undefined;
  readonly fileExistsBehavior?: string | undefined;
}

/** What a server would say of the deployment; ids and names are those of the reference's local mode. */
export function localSpecification(deployment: LocalDeployment): DeploymentSpecification {
  const { revision, location, groupId, groupName, applicationName, appSpecFile, fileExistsBehavior } = deployment;
  return {
    DeploymentId: localDeploymentId(),
    DeploymentGroupId: groupId,
    DeploymentGroupName: groupName ?? DEFAULT_GROUP_NAME,
    ApplicationName: applicationName ?? location,
    DeploymentCreator: "user",
    DeploymentType: "IN_PLACE",
    AppSpecFilename: appSpecFile ?? DEFAULT_APP_SPEC_FILE,
    Revision: revision,
    ...(fileExistsBehavior === undefined
      ? {}
      : { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: fileExistsBehavior } } }),
  };
}

/** `d-XXXXXXXXX-local` */
function localDeploymentId(): string {
  const characters = Array.from({ length: ID_RANDOM_CHARACTERS }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]);
  return `d-${characters.join("")}-local`;
}
