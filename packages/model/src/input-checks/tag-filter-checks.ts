import { CallerFault } from "../caller-fault.ts";
import { ec2Lists, type GroupFields, isFilled, onPremisesLists } from "../deployment-group-fields.ts";
import { excerpt } from "../excerpt.ts";
import type { FaultCode } from "../fault-codes.ts";
import { raisedBy, type ServiceLimits } from "../service-limits.ts";
import { MAX_TAGS, type TagFilter, tagFilterProblem } from "../tag-filter.ts";

/** How a group says which hosts it means: filters (any one matches) or a tag set (one of every list), for either kind of host. */
export function checkTagFilters(fields: GroupFields, limits: ServiceLimits): void {
  checkFilters("ec2TagFilters", fields.ec2TagFilters, "InvalidEC2TagException");
  checkFilters("onPremisesInstanceTagFilters", fields.onPremisesInstanceTagFilters, "InvalidTagException");
  checkTagSet("ec2TagSet.ec2TagSetList", ec2Lists(fields), "InvalidEC2TagException", limits);
  checkTagSet("onPremisesTagSet.onPremisesTagSetList", onPremisesLists(fields), "InvalidTagException", limits);
  if (isFilled(fields.ec2TagFilters) && isFilled(ec2Lists(fields))) {
    throw new CallerFault(
      "InvalidEC2TagCombinationException",
      "ec2TagFilters and ec2TagSet are both given, and a group has one or the other: leave one out.",
    );
  }
  if (isFilled(fields.onPremisesInstanceTagFilters) && isFilled(onPremisesLists(fields))) {
    throw new CallerFault(
      "InvalidOnPremisesTagCombinationException",
      "onPremisesInstanceTagFilters and onPremisesTagSet are both given, and a group has one or the other: leave one out.",
    );
  }
}

function checkTagSet(
  field: string,
  lists: readonly (readonly TagFilter[])[] | undefined,
  code: FaultCode,
  { tagSetsPerGroup }: ServiceLimits,
): void {
  if (!lists) return;
  if (lists.length > tagSetsPerGroup) {
    throw new CallerFault(
      "TagSetListLimitExceededException",
      `${field} holds ${lists.length} lists: at most ${tagSetsPerGroup} are allowed. Leave some out, or ${raisedBy("tagSetsPerGroup")}.`,
    );
  }
  for (const [index, list] of lists.entries()) {
    if (list.length === 0) {
      throw new CallerFault(code, `${field}[${index}] is empty, so no host would match: fill it or leave it out.`);
    }
    checkFilters(`${field}[${index}]`, list, code);
  }
}

function checkFilters(field: string, filters: readonly TagFilter[] | undefined, code: FaultCode): void {
  if (!filters) return;
  if (filters.length > MAX_TAGS) {
    throw new CallerFault(code, `${field} holds ${filters.length} filters: at most ${MAX_TAGS} are allowed.`);
  }
  for (const [index, filter] of filters.entries()) {
    const problem = tagFilterProblem(filter);
    if (problem !== undefined) {
      const { Key = "", Value = "" } = filter;
      const shown = Key || Value ? ` (${excerpt(`${Key}=${Value}`)})` : "";
      throw new CallerFault(code, `${field}[${index}]${shown} ${problem}.`);
    }
  }
}
