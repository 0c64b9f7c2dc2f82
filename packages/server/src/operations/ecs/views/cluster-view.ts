import type { Cluster, ClusterSetting } from "@aws-sdk/client-ecs";
import { clusterArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import {
  CLUSTER_SETTINGS,
  CLUSTER_TAGS,
  type ClusterSetting as StoredSetting,
} from "../../../store/columns/ecs-columns.ts";
import type { ClusterCounts, ClusterRow } from "../../../store/ecs/clusters.ts";

export function clusterView(
  row: ClusterRow,
  counts: ClusterCounts,
  scope: ArnScope,
  include: ReadonlySet<string> = new Set(["TAGS", "SETTINGS"]),
): Cluster {
  return {
    clusterArn: clusterArn(scope, row.cluster_name),
    clusterName: row.cluster_name,
    status: row.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.runningTasks,
    pendingTasksCount: counts.pendingTasks,
    activeServicesCount: counts.services,
    statistics: [],
    tags: include.has("TAGS") ? [...CLUSTER_TAGS.read(row)] : [],
    settings: include.has("SETTINGS") ? CLUSTER_SETTINGS.read(row).map(settingView) : [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

function settingView({ name, value }: StoredSetting): ClusterSetting {
  return { name: name as "containerInsights", value };
}
