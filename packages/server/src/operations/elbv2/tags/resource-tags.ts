import type {
  AddTagsInput,
  AddTagsOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  RemoveTagsOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { elbResourceType } from "@sluice/model/elb-arn.ts";
import { MAX_ELB_TAGGED_RESOURCES } from "@sluice/model/elb-limits.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { Transaction } from "kysely";
import { type BalancingRows, readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import { saveListener, saveListenerRule } from "../../../store/elb/listeners.ts";
import { saveLoadBalancer } from "../../../store/elb/load-balancers.ts";
import { saveTargetGroup } from "../../../store/elb/target-groups.ts";
import type { Database } from "../../../store/schema.ts";
import { changeBalancing } from "../change-balancing.ts";
import { requireListener, requireLoadBalancer, requireRule, requireTargetGroup } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import { readTags, withTags } from "../checks/tag-input.ts";
import type { Elbv2Context, Elbv2Operation } from "../elbv2-context.ts";

export const addTags: Elbv2Operation<AddTagsInput, AddTagsOutput> = async (input, context) => {
  const added = readTags(input.Tags, "DuplicateTagKeys");
  if (added.length === 0) throw invalid("Tags must have at least one tag.");
  await changeTags(context, input.ResourceArns, (tags) => withTags(tags, added));
  return {};
};

/** A key that a resource does not have is a success. */
export const removeTags: Elbv2Operation<RemoveTagsInput, RemoveTagsOutput> = async (input, context) => {
  const keys = new Set(input.TagKeys ?? []);
  if (keys.size === 0) throw invalid("TagKeys must have at least one key.");
  await changeTags(context, input.ResourceArns, (tags) => tags.filter(({ Key }) => !keys.has(Key)));
  return {};
};

export const describeTags: Elbv2Operation<DescribeTagsInput, DescribeTagsOutput> = async (input, { store }) => {
  const rows = await readBalancingRows(store.db);
  return {
    TagDescriptions: requireArns(input.ResourceArns).map((ResourceArn) => ({
      ResourceArn,
      Tags: [...taggedResource(rows, ResourceArn).tags],
    })),
  };
};

/** A resource, and how it is stored with other tags. */
interface TaggedResource {
  readonly tags: readonly Tag[];
  readonly save: (db: Transaction<Database>, tags: readonly Tag[]) => Promise<void>;
}

function taggedResource(rows: BalancingRows, arn: string): TaggedResource {
  const type = elbResourceType(arn);
  switch (type) {
    case "loadbalancer": {
      const found = requireLoadBalancer(rows, arn);
      return { tags: found.tags, save: (db, tags) => saveLoadBalancer(db, { ...found, tags }) };
    }
    case "targetgroup": {
      const found = requireTargetGroup(rows, arn);
      return { tags: found.tags, save: (db, tags) => saveTargetGroup(db, { ...found, tags }) };
    }
    case "listener": {
      const found = requireListener(rows, arn);
      return { tags: found.tags, save: (db, tags) => saveListener(db, { ...found, tags }) };
    }
    case "listener-rule": {
      const found = requireRule(rows, arn);
      return { tags: found.tags, save: (db, tags) => saveListenerRule(db, { ...found, tags }) };
    }
    case undefined:
      throw invalid(`'${arn}' is not a valid ARN of a load balancer, target group, listener or rule`);
    default:
      return type satisfies never;
  }
}

async function changeTags(
  context: Elbv2Context,
  arns: readonly string[] | undefined,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  await changeBalancing(context, async (rows, db) => {
    for (const arn of requireArns(arns)) {
      const { tags, save } = taggedResource(rows, arn);
      await save(db, change(tags));
    }
  });
}

function requireArns(arns: readonly string[] = []): readonly string[] {
  const unique = [...new Set(arns)];
  if (unique.length >= 1 && unique.length <= MAX_ELB_TAGGED_RESOURCES) return unique;
  throw invalid(`ResourceArns has ${unique.length} ARNs: give 1 to ${MAX_ELB_TAGGED_RESOURCES}.`);
}
