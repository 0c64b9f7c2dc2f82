import { CallerFault } from "@sluice/model/caller-fault.ts";
import { namedResource, taskDefinitionArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import { findDefinition } from "../../../services/task-definitions.ts";
import { type ClusterRow, findCluster } from "../../../store/ecs/clusters.ts";
import { findService, lockService, type ServiceRow } from "../../../store/ecs/services.ts";
import type { TaskDefinitionRow } from "../../../store/ecs/task-definitions.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import type { Database } from "../../../store/schema.ts";
import { DEFAULT_CLUSTER } from "./ecs-names.ts";
import { invalid } from "./member-rules.ts";

/** A cluster's name, of a name or ARN; undefined: it can be none here. */
export function clusterNameOf(cluster: string | undefined, scope: ArnScope): string | undefined {
  const named = namedResource(cluster || DEFAULT_CLUSTER, "cluster", scope);
  return typeof named === "string" ? named : named?.clusterName;
}

/** @throws CallerFault ClusterNotFoundException */
export async function requireCluster(
  db: Kysely<Database>,
  cluster: string | undefined,
  scope: ArnScope,
): Promise<ClusterRow> {
  const clusterName = clusterNameOf(cluster, scope);
  const row = clusterName === undefined ? undefined : await findCluster(db, clusterName);
  if (row?.status === "ACTIVE") return row;
  throw new CallerFault("ClusterNotFoundException", "Cluster not found.");
}

/** A service's name, of a name or ARN; undefined: it can be none of this cluster. */
export function serviceNameOf(service: string, clusterName: string, scope: ArnScope): string | undefined {
  const named = namedResource(service, "service", scope);
  if (typeof named !== "object") return named;
  return named.clusterName === clusterName ? named.serviceName : undefined;
}

interface ServiceAsked {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/** @throws CallerFault ClusterNotFoundException, ServiceNotFoundException */
export async function requireService(db: Kysely<Database>, asked: ServiceAsked, scope: ArnScope): Promise<ServiceRow> {
  const { cluster_name } = await requireCluster(db, asked.cluster, scope);
  if (!asked.service) throw invalid("service must be specified: give its name or ARN.");
  const serviceName = serviceNameOf(asked.service, cluster_name, scope);
  const row = serviceName === undefined ? undefined : await findService(db, { clusterName: cluster_name, serviceName });
  if (row) return row;
  throw new CallerFault("ServiceNotFoundException", "Service not found.");
}

/** Held until the transaction ends, so that of two changes at once the second is made to what the first left. */
export async function requireActiveService(
  transaction: WriteTransaction,
  asked: ServiceAsked,
  scope: ArnScope,
): Promise<ServiceRow> {
  const { service_id } = await requireService(transaction.db, asked, scope);
  const row = await lockService(transaction, service_id);
  if (row?.status === "ACTIVE") return row;
  throw new CallerFault("ServiceNotActiveException", "Service was not ACTIVE.");
}

/** For what is made of it: it exists and is ACTIVE. */
export async function requireActiveDefinition(
  db: Kysely<Database>,
  text: string | undefined,
  scope: ArnScope,
): Promise<TaskDefinitionRow> {
  if (!text) throw invalid("taskDefinition must be specified: give a family, family:revision or an ARN.");
  const row = await findDefinition(db, text, scope);
  if (!row) throw new CallerFault("ClientException", "TaskDefinition not found.");
  if (row.status === "ACTIVE") return row;
  throw new CallerFault("ClientException", "TaskDefinition is inactive");
}

export function arnOfDefinition(row: Pick<TaskDefinitionRow, "family" | "revision">, scope: ArnScope): string {
  return taskDefinitionArn(scope, row.family, row.revision);
}
