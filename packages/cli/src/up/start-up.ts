import { setTimeout as sleep } from "node:timers/promises";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { ListenAddress } from "../arguments/options.ts";
import { listHosts } from "../place/listings.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { type HostSite, type Isolation, type LocalHost, openHostSite } from "./host-site.ts";
import { findLostServices, type LostServices } from "./lost-services.ts";
import { endBalancerOf } from "./own-balancer.ts";

const ALIVE_POLL_MILLISECONDS = 50;
const MAX_ALIVE_MILLISECONDS = 60_000;

export interface StartUpOptions {
  readonly dataDirectory: string;
  readonly isolation: Isolation;
  readonly listen: ListenAddress;
  readonly count: number;
  readonly tags: readonly Tag[];
  /** Directories of this machine that every host reads and writes under the same path. */
  readonly shared?: readonly string[] | undefined;
  readonly databaseUrl?: string | undefined;
  /** sluice.yml. */
  readonly configFile?: string | undefined;
  readonly logLevel?: string | undefined;
}

/** A server in this process, and hosts that poll it. Dispose of it to end them all. */
export interface Up extends AsyncDisposable {
  /** For clients on this machine. */
  readonly url: string;
  readonly hosts: readonly LocalHost[];
  /** What ended with the last run of these hosts. */
  readonly lost: readonly LostServices[];
}

export async function startUp(options: StartUpOptions): Promise<Up> {
  await using undo = new AsyncDisposableStack();
  // First of all: from now on `sluice down` finds this run.
  const site = await openHostSite(options);
  undo.defer(() => site.close());
  const { startServer } = await import("@sluice/server/start-server.ts");
  const server = await startServer({
    dataDirectory: options.dataDirectory,
    listen: site.listen === undefined ? [options.listen] : [options.listen, site.listen],
    databaseUrl: options.databaseUrl,
    configFile: options.configFile,
    logLevel: options.logLevel ?? "warn",
  });
  undo.defer(async () => {
    await server.close();
    await endBalancerOf(options.dataDirectory);
  });
  // The hosts end before the server does, so that they can say goodbye.
  undo.defer(() => site.stopHosts());

  using connection = connect({ data: options.dataDirectory });
  const hosts = await site.startHosts({
    count: options.count,
    serverUrl: serverUrlForHosts(site, server.url),
    createToken: async (tags) => (await connection.sluice.call("CreateEnrolmentToken", { uses: 1, tags })).token,
    // The name as a tag, as EC2 has it, so that groups and fleets can be made of single hosts.
    tags: (name) => [...options.tags, { Key: "Name", Value: name }],
    shared: options.shared,
  });
  await waitUntilAlive(connection, hosts);
  const lost = await findLostServices(connection.codeDeploy, hosts);
  const stack = undo.move();
  return { url: server.url, hosts, lost, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function serverUrlForHosts(site: HostSite, loopbackUrl: string): string {
  return site.listen === undefined ? loopbackUrl : `https://${site.listen.host}:${site.listen.port}`;
}

async function waitUntilAlive(connection: Connection, hosts: readonly LocalHost[]): Promise<void> {
  const deadline = Date.now() + MAX_ALIVE_MILLISECONDS;
  const waiting = new Map(hosts.map((host) => [host.id, host]));
  while (true) {
    const listed = await listHosts(connection.sluice);
    for (const { hostId, state } of listed.hosts) if (state === "alive") waiting.delete(hostId);
    const [host] = waiting.values();
    if (host === undefined) return;
    if (Date.now() > deadline)
      throw new Error(`${host.name} (${host.id}) does not poll the server. See ${host.logFile}`);
    await sleep(ALIVE_POLL_MILLISECONDS);
  }
}
