import { parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";

export interface NamedFunction {
  readonly functionName: string;
  /** A version or an alias; undefined: `$LATEST`. */
  readonly qualifier: string | undefined;
}

/** Undefined: it is no function's name, or that of a function of another account or region, which is another one. */
export function namedFunction(text: string, installation: ArnScope): NamedFunction | undefined {
  const reference = parseFunctionReference(text);
  if (!reference) return undefined;
  const { region = installation.region, accountId = installation.accountId, functionName, qualifier } = reference;
  if (region !== installation.region || accountId !== installation.accountId) return undefined;
  return { functionName, qualifier };
}
