import type { ArnScope } from "@sluice/model/resource-arn.ts";

export interface NamedFunction {
  readonly functionName: string;
  /** A version or an alias; undefined: `$LATEST`. */
  readonly qualifier: string | undefined;
}

/** As Lambda's API takes one for a function: its name, a part of its ARN or all of it, with a version or an alias or without. */
const FUNCTION =
  /^(?:(?:arn:aws[a-z-]*:lambda:(?<region>[a-z0-9-]+):)?(?<accountId>\d{12}):function:)?(?<functionName>[A-Za-z0-9_-]+)(?::(?<qualifier>[A-Za-z0-9_$-]+))?$/;

/** Undefined: it is no function's name, or that of a function of another account or region, which is another one. */
export function namedFunction(text: string, installation: ArnScope): NamedFunction | undefined {
  const named = FUNCTION.exec(text)?.groups;
  if (named?.functionName === undefined) return undefined;
  const { region = installation.region, accountId = installation.accountId, functionName, qualifier } = named;
  if (region !== installation.region || accountId !== installation.accountId) return undefined;
  return { functionName, qualifier };
}
