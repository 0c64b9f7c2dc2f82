import type { ListClustersRequest, ListClustersResponse } from "@aws-sdk/client-ecs";
import { clusterArn } from "@sluice/model/ecs-arn.ts";
import { listClusterNames } from "../../../store/ecs/clusters.ts";
import { readPage, toPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

export const listClusters: EcsOperation<ListClustersRequest, ListClustersResponse> = async (input, context) => {
  const page = readPage("ListClusters", input);
  const names = await listClusterNames(context.store.db, page.after ?? "", page.limit);
  const { items, nextToken } = toPage("ListClusters", names, page, (name) => name);
  return { clusterArns: items.map((name) => clusterArn(context, name)), nextToken };
};
