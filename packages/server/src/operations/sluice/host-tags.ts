import { CallerFault } from "@sluice/model/caller-fault.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import { MAX_TAGS, mergeTags, type Tag } from "@sluice/model/tag-filter.ts";
import type { TagHostInput, TagHostOutput, UntagHostInput, UntagHostOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { hostSummary } from "../../hosts/host-summary.ts";
import { HOST_TAGS } from "../../store/columns/host-columns.ts";
import {
  countRunningCommands,
  findHostByWord,
  type HostRow,
  lockHostNames,
  setHostTags,
  tagsOf,
} from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import { noSuchHost, requireHostTags } from "./host-request.ts";
import type { SluiceContext } from "./sluice-context.ts";

/**
 * Gives a host tags, of whatever kind it is: what AddTagsToOnPremisesInstances does for on-premises instances. Groups select it by them from
 * the next deployment on.
 */
export const tagHost: Operation<TagHostInput, TagHostOutput, SluiceContext> = async (input, context) => {
  const tags = requireHostTags(input.tags);
  if (tags.length === 0) throw new CallerFault("ValidationException", "tags is empty: give at least one tag.");
  return changeHost(input.host, context, (present, row) => {
    const merged = mergeTags(present, tags);
    if (merged.length <= MAX_TAGS) return merged;
    throw new CallerFault(
      "TagLimitExceededException",
      `The host ${labelOf(row)} would have ${merged.length} tags: at most ${MAX_TAGS} are allowed. Remove some first: sluice hosts untag ${row.host_name} KEY`,
    );
  });
};

/** Takes tags away by their keys; what is not there is not an error. */
export const untagHost: Operation<UntagHostInput, UntagHostOutput, SluiceContext> = async (input, context) => {
  const keys = new Set(input.tagKeys ?? []);
  if (keys.size === 0) throw new CallerFault("ValidationException", "tagKeys is empty: give at least one tag's key.");
  return changeHost(input.host, context, (present) => present.filter(({ Key }) => !keys.has(Key)));
};

async function changeHost(
  host: string | undefined,
  context: SluiceContext,
  change: (tags: readonly Tag[], row: HostRow) => readonly Tag[],
): Promise<TagHostOutput> {
  if (!host) throw new CallerFault("ValidationException", "host is missing: give the host's id or name.");
  const { store, liveness, now } = context;
  const row = await store.write(async (transaction) => {
    await lockHostNames(transaction);
    const found = await findHostByWord(transaction.db, host);
    if (!found || found.retired_at !== null) throw noSuchHost(host);
    const tags = change(tagsOf(found), found);
    await setHostTags(transaction, found.host_id, tags);
    return { ...found, tags_json: HOST_TAGS.write(tags) };
  });
  const held = await countRunningCommands(store.db, [row.host_id]);
  return { host: hostSummary(row, liveness, now(), held.get(row.host_id) ?? 0) };
}

function labelOf(row: HostRow): string {
  return hostLabel(row.host_name, row.host_id);
}
