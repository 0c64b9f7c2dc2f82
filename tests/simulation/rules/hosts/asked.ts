import { trafficEffectKey } from "@sluice/engine/traffic-effects.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, hostsOf } from "../../hosts/watched-hosts.ts";

export const ASKED: HostRule = {
  name: "a balancer that is waited for has been asked",
  watch: ({ store, server }, violated) => {
    const effectOf = store.prepare("SELECT effect_key FROM effects WHERE effect_key = ?");
    return {
      deploymentSettled(watched) {
        const up = server();
        if (!up || up.isDead) return;
        for (const { targetId, command } of hostsOf(watched)) {
          if (!command || !isTrafficEvent(command.event)) continue;
          const key = trafficEffectKey(watched.id, targetId, command.event, command.attempt);
          if (!effectOf.get(key)) violated(watched.id, `has forgotten ${key}`);
        }
      },
    };
  },
};
