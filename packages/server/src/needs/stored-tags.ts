import type { Need, ResourceTags } from "../access/need.ts";
import { codeDeployTags } from "./codedeploy-tags.ts";
import { ecsTags } from "./ecs-tags.ts";
import { elbv2Tags } from "./elbv2-tags.ts";
import type { ReadTags, StoredTags, TagsContext } from "./found-tags.ts";
import { userTags } from "./iam-tags.ts";
import { functionTags } from "./lambda-tags.ts";
import { hostTags } from "./sluice-tags.ts";

/** By the service in the ARN. What is not here, and an object in a bucket, has no tags that IAM asks for. */
const READERS: ReadonlyMap<string, ReadTags> = new Map([
  ["codedeploy", codeDeployTags],
  ["ecs", ecsTags],
  ["elasticloadbalancing", elbv2Tags],
  ["iam", userTags],
  ["lambda", functionTags],
  ["sluice", hostTags],
]);

/** The needs with the tags of their resources. What a call makes has the tags that it gives, as in AWS, unless it is there already. */
export async function withStoredTags(needs: readonly Need[], context: TagsContext): Promise<readonly Need[]> {
  const stored = await readTags(needs, context);
  return needs.map((need) => {
    const found = stored.get(need.resource);
    const isMade = need.isNew && (found === undefined || found.isGone);
    const resourceTags = isMade ? need.requestTags : found?.tags;
    return { ...need, resourceTags, ...(need.replacesTags && { takenTagKeys: replacedKeys(need, resourceTags) }) };
  });
}

function replacedKeys({ requestTags = {} }: Need, resourceTags: ResourceTags = {}): readonly string[] {
  return Object.keys(resourceTags).filter((key) => !Object.hasOwn(requestTags, key));
}

/** One look per service and kind, however many resources a call names. */
async function readTags(needs: readonly Need[], context: TagsContext): Promise<ReadonlyMap<string, StoredTags>> {
  const byService = Map.groupBy(new Set(needs.map(({ resource }) => resource)), (arn) => arn.split(":", 3)[2] ?? "");
  const stored = new Map<string, StoredTags>();
  for (const [service, arns] of byService) {
    for (const [arn, found] of (await READERS.get(service)?.(context, arns)) ?? []) stored.set(arn, found);
  }
  return stored;
}
