import type { LambdaRule } from "../../lambda/watched-functions.ts";

export const OTHERS_KEPT: LambdaRule = {
  name: "an alias that somebody else has changed stays as it is",
  watch: ({ deployments }, violated) => ({
    othersOverwritten(groupId) {
      violated(deployments.activeOf(groupId) ?? null, `shifts the alias of ${groupId} away from a version of others`);
    },
  }),
};
