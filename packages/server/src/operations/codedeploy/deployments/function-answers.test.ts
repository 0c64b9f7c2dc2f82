import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../../access/principal.ts";
import { insertEvent } from "../../../store/lambda/events.ts";
import { CODEDEPLOY_HANDLERS } from "../codedeploy-operations.ts";
import { appSpec, type TestEcs, testEcs } from "./ecs.fixture.ts";
import { appSpecRevision } from "./shift.fixture.ts";

let ecs: TestEcs;
let deploymentId: string;
let executionId: string;

/** Hurried time ends with the first test: nothing here needs more of it. */
beforeAll(async () => {
  ecs = await testEcs();
  const hooks = { BeforeInstall: "silent", AfterInstall: "check-after" };
  deploymentId = await ecs.deploy({ revision: appSpecRevision(appSpec(hooks)) });
  await ecs.eventually(() => expect(ecs.runs.size).toBe(1));
  executionId = [...ecs.runs.values()][0]!.executionId;
  await run("silent", deploymentId, executionId);
  // Another deployment's: the execution alone says nothing.
  await run("check-after", "d-OTHER1234", executionId);
});
afterAll(() => ecs.close());

/** As the queue of functions has it, before the function runs. */
async function run(functionName: string, deployment: string, execution: string): Promise<void> {
  await ecs.context.store.write((transaction) =>
    insertEvent(transaction, {
      ...{ request_id: `${functionName}-${deployment}`, function_name: functionName, qualifier: null, payload: "{}" },
      ...{ deployment_id: deployment, execution_id: execution, created_at: 0 },
    }),
  );
}

function answer(functionName: string, id = executionId, deployment = deploymentId, status = "Succeeded") {
  const principal: Principal = { role: "function", accessKeyId: "AKIAFUNCTION", hostId: null, functionName };
  const input = { deploymentId: deployment, lifecycleEventHookExecutionId: id, status: status as "Succeeded" };
  return CODEDEPLOY_HANDLERS.PutLifecycleEventHookExecutionStatus(input, { ...ecs.context, principal });
}

const nobodys = () => answer("stranger", executionId, "d-NOBODY123").catch(({ message }: Error) => message);
const withoutId = (message: string, id: string) => message.replaceAll(id, "ID");

describe("a function's key", () => {
  it.each([
    ["another function", () => answer("check-after")],
    ["a name that begins alike", () => answer("silen")],
    ["an event of the platform", () => answer("silent", executionId.replace("BeforeInstall", "Install"))],
    ["an event whose hook is another function", () => answer("silent", executionId.replace("Before", "After"))],
    ["a hook of its name that AWS runs", () => answer("check-after", executionId.replace("Before", "After"))],
    ["a deployment that there is not", () => answer("silent", executionId, "d-NOBODY123")],
  ])("is refused for %s", async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect((await ecs.target(deploymentId)).lifecycleEvents?.[0]?.status).toBe("InProgress");
  });

  it("is told of a deployment that is not its own what it is told of none", async () => {
    const refused = await answer("stranger").catch(({ message }: Error) => message);
    expect(withoutId(refused as string, deploymentId)).toBe(withoutId((await nobodys()) as string, "d-NOBODY123"));
    expect(refused).toBe(
      `User: arn:aws:iam::111122223333:user/sluice/function/stranger is not authorized to perform: codedeploy:PutLifecycleEventHookExecutionStatus. A function's key answers for its own executions only, and the function stranger was not asked for this one of a deployment ${deploymentId}.`,
    );
  });

  it("answers for the hook that is its function, once", async () => {
    expect(await answer("silent")).toEqual({ lifecycleEventHookExecutionId: executionId });
    for (const status of ["Succeeded", "Failed"]) {
      await expect(answer("silent", executionId, deploymentId, status)).rejects.toMatchObject({
        code: "LifecycleEventAlreadyCompletedException",
      });
    }
    // Whose it was does not change with its end.
    await expect(answer("stranger")).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect((await ecs.target(deploymentId)).lifecycleEvents?.[0]?.status).toBe("Succeeded");
  });
});
