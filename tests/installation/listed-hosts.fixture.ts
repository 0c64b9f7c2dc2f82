import { listHosts } from "@sluice/cli/place/listings.ts";
import { connect } from "@sluice/cli/place/server-connection.ts";
import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import type { SluiceServer } from "./sluice-server.fixture.ts";

/** What `sluice hosts list --json` prints, for those who wait for it: a process for every look would cost more than what is looked at. */
export async function listedHosts({ data }: Pick<SluiceServer, "data">): Promise<readonly HostSummary[]> {
  using connection = connect({ data });
  return (await listHosts(connection.sluice)).hosts;
}
