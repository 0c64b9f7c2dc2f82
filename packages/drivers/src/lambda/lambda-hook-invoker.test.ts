import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type AnsweringServer,
  type Question,
  queryAnswer,
  startAnsweringServer,
} from "../aws/answering-server.fixture.ts";
import type { RoleClientSettings } from "../aws/role-caller.ts";
import { hookInvokerContract } from "../contracts/hook-invoker-contract.fixture.ts";
import { lambdaHookInvoker } from "./lambda-hook-invoker.ts";

const never = new AbortController().signal;
const ROLE = "arn:aws:iam::111122223333:role/CodeDeploy";
const KEYS = { region: "eu-central-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "the-secret" };
const INVOCATION: HookInvocation = {
  hook: "CodeDeployHook_check",
  deploymentId: "d-FIRST1111",
  executionId: "AfterInstall/1/shop:web",
  event: "AfterInstall",
};

/** The two calls of Lambda's API that are made, after their documented shapes; the function `CodeDeployHook_check` is there. */
function lambdaAnswer({ method, path }: Question): Answer {
  const [, name = ""] = /\/functions\/([^/?]+)/.exec(decodeURIComponent(path)) ?? [];
  if (name !== "CodeDeployHook_check") {
    return refused(404, "ResourceNotFoundException", `Function not found: ${name}`);
  }
  if (method === "POST") return { status: 202, body: "" };
  return json(200, { Configuration: { FunctionName: name } });
}

function json(status: number, body: object, headers = {}): Answer {
  return { status, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}

function refused(status: number, type: string, message: string): Answer {
  return json(status, { Type: "User", Message: message, message }, { "x-amzn-errortype": type });
}

let lambda: AnsweringServer;
const driver = (more: Partial<RoleClientSettings> = {}) =>
  lambdaHookInvoker.create({ ...KEYS, endpoint: lambda.url, ...more }, { now: Date.now });
const invocations = (server = lambda) => server.questions.filter(({ method }) => method === "POST");

beforeEach(async () => {
  lambda = await startAnsweringServer();
  lambda.answer = lambdaAnswer;
});
afterEach(() => lambda.close());

hookInvokerContract("lambda", async () => {
  const server = await startAnsweringServer();
  server.answer = lambdaAnswer;
  return {
    invoker: lambdaHookInvoker.create({ ...KEYS, endpoint: server.url }, { now: Date.now }),
    hook: "CodeDeployHook_check",
    nobody: "nobody",
    told: () => {
      const taken = invocations(server).filter(({ path }) => path.includes("CodeDeployHook_check"));
      return [...new Set(taken.map(({ body }) => body))].map((body) => {
        const { DeploymentId, LifecycleEventHookExecutionId } = JSON.parse(body);
        return { deploymentId: DeploymentId, executionId: LifecycleEventHookExecutionId };
      });
    },
    end: () => {},
    close: () => server.close(),
  };
});

describe("a Lambda hook", () => {
  it("is invoked asynchronously with the documented payload, by its name or its ARN", async () => {
    expect(await driver().invoke(INVOCATION, never)).toEqual({ outcome: "done" });
    const [asked] = invocations();
    expect(asked?.path).toBe("/2015-03-31/functions/CodeDeployHook_check/invocations");
    expect(asked?.headers["x-amz-invocation-type"]).toBe("Event");
    expect(asked?.body).toBe(
      '{"DeploymentId":"d-FIRST1111","LifecycleEventHookExecutionId":"AfterInstall/1/shop:web"}',
    );
    const hook = "arn:aws:lambda:eu-central-1:111122223333:function:CodeDeployHook_other:live";
    await driver().invoke({ ...INVOCATION, hook }, never);
    expect(decodeURIComponent(invocations()[1]?.path ?? "")).toContain(hook);
  });

  it("that the role may not look at is unchecked, and that is said", async () => {
    lambda.answer = () => refused(403, "AccessDeniedException", "not authorized to perform: lambda:GetFunction");
    expect(await driver().find({ hook: "CodeDeployHook_check" }, never)).toEqual({
      outcome: "unchecked",
      reason: expect.stringContaining("lambda:GetFunction"),
    });
  });

  it("that may not be invoked fails at once, with CodeDeploy's sentence and the service's words", async () => {
    lambda.answer = ({ form }) =>
      form.get("Action") === "AssumeRole"
        ? queryAnswer(
            "AssumeRole",
            `<Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>`,
          )
        : refused(403, "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction");
    const invocation = { ...INVOCATION, serviceRoleArn: ROLE };
    expect(await driver({ assumeServiceRole: true }).invoke(invocation, never)).toEqual({
      outcome: "failed",
      code: "IAM_ROLE_PERMISSIONS",
      reason: expect.stringMatching(
        /^The IAM role .* does not give you permission to perform operations in the following AWS service: AWSLambda\. .*lambda:InvokeFunction/,
      ),
    });
    expect(lambda.questions[0]?.form.get("RoleSessionName")).toBe("sluice-d-FIRST1111");
  });

  it("is tried again while Lambda has too many calls, and that is to blame when it lasts", async () => {
    lambda.answer = () => refused(429, "TooManyRequestsException", "Rate Exceeded.");
    expect(await driver().invoke(INVOCATION, never)).toMatchObject({
      outcome: "pending",
      code: "THROTTLED",
      detail: expect.stringMatching(/could not serve lambda:InvokeFunction/),
    });
    expect(lambda.questions).toHaveLength(3);
  });

  it("may not be a function: that is said in Lambda's words", async () => {
    lambda.answer = () => refused(400, "ValidationException", "1 validation error detected: functionName");
    const hook = "https://elsewhere.example/hook";
    expect(await driver().invoke({ ...INVOCATION, hook }, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("validation error"),
    });
    expect(await driver().find({ hook }, never)).toMatchObject({ outcome: "missing" });
  });
});
