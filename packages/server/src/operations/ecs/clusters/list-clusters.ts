import type { ListClustersRequest, ListClustersResponse } from "@aws-sdk/client-ecs";
import { clusterArn } from "@sluice/model/ecs-arn.ts";
import { listClusterNames } from "../../../store/ecs/clusters.ts";
import { namedPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

export const listClusters: EcsOperation<ListClustersRequest, ListClustersResponse> = async (input, context) => {
  const page = namedPage("ListClusters", input, context);
  const [after] = page.after ?? [""];
  const names = await listClusterNames(context.store.db, after, page.limit);
  const { items, nextToken } = page.cut(names, (name) => [name]);
  return { clusterArns: items.map((name) => clusterArn(context, name)), nextToken };
};
