import { allPages, collected } from "../place/all-pages.ts";
import { connect } from "../place/server-connection.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 5_000;

/** The ids of the hosts that the server of a data directory has: one that was removed is not among them. Undefined where it does not answer. */
export async function presentHosts(dataDirectory: string): Promise<ReadonlySet<string> | undefined> {
  try {
    using connection = connect({ data: dataDirectory });
    const options = { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS };
    const hosts = await collected(
      allPages(
        (nextToken) => connection.sluice.call("ListHosts", { nextToken }, options),
        ({ hosts }) => hosts,
      ),
    );
    return new Set(hosts.map(({ hostId }) => hostId));
  } catch {
    return undefined;
  }
}
