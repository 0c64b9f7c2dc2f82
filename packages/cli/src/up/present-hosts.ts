import { listHosts } from "../place/listings.ts";
import { connect } from "../place/server-connection.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 5_000;

/** The ids of the hosts that the server of a data directory has: one that was removed is not among them. Undefined where it does not answer. */
export async function presentHosts(dataDirectory: string): Promise<ReadonlySet<string> | undefined> {
  try {
    using connection = connect({ data: dataDirectory });
    const { hosts } = await listHosts(connection.sluice, { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS });
    return new Set(hosts.map(({ hostId }) => hostId));
  } catch {
    return undefined;
  }
}
