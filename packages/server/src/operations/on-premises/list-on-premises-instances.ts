import type { ListOnPremisesInstancesInput, ListOnPremisesInstancesOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { matchesAnyTagFilter, tagFilterProblem } from "@sluice/model/tag-filter.ts";
import { listHosts, tagsOf } from "../../store/hosts.ts";
import { openPage } from "../listed-page.ts";
import type { Operation } from "../operation.ts";

const SHOW_BY_STATUS = { Registered: "living", Deregistered: "retired" } as const;

/** Registered and deregistered ones alike, unless `registrationStatus` is given; any one of `tagFilters` is enough. */
export const listOnPremisesInstances: Operation<ListOnPremisesInstancesInput, ListOnPremisesInstancesOutput> = async (
  input,
  context,
) => {
  const show = readStatus(input.registrationStatus);
  const filters = input.tagFilters?.length ? input.tagFilters : undefined;
  for (const filter of filters ?? []) {
    const problem = tagFilterProblem(filter);
    if (problem !== undefined) {
      throw new CallerFault(
        "InvalidTagFilterException",
        `The tag filter ${excerpt(`${filter.Key ?? ""}=${filter.Value ?? ""}`)} of tagFilters ${problem}.`,
      );
    }
  }
  const page = openPage(
    {
      operation: "ListOnPremisesInstances",
      input,
      token: input.nextToken,
      size: PAGE_ITEMS,
      shape: ["string", "string"],
    },
    context,
  );
  let after = page.after && { hostName: page.after[0], hostId: page.after[1] };
  // Tags are JSON in both databases, so a page may hold few matches or none: read on until something matches or all is read.
  for (;;) {
    const rows = await listHosts(context.store.db, { after, limit: page.limit, kind: "on-premises", show });
    const read = rows.slice(0, PAGE_ITEMS);
    const instanceNames = read
      .filter((row) => filters === undefined || matchesAnyTagFilter(tagsOf(row), filters))
      .map((row) => row.host_id);
    const last = rows.length > PAGE_ITEMS ? read.at(-1) : undefined;
    if (last === undefined) return { instanceNames };
    after = { hostName: last.host_name, hostId: last.host_id };
    if (instanceNames.length > 0) return { instanceNames, nextToken: page.tokenAfter([after.hostName, after.hostId]) };
  }
};

function readStatus(status: string | undefined): "living" | "retired" | "all" {
  if (status === undefined) return "all";
  if (status === "Registered" || status === "Deregistered") return SHOW_BY_STATUS[status];
  throw new CallerFault(
    "InvalidRegistrationStatusException",
    `registrationStatus is "${excerpt(status)}": use Registered or Deregistered, or leave it out for both.`,
  );
}
