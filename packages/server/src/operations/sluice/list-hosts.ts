import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import type { ListHostsInput, ListHostsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { hostSummary } from "../../hosts/host-summary.ts";
import { countRunningCommands, listHosts as readHosts } from "../../store/hosts.ts";
import { openPage } from "../listed-page.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** By name. Retired hosts only when asked for. */
export const listHosts: Operation<ListHostsInput, ListHostsOutput, SluiceContext> = async (input, context) => {
  const { store, liveness, now } = context;
  const page = openPage(
    { operation: "ListHosts", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["string", "string"] },
    context,
  );
  const rows = await readHosts(store.db, {
    after: page.after && { hostName: page.after[0], hostId: page.after[1] },
    limit: page.limit,
    show: input.includeRetired ? "all" : "living",
  });
  const { items, nextToken } = page.cut(rows, (row) => [row.host_name, row.host_id]);
  const held = await countRunningCommands(
    store.db,
    items.map((row) => row.host_id),
  );
  const hosts = items.map((row) => hostSummary(row, liveness, now(), held.get(row.host_id) ?? 0));
  return { hosts, nextToken, trouble: liveness.trouble() ?? undefined };
};
