import type { PolicyVersion } from "./policy-document.ts";
import { compileText, parsePolicyText, type RequestContext } from "./policy-text.ts";

/** `arn`, partition, service, region, account, and all that follows. */
export const ARN_PARTS = 6;

/** The parts of an ARN, fewer when it is none. Colons after the fifth, and in `${…}`, separate nothing. */
export function arnParts(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let isInVariable = false;
  for (let at = 0; at < text.length && parts.length < ARN_PARTS - 1; at++) {
    const character = text.charAt(at);
    if (character === "$" && text.charAt(at + 1) === "{") isInVariable = true;
    else if (character === "}") isInVariable = false;
    else if (character === ":" && !isInVariable) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * A test of ARNs part by part, as the Arn operators do it: an asterisk ends at its colon, but in the last part. `*` alone is every ARN.
 */
export function compileArnText(
  text: string,
  version: PolicyVersion,
): (given: string, context: RequestContext) => boolean {
  if (text === "*") return (given) => arnParts(given).length === ARN_PARTS;
  const tests = arnParts(text).map((part) => compileText(parsePolicyText(part, version, true)));
  return (given, context) => {
    const parts = arnParts(given);
    return parts.length === tests.length && parts.every((part, index) => tests[index]?.(part, context) ?? false);
  };
}

/** An ARN of a Resource with fewer parts than an ARN has ends in asterisks for those that are missing: `arn:aws:s3` is `arn:aws:s3:*:*:*`. */
export function completeArn(text: string): string {
  const missing = ARN_PARTS - arnParts(text).length;
  return text === "*" || missing <= 0 ? text : text + ":*".repeat(missing);
}
