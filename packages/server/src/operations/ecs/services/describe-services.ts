import type { DescribeServicesRequest, DescribeServicesResponse, Failure } from "@aws-sdk/client-ecs";
import { ecsServiceArn } from "@sluice/model/ecs-arn.ts";
import { findService, type ServiceRow } from "../../../store/ecs/services.ts";
import { requireFew } from "../checks/described-count.ts";
import { requireCluster, serviceNameOf } from "../checks/found.ts";
import { readIncluded } from "../checks/included.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { missing } from "../views/missing.ts";
import { serviceViews } from "../views/service-view.ts";

/** As ECS. */
export const MAX_DESCRIBED_SERVICES = 10;

/** Also those that were deleted not long ago: waiters look for their status INACTIVE. */
export const describeServices: EcsOperation<DescribeServicesRequest, DescribeServicesResponse> = async (
  { cluster, services, include },
  context,
) => {
  const included = readIncluded(include, ["TAGS"]);
  const { db } = context.store;
  const { cluster_name: clusterName } = await requireCluster(db, cluster, context);
  const rows: ServiceRow[] = [];
  const failures: Failure[] = [];
  for (const text of requireFew(services, "services", MAX_DESCRIBED_SERVICES)) {
    const serviceName = serviceNameOf(text, clusterName, context);
    const row = serviceName === undefined ? undefined : await findService(db, { clusterName, serviceName });
    if (row) rows.push(row);
    else failures.push(missing(text.startsWith("arn:") ? text : ecsServiceArn(context, clusterName, text)));
  }
  return { services: await serviceViews(db, rows, context, included.has("TAGS")), failures };
};
