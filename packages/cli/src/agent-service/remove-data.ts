import { lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommandFailed } from "../command-failed.ts";

/**
 * What a hook mounted in an archive, an application's data for instance, is not the agent's: it is not removed with it. To be called before anything is.
 * @throws CommandFailed that names the mount
 */
export async function requireNoMountIn(data: string): Promise<void> {
  const { mountIn } = await import("@sluice/agent/host/mounts.ts");
  for (const name of readdirSync(data)) {
    const path = join(data, name);
    if (!lstatSync(path).isDirectory()) continue;
    const mount = mountIn(path);
    if (mount === undefined) continue;
    throw new CommandFailed(
      `nothing was removed, because a file system is mounted at ${mount}, and what is in it would be removed with the agent's directory. Unmount it, then run this again: umount ${mount}`,
    );
  }
}

/** Where the agent's directory is a link, what it leads to goes too: the host's key is in it. A mount point stays, and is empty. */
export async function removeData(data: string): Promise<void> {
  const { removeTree } = await import("@sluice/agent/host/remove-tree.ts");
  const directory = realpathSync(data);
  for (const name of readdirSync(directory)) await removeTree(join(directory, name));
  try {
    rmdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
  }
  if (lstatSync(data, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(data);
}
