import type { IncomingMessage } from "node:http";
import { MAX_EVENT_INVOCATION_BYTES, MAX_INVOCATION_BYTES } from "@sluice/model/lambda-limits.ts";
import { LAMBDA_SERVICE } from "@sluice/wire/rest-json/lambda-service.ts";
import type { Action } from "../access/action.ts";
import { codeUrl } from "../functions/code-url.ts";
import type { LambdaPlatform } from "../functions/lambda-platform.ts";
import { lambdaNeeds } from "../needs/lambda-needs.ts";
import { requirePlatform } from "../operations/lambda/lambda-context.ts";
import type { OperationContext } from "../operations/operation.ts";
import type { AccessKeys } from "../store/access-keys.ts";
import { handlerOf, needsPartsOf } from "./json-services.ts";
import { type RestCall, type RestOutput, speakRestJson } from "./speak-rest-json.ts";
import { MAX_SMALL_BODY_BYTES, type WholeService } from "./wire-service.ts";

/** Of a call with a zip in it, as base64. */
export const MAX_CODE_CALL_BYTES = 70_167_211;

const CODE_CALLS: ReadonlySet<string> = new Set(["CreateFunction", "UpdateFunctionCode"]);

export interface LambdaDependencies {
  readonly operations: Omit<OperationContext, "principal">;
  readonly accessKeys: Pick<AccessKeys, "find">;
  /** Undefined: sluice.yml binds no functions. */
  readonly lambda: LambdaPlatform | undefined;
  readonly onDone: (action: Action) => void;
}

/** Lambda, by REST-JSON. */
export function speakLambda(dependencies: LambdaDependencies): WholeService {
  return speakRestJson({
    service: LAMBDA_SERVICE,
    accountId: dependencies.operations.accountId,
    actionOf: lambdaAction,
    needsOf: (operation, input, context) => lambdaNeeds(lambdaAction(operation), input, context),
    needsParts: needsPartsOf(dependencies.operations),
    inputMaxBytes: dependencies.lambda ? inputMaxBytes : () => MAX_SMALL_BODY_BYTES,
    call: (operation, input, call) => callLambda(dependencies, operation, input, call),
    onDone: dependencies.onDone,
  });
}

/** IAM has another name for one of them. A test holds that each operation has its action. */
export function lambdaAction(operation: string): Action {
  return operation === "Invoke" ? "lambda:InvokeFunction" : (`lambda:${operation}` as Action);
}

function inputMaxBytes(operation: string, { headers }: IncomingMessage): number {
  if (CODE_CALLS.has(operation)) return MAX_CODE_CALL_BYTES;
  if (operation !== "Invoke") return MAX_SMALL_BODY_BYTES;
  return headers["x-amz-invocation-type"] === "Event" ? MAX_EVENT_INVOCATION_BYTES : MAX_INVOCATION_BYTES;
}

/** Kept: it is asked for at each invocation. */
let invocations: typeof import("../operations/lambda/invocations/invoke.ts") | undefined;

async function callLambda(
  { operations, accessKeys, lambda }: LambdaDependencies,
  operation: string,
  input: unknown,
  { principal, signal, publicEndpoint }: RestCall,
): Promise<RestOutput> {
  const context = {
    ...operations,
    principal,
    signal,
    platform: requirePlatform(lambda),
    codeUrl: (codeSha256: string) => codeUrl({ accessKeys, ...operations }, principal, publicEndpoint, codeSha256),
  };
  // A server without functions never loads them.
  if (operation === "Invoke") {
    invocations ??= await import("../operations/lambda/invocations/invoke.ts");
    const { invoke } = invocations;
    return invoke(input as Parameters<typeof invoke>[0], context);
  }
  const { LAMBDA_HANDLERS } = await import("../operations/lambda/lambda-operations.ts");
  return { output: await handlerOf(LAMBDA_HANDLERS, operation)(input, context) };
}
