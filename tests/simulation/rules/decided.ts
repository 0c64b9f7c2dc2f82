import { plan } from "@sluice/engine/plan.ts";
import type { Rule } from "./rule.ts";

/** How much sooner than it was planned the proof may come that a host is silent. */
const PROOF_MILLISECONDS = 1_100;
/** How late a removal or a goodbye may be noticed when the server died, or its disk failed, in the middle of it. */
const UNNOTICED_MILLISECONDS = 20_000;

/** Whatever there is to decide is decided, or is due: a wake-up that was lost shows here at once. */
export const DECIDED: Rule = {
  name: "what is to be decided is decided, or is due",
  watch: ({ store, server, now, lastUnnoticedAt, tickMilliseconds, observe }, violated) => {
    const effectOf = store.prepare("SELECT effect_key FROM effects WHERE effect_key = ?");
    return {
      deploymentSettled(watched) {
        const { id, row, head, targets, order } = watched;
        const up = server();
        if (!up || up.isDead || (row.wake_at !== null && row.wake_at <= now())) return;
        const inOrder = order.flatMap((targetId) => targets.get(targetId) ?? []);
        const state = { ...head, targets: inOrder.length > 0 ? inOrder : null };
        const { events, effects } = plan(state, observe(watched, up), now());
        const isSoon = row.wake_at !== null && row.wake_at - now() <= PROOF_MILLISECONDS + tickMilliseconds;
        // What a host says as it goes is kept in memory at once, and acted on in a transaction that the disk may refuse.
        const mayBeUnnoticed = now() - lastUnnoticedAt() < UNNOTICED_MILLISECONDS;
        const isNoticedInTime = mayBeUnnoticed && row.wake_at !== null && row.wake_at - now() < UNNOTICED_MILLISECONDS;
        if (events.length > 0 && !isSoon && !isNoticedInTime) {
          const forgotten = events.map(({ type }) => type).join();
          violated(id, `has forgotten to decide: ${forgotten}; wakes at ${row.wake_at}, now ${now()}`);
        }
        for (const { key } of effects) {
          if (events.length === 0 && !effectOf.get(key)) violated(id, `has forgotten ${key}`);
        }
      },
    };
  },
};
