import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import type { PlanDeploymentInput, PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NO_REVISIONS } from "../codedeploy/codedeploy.fixture.ts";
import { appSpec, type TestLambda, testLambda } from "../codedeploy/deployments/lambda.fixture.ts";
import { appSpecRevision } from "../codedeploy/deployments/shift.fixture.ts";
import { planDeployment } from "./plan-deployment.ts";
import type { SluiceContext } from "./sluice-context.ts";

const CANARY = { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" };

let lambda: TestLambda;
beforeAll(async () => {
  lambda = await testLambda();
});
afterAll(() => lambda.close());
beforeEach(() => {
  lambda.charge.aliases.set("live", { version: "1", second: null });
  for (const version of ["1", "2"]) lambda.charge.versions.set(version, newMemoryVersion());
});

async function plan(input: Partial<PlanDeploymentInput> = {}): Promise<PlanDeploymentOutput> {
  const context = {
    ...lambda.context,
    preflight: {
      shiftPorts: lambda.ports,
      alarmReader: memoryAlarmReader.create({}, { alarms: lambda.alarms }),
      revisions: NO_REVISIONS,
    },
    signal: new AbortController().signal,
  } as unknown as SluiceContext;
  return planDeployment(
    {
      applicationName: "Functions",
      deploymentGroupName: "live",
      revision: appSpecRevision(appSpec({}, { BeforeAllowTraffic: "check-before" })),
      ...input,
    },
    context,
  );
}

const outcomes = ({ checks }: PlanDeploymentOutput) =>
  Object.fromEntries(checks.map(({ subject, outcome }) => [subject, outcome]));

describe("the plan of a deployment to Lambda", () => {
  it("says what was looked at, and each step with its time", async () => {
    const planned = await plan({
      ...CANARY,
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    expect(planned).toMatchObject({ canStart: true, obstacles: [], warnings: [], end: { status: "Succeeded" } });
    expect(planned.strategy).toBe("version 1 to 2: 10 % of the traffic moves, and the rest after 5 min");
    expect(planned.steps.map(({ description, seconds }) => [description, seconds])).toEqual([
      ["BeforeAllowTraffic: run the hook check-before, and wait for its answer", undefined],
      ["send 10 % of production traffic to version 2, at once", 0],
      ["send 100 % of production traffic to version 2, 5 min after the first step", 300],
    ]);
    expect(planned.checks.map(({ subject, outcome, detail }) => `${subject} ${outcome}: ${detail}`)).toEqual([
      "appspec ok: the AppSpec is valid",
      "alias ok: live of charge is at version 1",
      "current-version ok: version 1 is published and active",
      "target-version ok: version 2 is published and active",
      "hooks ok: BeforeAllowTraffic: check-before found",
      "alarms ok: errors",
    ]);
    // Nothing was done, and nothing written.
    expect([lambda.weights, lambda.runs.size]).toEqual([[], 0]);
    expect((await lambda.call("ListDeployments", {})).deployments).toEqual([]);
  });

  it("reads the current version from the alias where the AppSpec says so", async () => {
    lambda.charge.aliases.set("live", { version: "3", second: null });
    const content = appSpec({ CurrentVersion: undefined, CurrentVersionFromAlias: true });
    const planned = await plan({ revision: appSpecRevision(content) });
    expect(planned.canStart).toBe(true);
    expect(planned.strategy).toBe("version 3 to 2: all traffic moves at once");
    expect(planned.checks.find(({ subject }) => subject === "current-version")?.detail).toContain("version 3");
  });

  it("warns of a target version that is not ready", async () => {
    lambda.charge.versions.set("2", newMemoryVersion({ isActive: false, detail: "provisioned concurrency 0 of 5" }));
    expect(outcomes(await plan())).toMatchObject({ "target-version": "warning" });
  });

  it.each([
    ["there is no alias", () => lambda.charge.aliases.delete("live"), "INVALID_LAMBDA_FUNCTION", "alias"],
    [
      "a version is not published",
      () => lambda.charge.versions.delete("2"),
      "INVALID_LAMBDA_FUNCTION",
      "target-version",
    ],
    [
      "weights were left",
      () => lambda.charge.aliases.set("live", { version: "1", second: { version: "3", percent: 10 } }),
      "INVALID_LAMBDA_CONFIGURATION",
      "alias",
    ],
    [
      "the alias is elsewhere",
      () => lambda.charge.aliases.set("live", { version: "3", second: null }),
      "INVALID_LAMBDA_CONFIGURATION",
      "alias",
    ],
  ])("cannot start when %s, and says so as the deployment would", async (_, change, code, subject) => {
    change();
    const planned = await plan();
    expect(planned).toMatchObject({ canStart: false, steps: [], obstacles: [{ code }] });
    expect(outcomes(planned)).toMatchObject({ [subject]: "failed" });
    const { errorInformation } = await lambda.ends(
      await lambda.deploy({ revision: appSpecRevision(appSpec({}, { BeforeAllowTraffic: "check-before" })) }),
      "Failed",
    );
    expect(planned.obstacles[0]).toEqual(errorInformation);
  });
});
