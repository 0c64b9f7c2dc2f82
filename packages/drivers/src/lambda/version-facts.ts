import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { VersionFacts } from "@sluice/engine/ports/function-alias.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { LambdaCalls } from "./lambda-client.ts";

/** `$LATEST` and aliases are qualifiers, too, and what they are changes. */
const PUBLISHED_VERSION = /^[1-9]\d*$/;

/** Undefined: it is not published. Rejects with an AwsCallError. */
export async function findVersion(
  call: AwsCaller<LambdaCalls>,
  functionName: string,
  version: string,
  signal: AbortSignal,
): Promise<FunctionConfiguration | undefined> {
  if (!PUBLISHED_VERSION.test(version)) return undefined;
  const input = { FunctionName: functionName, Qualifier: version };
  try {
    return await call("GetFunctionConfiguration", signal, (client, options) =>
      client.getFunctionConfiguration(input, options),
    );
  } catch (error) {
    if (error instanceof AwsCallError && isNotFound(error)) return undefined;
    throw error;
  }
}

export function isNotFound({ code }: AwsCallError): boolean {
  return code.startsWith("ResourceNotFound");
}

export function versionFacts(found: FunctionConfiguration): VersionFacts {
  const detail = troubleOf(found);
  return {
    isActive: detail === "",
    role: found.Role ?? "",
    deadLetterTarget: found.DeadLetterConfig?.TargetArn || null,
    detail,
  };
}

/** It will not become active by waiting. */
export function hasFailed({ State, LastUpdateStatus }: FunctionConfiguration): boolean {
  return State === "Failed" || LastUpdateStatus === "Failed";
}

/** Empty: it can be invoked. */
function troubleOf({
  FunctionName = "NAME",
  Version = "VERSION",
  State,
  StateReason,
  StateReasonCode,
  LastUpdateStatus,
  LastUpdateStatusReason,
  LastUpdateStatusReasonCode,
}: FunctionConfiguration): string {
  if (State !== undefined && State !== "Active") {
    const words = inWords(`its state is ${State}`, StateReasonCode, StateReason);
    // Lambda has taken its resources back, and gets them again when it is invoked.
    if (State !== "Inactive") return words;
    return `${words}. Invoke it once: aws lambda invoke --function-name ${FunctionName}:${Version} /dev/stdout`;
  }
  if (LastUpdateStatus === undefined || LastUpdateStatus === "Successful") return "";
  return inWords(`its last update is ${LastUpdateStatus}`, LastUpdateStatusReasonCode, LastUpdateStatusReason);
}

function inWords(what: string, code: string | undefined, reason: string | undefined): string {
  return [what, ...(code ? [code] : []), ...(reason ? [reason] : [])].join(": ");
}

/** The role may not look: what is wrong with the version shows when the alias is to point to it. */
export function uncheckedVersion(reason: string): VersionFacts {
  return { isActive: true, role: "", deadLetterTarget: null, detail: "", unchecked: reason };
}
