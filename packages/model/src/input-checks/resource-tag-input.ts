import { CallerFault } from "../caller-fault.ts";
import { excerpt } from "../excerpt.ts";
import { raisedBy, type ServiceLimits } from "../service-limits.ts";
import { type Tag, tagProblem } from "../tag-filter.ts";

/** AWS keeps this prefix for itself, whatever its case. */
const RESERVED_PREFIX = /^aws:/i;

/** The tags of CreateApplication, CreateDeploymentGroup and TagResource. */
export function readResourceTags(
  input: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
  limits: ServiceLimits,
): Tag[] {
  const tags = (input ?? []).map((tag) => {
    const problem = tagProblem(tag);
    if (problem !== undefined)
      throw invalidTags(`the tag ${excerpt(`${tag.Key ?? ""}=${tag.Value ?? ""}`)} ${problem}`);
    if (RESERVED_PREFIX.test(tag.Key!))
      throw invalidTags(`the key ${tag.Key} begins with aws:, which is reserved: choose another key`);
    return { Key: tag.Key!, Value: tag.Value ?? "" };
  });
  const twice = tags.find((tag, index) => tags.findIndex((other) => other.Key === tag.Key) !== index);
  if (twice) throw invalidTags(`the key ${twice.Key} is given twice: a resource has one value for a key`);
  checkResourceTagCount(tags.length, limits);
  return tags;
}

export function checkResourceTagCount(count: number, { tagsPerResource }: ServiceLimits): void {
  if (count <= tagsPerResource) return;
  throw invalidTags(
    `the resource would have ${count} tags: at most ${tagsPerResource} are allowed. Remove some, or ${raisedBy("tagsPerResource")}`,
  );
}

function invalidTags(message: string): CallerFault {
  return new CallerFault("InvalidTagsToAddException", `The tags are not valid: ${message}.`);
}
