import { hookExecutionId } from "@sluice/engine/hook-execution.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withDeployment, withGroup } from "../codedeploy.fixture.ts";
import { CODEDEPLOY_HANDLERS } from "../codedeploy-operations.ts";
import { appSpec, type TestEcs, testEcs } from "./ecs.fixture.ts";
import { appSpecRevision } from "./shift.fixture.ts";

let ecs: TestEcs;
let deploymentId: string;
let executionId: string;

beforeEach(async () => {
  ecs = await testEcs();
  const hooks = { BeforeInstall: "silent", AfterInstall: "silent" };
  deploymentId = await ecs.deploy({ revision: appSpecRevision(appSpec(hooks)) });
  await ecs.eventually(() => expect(ecs.runs.size).toBe(1));
  executionId = [...ecs.runs.values()][0]!.executionId;
});
afterEach(() => ecs.close());

function answer(status: string | undefined, id: string | undefined = executionId, deployment = deploymentId) {
  return ecs.call("PutLifecycleEventHookExecutionStatus", {
    deploymentId: deployment,
    lifecycleEventHookExecutionId: id,
    status: status as "Succeeded",
  });
}

const later = () => hookExecutionId({ targetId: "shop:web", event: "AfterInstall", attempt: 1 });

it("takes the first answer, echoes the execution, and goes on", async () => {
  expect(await answer("Succeeded")).toEqual({ lifecycleEventHookExecutionId: executionId });
  await ecs.eventually(() => expect(ecs.runs.size).toBe(2));
  expect([...ecs.runs.values()][1]).toMatchObject({ event: "AfterInstall", deploymentId });
  const { lifecycleEvents } = await ecs.target(deploymentId);
  expect(lifecycleEvents?.[0]).toMatchObject({ lifecycleEventName: "BeforeInstall", status: "Succeeded" });
});

it("takes no second answer, whatever it says", async () => {
  await answer("Succeeded");
  for (const status of ["Succeeded", "Failed"]) {
    await expect(answer(status)).rejects.toMatchObject({ code: "LifecycleEventAlreadyCompletedException" });
  }
  const { lifecycleEvents } = await ecs.target(deploymentId);
  expect(lifecycleEvents?.[0]?.status).toBe("Succeeded");
});

it("takes one of two answers that come at once", async () => {
  const answers = await Promise.allSettled([answer("Succeeded"), answer("Failed"), answer("Succeeded")]);
  const refused = answers.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  expect(refused).toEqual(Array(2).fill("LifecycleEventAlreadyCompletedException"));
});

it("fails the event, and the deployment, that its hook answers with Failed", async () => {
  await answer("Failed");
  const { errorInformation } = await ecs.ends(deploymentId, "Failed");
  expect(errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
  await expect(answer("Succeeded")).rejects.toMatchObject({ code: "LifecycleEventAlreadyCompletedException" });
});

it("takes no answer after a stop", async () => {
  await ecs.call("StopDeployment", { deploymentId });
  await ecs.ends(deploymentId, "Stopped");
  await expect(answer("Succeeded")).rejects.toMatchObject({ code: "LifecycleEventAlreadyCompletedException" });
});

it.each([
  ["no status", () => answer(undefined), "InvalidLifecycleEventHookExecutionStatusException", /status is missing/],
  [
    "a status of events",
    () => answer("Skipped"),
    "InvalidLifecycleEventHookExecutionStatusException",
    /"Skipped": a hook answers Succeeded or Failed/,
  ],
  [
    "a status in lower case",
    () => answer("succeeded"),
    "InvalidLifecycleEventHookExecutionStatusException",
    /"succeeded"/,
  ],
  ["no execution", () => answer("Succeeded", ""), "InvalidLifecycleEventHookExecutionIdException", /it is missing/],
  [
    "an execution of nobody",
    () => answer("Succeeded", "abc"),
    "InvalidLifecycleEventHookExecutionIdException",
    /"abc" is not one/,
  ],
  [
    "another target",
    () => answer("Succeeded", executionId.replace("web", "x")),
    "InvalidLifecycleEventHookExecutionIdException",
    /has no target shop:x/,
  ],
  [
    "another attempt",
    () => answer("Succeeded", executionId.replace("/1/", "/2/")),
    "InvalidLifecycleEventHookExecutionIdException",
    /was not invoked in attempt 2/,
  ],
  [
    "an event that has not begun",
    () => answer("Succeeded", later()),
    "InvalidLifecycleEventHookExecutionIdException",
    /was not invoked/,
  ],
  [
    "an event of the platform",
    () => answer("Succeeded", executionId.replace("BeforeInstall", "Install")),
    "InvalidLifecycleEventHookExecutionIdException",
    /no hook of the event Install/,
  ],
  ["no deployment", () => answer("Succeeded", executionId, ""), "DeploymentIdRequiredException", /deploymentId/],
  [
    "an unknown deployment",
    () => answer("Succeeded", executionId, "d-NOBODY123"),
    "DeploymentDoesNotExistException",
    /d-NOBODY123/,
  ],
] as const)("refuses %s", async (_, call, code, message) => {
  await expect(call()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect((await ecs.target(deploymentId)).lifecycleEvents?.[0]?.status).toBe("InProgress");
});

it("refuses a deployment to hosts", async () => {
  const codeDeploy = {
    ...ecs,
    call: (name: keyof typeof CODEDEPLOY_HANDLERS, input: never) => CODEDEPLOY_HANDLERS[name](input, ecs.context),
  } as never;
  await ecs.context.store.db.deleteFrom("applications").where("application_name", "=", "MyWebApp").execute();
  await withGroup(codeDeploy);
  const onHosts = await withDeployment(codeDeploy);
  await expect(answer("Succeeded", executionId, onHosts)).rejects.toMatchObject({
    code: "UnsupportedActionForDeploymentTypeException",
  });
});
