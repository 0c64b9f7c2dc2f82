import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";
import type { Platform } from "./platform.ts";
import { run } from "./run.ts";

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

/** Node for a platform: its executable and its licence. */
export interface NodeFiles {
  readonly version: string;
  readonly program: Buffer;
  readonly licence: Buffer;
}

/**
 * As package-lock.json has it: from node_modules for this machine, else from npm by the same version and hash.
 * @throws Error when what npm gives has another hash
 */
export async function nodeFilesFor({ name }: Platform): Promise<NodeFiles> {
  const path = `node_modules/node-${name}`;
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(await readFile("package-lock.json", "utf8"));
  const locked = lock.packages[path];
  if (locked === undefined) throw new Error(`package-lock.json has no ${path}`);
  const read = async (folder: string): Promise<NodeFiles> => ({
    version: locked.version,
    program: await readFile(join(folder, "bin/node")),
    licence: await readFile(join(folder, "LICENSE")),
  });
  if (existsSync(join(path, "bin/node"))) return read(path);
  const folder = await mkdtemp(join(tmpdir(), "sluice-release-node-"));
  try {
    const said = run("npm", ["pack", "--json", "--pack-destination", folder, `node-${name}@${locked.version}`]);
    const archive = join(folder, JSON.parse(said)[0].filename);
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (integrity !== locked.integrity) {
      throw new Error(`npm gives node-${name} as ${integrity}, and package-lock.json has ${locked.integrity}`);
    }
    await extract({ file: archive, cwd: folder });
    return await read(join(folder, "package"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
