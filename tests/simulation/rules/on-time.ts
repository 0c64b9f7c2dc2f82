import type { EffectsTable } from "@sluice/server/store/schema.ts";
import type { Selectable } from "kysely";
import type { Rule } from "./rule.ts";

/** What is due is done within this time by a server that is up; a turn that failed is repeated after one second. */
const OVERDUE_MILLISECONDS = 2_000;
/** A deployment's targets are found within it, even where a host has to be called silent for that. */
const START_MILLISECONDS = 60_000;
/** What a server has under way outside at one time. */
const MAX_EFFECTS_AT_ONCE = 32;

export const ON_TIME: Rule = {
  name: "what is due is done",
  watch: ({ store, server, now, lastOutsideFaultAt }, violated) => {
    const pendingEffects = store.prepare(
      "SELECT effect_key, deployment_id, run_at, lease_owner, lease_until FROM effects WHERE outcome_json IS NULL",
    );
    return {
      timePassed({ id, row }) {
        const up = server();
        if (!up || up.isDead || row.wake_at === null) return;
        const late = now() - Math.max(row.wake_at, up.upSince, lastOutsideFaultAt());
        if (late > OVERDUE_MILLISECONDS) violated(id, `was due at ${row.wake_at}, and is ${late} ms late`);
      },
      deploymentLookedOver({ id, row }) {
        const up = server();
        if (!up || up.isDead || row.status !== "Created") return;
        // Each failed attempt to prepare it is made again, later and later.
        const unstarted = now() - Math.max(row.created_at, up.upSince, lastOutsideFaultAt());
        if (unstarted > START_MILLISECONDS) {
          violated(id, `has not started for ${unstarted} ms, with a server that is up`);
        }
      },
      /** What is due outside is begun, or done over when the server died that had begun it. */
      allLookedOver() {
        const up = server();
        if (!up || up.isDead) return;
        const pending = pendingEffects.all() as unknown as Selectable<EffectsTable>[];
        const isHeld = (effect: Selectable<EffectsTable>) =>
          effect.lease_owner === up.name && (effect.lease_until ?? 0) > now();
        if (pending.filter(isHeld).length >= MAX_EFFECTS_AT_ONCE) return;
        for (const effect of pending) {
          const late = now() - Math.max(effect.run_at, up.upSince, lastOutsideFaultAt());
          if (isHeld(effect) || late <= OVERDUE_MILLISECONDS) continue;
          violated(effect.deployment_id, `has not begun ${effect.effect_key}, due ${late} ms ago`);
        }
      },
    };
  },
};
