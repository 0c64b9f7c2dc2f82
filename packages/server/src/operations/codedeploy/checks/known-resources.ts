import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Kysely } from "kysely";
import { type ApplicationRow, findApplication } from "../../../store/applications.ts";
import { findDeploymentConfig, type StoredDeploymentConfig } from "../../../store/deployment-configs.ts";
import { type DeploymentGroupRow, findDeploymentGroup } from "../../../store/deployment-groups.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import type { DeploymentRow } from "../../../store/deployments.ts";
import type { Database } from "../../../store/schema.ts";

/** Each reads one resource, or says which one there is not. The names have passed their syntax check. */
export async function requireApplication(db: Kysely<Database>, name: string): Promise<ApplicationRow> {
  const application = await findApplication(db, name);
  if (application) return application;
  throw applicationMissing(name);
}

export function applicationMissing(name: string): CallerFault {
  return new CallerFault(
    "ApplicationDoesNotExistException",
    `No application found for name: ${name}. \`sluice applications list\` shows those that exist; \`sluice applications create ${name}\` creates it.`,
  );
}

export async function requireDeploymentGroup(
  db: Kysely<Database>,
  application: ApplicationRow,
  name: string,
): Promise<DeploymentGroupRow> {
  const group = await findDeploymentGroup(db, application.application_id, name);
  if (group) return group;
  throw new CallerFault(
    "DeploymentGroupDoesNotExistException",
    `${deploymentGroupMissing(application, name)}. \`sluice groups list --application ${application.application_name}\` shows those that exist.`,
  );
}

/** Without the full stop: batches join several. */
export function deploymentGroupMissing(application: ApplicationRow, name: string): string {
  return `No Deployment Group found for name: ${name} in the application ${application.application_name}`;
}

export async function requireDeploymentConfig(db: Kysely<Database>, name: string): Promise<StoredDeploymentConfig> {
  const config = await findDeploymentConfig(db, name);
  if (config) return config;
  throw new CallerFault(
    "DeploymentConfigDoesNotExistException",
    `No deployment configuration found for name: ${name}. \`sluice configs list\` shows those that exist.`,
  );
}

export async function requireDeployment(db: Kysely<Database>, deploymentId: string): Promise<DeploymentRow> {
  const deployment = await findDeployment(db, deploymentId);
  if (deployment) return deployment;
  throw deploymentMissing(deploymentId);
}

export function deploymentMissing(deploymentId: string): CallerFault {
  return new CallerFault(
    "DeploymentDoesNotExistException",
    `The deployment ${deploymentId} could not be found. Either the id is wrong, or the deployment was deleted with its deployment group or after its retention: \`sluice deployments list\` shows those that exist.`,
  );
}
