import type { ListServicesRequest, ListServicesResponse } from "@aws-sdk/client-ecs";
import { ecsServiceArn } from "@sluice/model/ecs-arn.ts";
import { SERVICE_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { listServicesOfCluster } from "../../../store/ecs/services.ts";
import { requireCluster } from "../checks/found.ts";
import { readLaunchType } from "../checks/launch-type.ts";
import { requireSupported } from "../checks/member-rules.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { namedPage } from "../checks/paging.ts";
import { LIST_SERVICES_RULES } from "../checks/service-members.ts";
import type { EcsOperation } from "../ecs-context.ts";

export const listServices: EcsOperation<ListServicesRequest, ListServicesResponse> = async (input, context) => {
  requireSupported(input, LIST_SERVICES_RULES);
  const page = namedPage("ListServices", input, context);
  const [after] = page.after ?? [""];
  const { db } = context.store;
  const { cluster_name } = await requireCluster(db, input.cluster, context);
  const scheduling = requireOneOf(input.schedulingStrategy ?? "REPLICA", "schedulingStrategy", ["REPLICA", "DAEMON"]);
  // There are none.
  if (scheduling === "DAEMON") return { serviceArns: [] };
  const launchType = input.launchType === undefined ? undefined : readLaunchType(input.launchType);
  // Those of a launch type are picked out of all: the database does not look into definitions.
  const limit = launchType === undefined ? page.limit : undefined;
  const rows = (await listServicesOfCluster(db, cluster_name, after, limit)).filter(
    (row) => launchType === undefined || SERVICE_DEFINITION.read(row).launchType === launchType,
  );
  const { items, nextToken } = page.cut(rows, (row) => [row.service_name]);
  return { serviceArns: items.map((row) => ecsServiceArn(context, cluster_name, row.service_name)), nextToken };
};
