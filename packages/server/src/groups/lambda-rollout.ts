import type { LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import type { GroupOfRollout } from "./group-of-rollout.ts";
import type { ReadRevision } from "./read-revision.ts";
import { appSpecOf } from "./service-revision.ts";
import { scheduleFor } from "./shift-schedule.ts";

/** How a group's next deployment goes: the AppSpec says which alias moves from which version to which, and the configuration how fast. */
export function lambdaRollout(
  { fields: { serviceRoleArn }, config, settings }: GroupOfRollout,
  _asked: AskedOfRollout,
  revision: ReadRevision,
): LambdaShift {
  const schedule = scheduleFor("Lambda", config);
  const {
    shift: { functionName, aliasName, currentVersion, targetVersion },
    hooks,
  } = appSpecOf(revision, readLambdaAppSpec);
  return {
    type: "lambda-shift",
    schedule,
    alias: { functionName, aliasName, serviceRoleArn },
    currentVersion,
    targetVersion,
    hooks,
    serviceRoleArn,
    hookTimeoutMilliseconds: settings.hookTimeoutSeconds * 1000,
    hookMustAnswer: settings.hookMustAnswer,
  };
}
