import type { ArnScope } from "./resource-arn.ts";

/** A function as a caller names it: by its name, a part of its ARN or the whole of it, each with a qualifier or without. */
export interface FunctionReference {
  readonly functionName: string;
  /** `$LATEST`, the number of a version, or an alias; undefined: none. */
  readonly qualifier: string | undefined;
  /** Undefined: the name has none, and means this server's. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
}

const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):(\d{12}):function:|(\d{12}):function:|function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Undefined when the text names no function. How long names may be is for others to say. */
export function parseFunctionReference(text: string): FunctionReference | undefined {
  const match = REFERENCE.exec(text);
  if (!match) return undefined;
  const [, region, accountId, accountOfPart, functionName = "", qualifier] = match;
  return { functionName, qualifier, region, accountId: accountId ?? accountOfPart };
}

/** `qualifier` undefined: of the function itself. */
export function functionArn({ region, accountId }: ArnScope, functionName: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
