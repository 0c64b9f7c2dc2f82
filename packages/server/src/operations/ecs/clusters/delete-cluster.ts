import type { DeleteClusterRequest, DeleteClusterResponse } from "@aws-sdk/client-ecs";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { changeCluster, countInCluster } from "../../../store/ecs/clusters.ts";
import { requireCluster } from "../checks/found.ts";
import { invalid } from "../checks/member-rules.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { clusterView } from "../views/cluster-view.ts";

/** Nothing may run in it any more. It is INACTIVE then, and its name can be used again. */
export const deleteCluster: EcsOperation<DeleteClusterRequest, DeleteClusterResponse> = async (
  { cluster },
  context,
) => {
  if (!cluster) throw invalid("cluster must be specified: give its name or ARN.");
  return changeServices(context, async ({ db }) => {
    const row = await requireCluster(db, cluster, context);
    const counts = await countInCluster(db, row.cluster_name);
    if (counts.services > 0) {
      throw new CallerFault(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
      );
    }
    if (counts.tasks > 0) {
      throw new CallerFault("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
    }
    await changeCluster(db, row.cluster_name, { status: "INACTIVE" });
    return { cluster: clusterView({ ...row, status: "INACTIVE" }, counts, context) };
  });
};
