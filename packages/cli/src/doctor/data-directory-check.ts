import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../command-failed.ts";
import { accountName } from "../place/other-owner.ts";
import { type Check, ok, wrong } from "./check.ts";

const OPEN_TO_OTHERS = 0o077;
const MODE_BITS = 0o777;

/** The root key lies in it: nobody else may read it. */
export async function dataDirectoryCheck(directory: string): Promise<Check> {
  try {
    for (const path of [join(directory, "aws"), join(directory, "aws", "credentials")]) {
      const { mode } = await lstat(path);
      if ((mode & OPEN_TO_OTHERS) !== 0) {
        const shown = (mode & MODE_BITS).toString(8).padStart(4, "0");
        return wrong(
          "data directory",
          `${path} contains the root key and other users can read it (${shown}). Run: chmod go= ${path}`,
        );
      }
    }
    const foreign = await foreignFile(directory);
    if (foreign !== undefined) {
      const { path, owner, group, uid } = foreign;
      return wrong(
        "data directory",
        `${path} belongs to ${await named(uid)} and ${directory} to ${await named(owner)}, so a server that runs as one of them may not open what the other wrote. Stop it, and run: chown -R -h ${owner}:${group} ${directory}`,
      );
    }
    return ok("data directory", `only its owner can read the key in ${directory}`);
  } catch (error) {
    return wrong("data directory", describeError(error));
  }
}

const ROOT = 0;
/** What a server opens in its directory, all as one user. */
const OF_SERVER = ["database.json", "server.lock", "sluice.db", "sluice.db-wal", "sluice.db-shm", "bucket", "logs"];
const FOR_CLIENTS = ["audit", "metrics-token", "aws", join("aws", "credentials"), join("aws", "config")];

/** What of the server's is another user's than the directory. Root opens everything. */
async function foreignFile(directory: string) {
  const { uid: owner, gid: group } = await stat(directory);
  if (owner === ROOT) return undefined;
  for (const name of [...OF_SERVER, ...FOR_CLIENTS]) {
    const path = join(directory, name);
    const uid = await lstat(path).then(
      (stats) => stats.uid,
      () => owner, // there is none, or the first check has said what is wrong
    );
    if (uid !== owner) return { path, owner, group, uid };
  }
  return undefined;
}

async function named(uid: number): Promise<string> {
  return (await accountName(uid)) ?? `the user ${uid}`;
}
