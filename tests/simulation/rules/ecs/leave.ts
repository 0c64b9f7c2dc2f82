import type { EcsRule } from "../../ecs/watched-services.ts";

export const LEAVE: EcsRule = {
  name: "traffic waits for leave where it has to",
  watch: ({ deployments }, violated) => ({
    trafficMoved(groupId) {
      const watched = deployments.asOfNow(groupId);
      if (!watched || watched.row.status === "Created") return;
      const { strategy, continued } = watched.head;
      if (strategy.type !== "ecs-blue-green" || strategy.readyWaitMilliseconds === null) return;
      // Another wait that was continued came after it.
      if (continued === null) violated(watched.id, "moves traffic, and nobody has said that it may");
    },
  }),
};
