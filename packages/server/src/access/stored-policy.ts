import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import type { NamedPolicy, PolicyDocument } from "@sluice/model/policy/policy-document.ts";

/** Documents that were read, so that each is read once however many keys have it. */
const MAX_READ = 2_000;
/** In the document as JSON writes it: what is stored may have written any character as an escape. */
const ASKS_FOR_TAGS = /aws:(?:resourcetag|requesttag)\/|aws:tagkeys/i;

interface ReadPolicy {
  readonly document: PolicyDocument;
  readonly asksForTags: boolean;
}

const read = new Map<string, ReadPolicy>();

export type StoredPolicy = NamedPolicy & Pick<ReadPolicy, "asksForTags">;

/** A policy whose document was checked when it was stored. */
export function storedPolicy(name: string, text: string): StoredPolicy {
  let known = read.get(text);
  if (!known) {
    known = { document: parsePolicy(text, name), asksForTags: ASKS_FOR_TAGS.test(JSON.stringify(JSON.parse(text))) };
    if (read.size >= MAX_READ) read.clear();
    read.set(text, known);
  }
  return { name, ...known };
}
