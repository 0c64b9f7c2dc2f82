import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ecsClient } from "../place/ecs-door.ts";
import { connect } from "../place/server-connection.ts";
import { ANSWER_TIMEOUT_MILLISECONDS } from "./under-way.ts";

/** How many tasks the server that runs on a data directory has in containers. Rejects where it does not answer, or runs none. */
export async function countTasks(dataDirectory: string): Promise<number> {
  using connection = connect({ data: dataDirectory });
  const ecs = await ecsClient(connection.server);
  const options = { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS };
  try {
    const { clusterArns = [] } = await ecs.call("ListClusters", {}, options);
    const { clusters = [] } = await ecs.call("DescribeClusters", { clusters: clusterArns }, options);
    return clusters.reduce(
      (sum, { runningTasksCount = 0, pendingTasksCount = 0 }) => sum + runningTasksCount + pendingTasksCount,
      0,
    );
  } finally {
    ecs.close();
  }
}

/** What becomes of containers when the server stops. */
export function describeContainers(dataDirectory: string, tasks: number): string[] {
  if (tasks === 0) return [];
  const id = installationOf(dataDirectory);
  const subject = tasks === 1 ? "1 task goes on" : `${tasks} tasks go on`;
  return [
    `${subject} in containers; the next start takes over. To remove the containers: docker rm --force --volumes $(docker ps --all --quiet --filter label=sluice.installation=${id}); docker network rm sluice-${id}`,
  ];
}

function installationOf(dataDirectory: string): string {
  return (JSON.parse(readFileSync(join(dataDirectory, "database.json"), "utf8")) as { readonly id: string }).id;
}
