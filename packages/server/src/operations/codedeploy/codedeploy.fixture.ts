import { memoryFleet } from "@sluice/drivers/memory/memory-fleet.ts";
import type { FleetHost } from "@sluice/engine/ports/fleet.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { Liveness } from "../../hosts/liveness.ts";
import { recordOutcome } from "../../planning/record-outcome.ts";
import { liveEcsServices } from "../../platforms/ecs-services.ts";
import { liveLambdaAliases } from "../../platforms/lambda-aliases.ts";
import { lockDeployments, readHead, saveHead } from "../../store/deployments.ts";
import { type TestClock, testContext } from "../operation-context.fixture.ts";
import type { CodeDeployContext } from "./codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "./codedeploy-operations.ts";

/** Operations over a store in memory, a clock that a test moves, and hosts that a test adds. */
export interface TestCodeDeploy {
  readonly context: CodeDeployContext;
  readonly clock: TestClock;
  readonly hosts: FleetHost[];
  /** Ids of the deployments that the planner was told to look at. */
  readonly woken: string[];
  /** Ids of the deployments whose output was removed with them. */
  readonly forgotten: string[];
  call<Name extends keyof CodeDeployOperations>(
    name: Name,
    input: CodeDeployOperations[Name]["input"],
  ): Promise<CodeDeployOperations[Name]["output"]>;
  close(): Promise<void>;
}

export const START = Date.parse("2026-11-23T12:00:00Z");
export const ROLE_ARN = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
export const S3_REVISION = {
  revisionType: "S3",
  s3Location: { bucket: "my-artifacts", key: "app/build-42.zip", bundleType: "zip" },
} as const;

/** No store of revisions can be reached. */
export const NO_REVISIONS: CodeDeployContext["revisions"] = {
  inspect: async () => ({ outcome: "unchecked", reason: "there is no store of revisions here" }),
  read: async () => {
    throw new Error("there is no store of revisions here");
  },
};

/** @param parts what a test is about, in the place of the usual */
export async function testCodeDeploy(parts: Partial<CodeDeployContext> = {}): Promise<TestCodeDeploy> {
  const clock: TestClock = { now: START };
  const operationContext = await testContext(clock);
  const { store } = operationContext;
  const hosts: FleetHost[] = [];
  const woken: string[] = [];
  const forgotten: string[] = [];
  const context: CodeDeployContext = {
    ...operationContext,
    fleet: memoryFleet.create({}, { hosts }),
    liveness: new Liveness({
      store,
      readyAt: START,
      onFlushError: (error) => {
        throw error;
      },
    }),
    forgetOutput: async (deploymentIds) => void forgotten.push(...deploymentIds),
    revisions: NO_REVISIONS,
    ecsServices: liveEcsServices({}, () => clock.now),
    lambdaAliases: liveLambdaAliases({}, () => clock.now),
    planner: {
      wake: (deploymentId) => woken.push(deploymentId),
      report: async () => ({ answer: "Failed" }),
    },
    ...parts,
  };
  return {
    context,
    clock,
    hosts,
    woken,
    forgotten,
    call: (name, input) => CODEDEPLOY_HANDLERS[name](input, context),
    close: () => store.close(),
  };
}

/** An application `MyWebApp` with a group `prod`. */
export async function withGroup(
  codeDeploy: TestCodeDeploy,
  fields: Partial<CodeDeployOperations["CreateDeploymentGroup"]["input"]> = {},
): Promise<void> {
  await codeDeploy.call("CreateApplication", { applicationName: "MyWebApp" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: "MyWebApp",
    deploymentGroupName: "prod",
    serviceRoleArn: ROLE_ARN,
    ec2TagFilters: [{ Key: "Environment", Value: "prod", Type: "KEY_AND_VALUE" }],
    ...fields,
  });
}

/** A deployment of `S3_REVISION` to `prod`; returns its id. */
export async function withDeployment(
  codeDeploy: TestCodeDeploy,
  fields: Partial<CodeDeployOperations["CreateDeployment"]["input"]> = {},
): Promise<string> {
  const { deploymentId } = await codeDeploy.call("CreateDeployment", {
    applicationName: "MyWebApp",
    deploymentGroupName: "prod",
    revision: S3_REVISION,
    ...fields,
  });
  return deploymentId!;
}

/** Ends a deployment as the planner does. */
export async function endDeployment(
  { context, clock }: TestCodeDeploy,
  deploymentId: string,
  status: "Succeeded" | "Failed",
): Promise<void> {
  await context.store.write(async (transaction) => {
    const [row] = await lockDeployments(transaction, [deploymentId]);
    const error =
      status === "Failed" ? { code: "HEALTH_CONSTRAINTS", message: "The overall deployment failed." } : null;
    const head = { ...readHead(row!), status, error, startedAt: START + 1, completedAt: clock.now };
    await recordOutcome(transaction, row!, { ...head, targets: null });
    await saveHead(transaction, { head, lastSequence: row!.last_sequence, wakeAt: null });
  });
}
