import type { LambdaTarget } from "@aws-sdk/client-codedeploy";
import {
  type MemoryFunction,
  memoryFunctionAlias,
  newMemoryVersion,
} from "@sluice/drivers/memory/memory-function-alias.ts";
import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ROLE_ARN } from "../codedeploy.fixture.ts";
import { appSpecRevision, type NewDeployment, type TestShift, testShift } from "./shift.fixture.ts";

/** The AppSpec of these tests: `live` of `charge`, from version 1 to 2. */
export function appSpec(
  properties: Readonly<Record<string, unknown>> = {},
  hooks: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        charge: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: "charge", Alias: "live", CurrentVersion: "1", TargetVersion: "2", ...properties },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  });
}

/** CodeDeploy's operations and the runner over one store, a function `charge` with the alias `live`, alarms and hooks in memory. */
export interface TestLambda extends TestShift {
  readonly charge: MemoryFunction;
  /** Each percent of the target version that was set. */
  readonly weights: number[];
  /** With what the alias was asked for. */
  readonly asked: LambdaAlias[];
  routing(): AliasRouting | undefined;
  /** A deployment to the group; returns its id. */
  deploy(fields?: NewDeployment): Promise<string>;
  target(deploymentId: string): Promise<LambdaTarget>;
}

export const GROUP: CodeDeployOperations["CreateDeploymentGroup"]["input"] = {
  applicationName: "Functions",
  deploymentGroupName: "live",
  serviceRoleArn: ROLE_ARN,
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  autoRollbackConfiguration: {
    enabled: true,
    events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  },
};

/** With the application `Functions`, and its group `live` as `GROUP` and `fields` say. */
export async function testLambda(
  fields: Partial<CodeDeployOperations["CreateDeploymentGroup"]["input"]> = {},
): Promise<TestLambda> {
  const charge: MemoryFunction = {
    versions: new Map(["1", "2", "3"].map((version) => [version, newMemoryVersion()])),
    aliases: new Map([["live", { version: "1", second: null }]]),
  };
  const weights: number[] = [];
  const asked: LambdaAlias[] = [];
  const functions = memoryFunctionAlias.create({}, { functions: new Map([["charge", charge]]) });
  const shift = await testShift(() => ({
    functionAlias: {
      ...functions,
      shift: (alias, wish, signal) => {
        weights.push(wish.percent);
        asked.push(alias);
        return functions.shift(alias, wish, signal);
      },
    },
  }));
  const { call } = shift;
  await call("CreateApplication", { applicationName: "Functions", computePlatform: "Lambda" });
  await call("CreateDeploymentGroup", { ...GROUP, ...fields });
  return {
    ...shift,
    charge,
    weights,
    asked,
    routing: () => charge.aliases.get("live"),
    async deploy(given = {}) {
      const { deploymentId } = await call("CreateDeployment", {
        applicationName: "Functions",
        deploymentGroupName: "live",
        revision: appSpecRevision(appSpec()),
        ...given,
      });
      return deploymentId!;
    },
    target: async (deploymentId) => (await shift.targetOf(deploymentId, "charge")).lambdaTarget!,
  };
}
