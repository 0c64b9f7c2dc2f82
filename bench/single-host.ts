import { join } from "node:path";
import type { BenchContext } from "./figure.ts";
import { createToken, prepareApplication, untilAlive } from "./installation.ts";
import { type RunningAgent, type RunningServer, startAgent, startServer } from "./sluice-process.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

export interface SingleHost {
  readonly server: RunningServer;
  readonly agent: RunningAgent;
  /** The folder of the revision that is in the server's bucket. */
  readonly revision: string;
}

/** Gives `measure` a server, and one agent whose host can be deployed to; ends both when it is done. */
export async function withSingleHost<T>(
  { release, folder }: Pick<BenchContext, "release" | "folder">,
  measure: (host: SingleHost) => Promise<T>,
): Promise<T> {
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const server = await startServer(release, folder);
  let agent: RunningAgent | undefined;
  try {
    const token = await createToken(server, 1);
    agent = await startAgent(release, server.url, { name: "bench-1", token, data: join(folder, "agent") });
    await prepareApplication(server, revision);
    await untilAlive(server, 1);
    return await measure({ server, agent, revision });
  } finally {
    await agent?.close();
    await server.close();
  }
}
