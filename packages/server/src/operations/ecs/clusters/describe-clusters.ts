import type { Cluster, DescribeClustersRequest, DescribeClustersResponse, Failure } from "@aws-sdk/client-ecs";
import { clusterArn } from "@sluice/model/ecs-arn.ts";
import { countInCluster, findCluster } from "../../../store/ecs/clusters.ts";
import { requireFew } from "../checks/described-count.ts";
import { DEFAULT_CLUSTER } from "../checks/ecs-names.ts";
import { clusterNameOf } from "../checks/found.ts";
import { readIncluded } from "../checks/included.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { clusterView } from "../views/cluster-view.ts";
import { missing } from "../views/missing.ts";

export const MAX_DESCRIBED_CLUSTERS = 100;
const FIELDS = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"];

export const describeClusters: EcsOperation<DescribeClustersRequest, DescribeClustersResponse> = async (
  { clusters: asked, include },
  context,
) => {
  const included = readIncluded(include, FIELDS);
  const clusters: Cluster[] = [];
  const failures: Failure[] = [];
  const { db } = context.store;
  for (const text of requireFew(asked?.length ? asked : [DEFAULT_CLUSTER], "clusters", MAX_DESCRIBED_CLUSTERS)) {
    const name = clusterNameOf(text, context);
    const row = name === undefined ? undefined : await findCluster(db, name);
    if (row) clusters.push(clusterView(row, await countInCluster(db, row.cluster_name), context, included));
    else failures.push(missing(text.startsWith("arn:") ? text : clusterArn(context, text)));
  }
  return { clusters, failures };
};
