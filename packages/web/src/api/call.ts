import { ApiError, errorOf } from "./api-error.ts";
import { request } from "./request.ts";
import { type Input, type Operation, type Output, type Service, TARGET_PREFIXES } from "./services.ts";
import { forgetSession } from "./session.ts";
import { readAnswer, writeInput } from "./times.ts";

const PATH = "/-/api";
const UNAUTHORIZED = 401;

/**
 * One operation of the public API, with the session instead of a signature: `call("CodeDeploy", "GetDeployment", { deploymentId })`.
 * @throws ApiError with the API's code and message
 */
export async function call<S extends Service, O extends Operation<S>>(
  service: S,
  operation: O,
  input: Input<S, O>,
  signal?: AbortSignal,
): Promise<Output<S, O>> {
  const response = await request(PATH, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${TARGET_PREFIXES[service]}.${operation}`,
    },
    body: writeInput(input),
    ...(signal && { signal }),
  });
  const text = await response.text();
  if (response.ok) return readAnswer(text === "" ? "{}" : text) as Output<S, O>;
  const error = errorOf(response.status, text, `${service}.${operation}`);
  if (response.status === UNAUTHORIZED) forgetSession();
  throw error;
}

/** Whether trying again could help: not of what the API refused. */
export function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}
