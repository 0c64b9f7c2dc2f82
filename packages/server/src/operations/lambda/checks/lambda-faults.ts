import { CallerFault } from "@sluice/model/caller-fault.ts";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { FunctionPlace } from "../../../functions/lambda-platform.ts";
import { type MemberRules, requireServed } from "../../member-rules.ts";

export function invalid(message: string): CallerFault {
  return new CallerFault("InvalidParameterValueException", message);
}

export function functionNotFound(scope: ArnScope, functionName: string, qualifier?: string): CallerFault {
  const arn = functionArn(scope, functionName, qualifier);
  return new CallerFault("ResourceNotFoundException", `Function not found: ${arn}`);
}

/** In AWS' words. */
export function otherRevision(): CallerFault {
  return new CallerFault(
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
  );
}

/** @param given of the call; undefined: it does not matter to the caller */
export function requireRevision(given: string | undefined, revisionId: string): void {
  if (given !== undefined && given !== revisionId) throw otherRevision();
}

const CURE =
  "leave it out, or add awsOnly: ignore to the settings of the driver functions in sluice.yml and restart the server with --config sluice.yml";

/** Refuses, by its path (`VpcConfig.SubnetIds`), the first member that would do nothing. */
export function requireSupported<T extends object>(
  input: T,
  rules: MemberRules<T>,
  { ignoresAwsOnly }: Pick<FunctionPlace, "ignoresAwsOnly">,
): void {
  requireServed(input, rules, {
    ignoresAwsOnly,
    fault: invalid,
    awsOnly: (member, why) => `${member} is AWS' own: ${why}. To go on, ${CURE}`,
  });
}
