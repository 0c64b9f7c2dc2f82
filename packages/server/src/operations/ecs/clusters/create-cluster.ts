import type { ClusterSetting, CreateClusterRequest, CreateClusterResponse } from "@aws-sdk/client-ecs";
import { CLUSTER_SETTINGS, CLUSTER_TAGS } from "../../../store/columns/ecs-columns.ts";
import { countInCluster, findCluster, putCluster } from "../../../store/ecs/clusters.ts";
import { DEFAULT_CLUSTER, requireEcsName } from "../checks/ecs-names.ts";
import { invalid, requireSupported } from "../checks/member-rules.ts";
import { CREATE_CLUSTER_RULES } from "../checks/service-members.ts";
import { readTags } from "../checks/tag-input.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { clusterView } from "../views/cluster-view.ts";

/** A cluster that is there already is answered as it is. */
export const createCluster: EcsOperation<CreateClusterRequest, CreateClusterResponse> = async (input, context) => {
  requireSupported(input, CREATE_CLUSTER_RULES);
  const name = requireEcsName(input.clusterName ?? DEFAULT_CLUSTER, "clusterName");
  checkSettings(input.settings ?? []);
  const tags = readTags(input.tags);
  return changeServices(context, async ({ db }) => {
    const found = await findCluster(db, name);
    const row =
      found?.status === "ACTIVE"
        ? found
        : {
            cluster_name: name,
            status: "ACTIVE" as const,
            created_at: context.now(),
            settings_json: CLUSTER_SETTINGS.write([{ name: "containerInsights", value: "disabled" }]),
            tags_json: CLUSTER_TAGS.write(tags),
          };
    if (row !== found) await putCluster(db, row);
    return { cluster: clusterView(row, await countInCluster(db, name), context) };
  });
};

function checkSettings(settings: readonly ClusterSetting[]): void {
  for (const [index, { name, value }] of settings.entries()) {
    if (name !== "containerInsights") throw invalid(`settings[${index}].name is not known: use containerInsights.`);
    if (value !== "disabled") {
      throw invalid(`settings[${index}].value is not supported: Container Insights is AWS' own. Use disabled.`);
    }
  }
}
