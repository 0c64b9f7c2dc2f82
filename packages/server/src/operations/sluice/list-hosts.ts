import type { ListHostsInput, ListHostsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { HOSTS_PAGE, hostPageToken, readHostPageToken } from "../../hosts/host-page-token.ts";
import { hostSummary } from "../../hosts/host-summary.ts";
import { countRunningCommands, listHosts as readHosts } from "../../store/hosts.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** By name. Retired hosts only when asked for. */
export const listHosts: Operation<ListHostsInput, ListHostsOutput, SluiceContext> = async (input, context) => {
  const { store, liveness, now } = context;
  const rows = await readHosts(store.db, {
    after: readHostPageToken(input.nextToken),
    limit: HOSTS_PAGE + 1,
    show: input.includeRetired ? "all" : "living",
  });
  const page = rows.slice(0, HOSTS_PAGE);
  const held = await countRunningCommands(
    store.db,
    page.map((row) => row.host_id),
  );
  const hosts = page.map((row) => hostSummary(row, liveness, now(), held.get(row.host_id) ?? 0));
  const last = rows.length > HOSTS_PAGE ? hosts.at(-1) : undefined;
  return { hosts, nextToken: last && hostPageToken(last), trouble: liveness.trouble() ?? undefined };
};
