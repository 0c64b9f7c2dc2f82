import { type EcsRule, serviceOf } from "../../ecs/watched-services.ts";
import { isMoving } from "../shift/by-schedule.ts";

export const ONE_SHIFT: EcsRule = {
  name: "a service has one shift under way",
  watch: ({ deployments }, violated) => ({
    someDeploymentChanged() {
      const moving = new Map<string, string>();
      for (const [id, watched] of deployments.active) {
        const target = serviceOf(watched);
        if (!target || !isMoving(watched)) continue;
        const other = moving.get(target.targetId);
        if (other) violated(id, `moves the traffic of ${target.targetId} beside ${other}`);
        moving.set(target.targetId, id);
      }
    },
  }),
};
