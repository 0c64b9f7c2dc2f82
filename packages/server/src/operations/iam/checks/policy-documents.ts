import { CallerFault } from "@sluice/model/caller-fault.ts";
import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { PolicyFault } from "@sluice/model/policy/policy-fault.ts";
import { type PolicyPlace, policyCharacters } from "@sluice/model/policy/policy-limits.ts";

/** The document as it was given, if it is a policy that such a place may have. Throws CallerFault MalformedPolicyDocument or LimitExceeded. */
export function requirePolicyDocument(document: string | undefined, policyName: string, place: PolicyPlace): string {
  if (!document) throw new CallerFault("MalformedPolicyDocument", `The policy ${policyName} has no document.`);
  try {
    parsePolicy(document, policyName, place);
    return document;
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const { message, place: at } = error;
    const where = at.line > 1 ? ` (line ${at.line}, column ${at.column})` : "";
    throw new CallerFault("MalformedPolicyDocument", `${upperFirst(message)}${where}.`, { cause: error });
  }
}

/** IAM counts the inline policies of one user or role together. */
export function requireInlineSize(
  documents: readonly string[],
  place: "user" | "role",
  owner: string,
  maxCharacters: number,
): void {
  const characters = documents.reduce((sum, document) => sum + policyCharacters(document, place), 0);
  if (characters <= maxCharacters) return;
  throw new CallerFault(
    "LimitExceeded",
    `Maximum policy size of ${maxCharacters} bytes exceeded for ${place} ${owner}: its inline policies have ${characters} characters together, blanks not counted. Attach a policy instead: sluice policies put NAME --file FILE`,
  );
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
