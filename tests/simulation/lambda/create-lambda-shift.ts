import type { HookNames, LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { requireRevision } from "@sluice/server/operations/codedeploy/checks/revision-input.ts";
import { type DeploymentGroupFields, USUAL_SETTINGS } from "@sluice/server/store/columns/group-columns.ts";
import { createShift, type NewShift } from "../shift/create-shift.ts";
import type { SimulatedServer } from "../simulated-server.ts";

const FIELDS: DeploymentGroupFields = {
  serviceRoleArn: "",
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
};

export async function createLambdaShift(
  server: SimulatedServer,
  shift: NewShift & { readonly strategy: LambdaShift },
  now: number,
): Promise<void> {
  const { strategy } = shift;
  const { schedule, hookMustAnswer } = strategy;
  const revision = appSpecRevision(strategy);
  await createShift(
    server,
    shift,
    { platform: "Lambda", fields: FIELDS, settings: { ...USUAL_SETTINGS, hookMustAnswer }, schedule, revision },
    now,
  );
}

/** The revision that shifts this alias with these hooks. */
export function appSpecRevision({
  alias: { functionName, aliasName },
  currentVersion,
  targetVersion,
  hooks,
}: Pick<LambdaShift, "alias" | "currentVersion" | "targetVersion"> & { readonly hooks: HookNames }): RevisionLocation {
  const current = currentVersion === null ? { CurrentVersionFromAlias: true } : { CurrentVersion: currentVersion };
  const content = JSON.stringify({
    version: 0.0,
    Resources: [
      {
        function: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: functionName, Alias: aliasName, ...current, TargetVersion: targetVersion },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  });
  return requireRevision({ revisionType: "AppSpecContent", appSpecContent: { content } });
}
