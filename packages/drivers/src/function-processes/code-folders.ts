import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ReadCode } from "@sluice/engine/ports/function-runner.ts";
import { unpackCode } from "./unpack-code.ts";

/** As Lambda's for a function's code, packed or not. */
export const MAX_FUNCTION_CODE_BYTES = 262_144_000;

const UNFINISHED = ".new-";

export interface CodeFolders {
  /** The folder with a digest's code; unpacked now where it is not yet. Everybody who gets there may read it. */
  folderOf(codeSha256: string, signal: AbortSignal): Promise<string>;
  /** Removes all others. */
  keepOnly(codeSha256s: ReadonlySet<string>): Promise<void>;
}

/** Unpacked code, a folder for each digest. A folder is there whole or not at all. */
export function codeFolders(directory: string, readCode: ReadCode): CodeFolders {
  const underWay = new Map<string, Promise<string>>();

  const unpack = async (codeSha256: string, signal: AbortSignal): Promise<string> => {
    const folder = join(directory, codeSha256);
    if (await stat(folder).catch(() => undefined)) return folder;
    const unfinished = join(directory, `${UNFINISHED}${randomUUID()}`);
    try {
      await mkdir(unfinished, { recursive: true });
      await unpackCode(await readWhole(await readCode(codeSha256, signal), codeSha256), unfinished, signal);
      await chmod(unfinished, 0o755);
      await rename(unfinished, folder);
      return folder;
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
  };

  return {
    folderOf: async (codeSha256, signal) => {
      let found = underWay.get(codeSha256);
      if (found === undefined) {
        // Others may wait for it, too: it goes on when the first of them does not.
        found = unpack(codeSha256, new AbortController().signal).finally(() => underWay.delete(codeSha256));
        underWay.set(codeSha256, found);
      }
      const folder = await found;
      signal.throwIfAborted();
      return folder;
    },
    keepOnly: async (codeSha256s) => {
      for (const name of await readdir(directory).catch(() => [])) {
        const isKept = name.startsWith(UNFINISHED) ? underWay.size > 0 : codeSha256s.has(name);
        if (isKept || underWay.has(name)) continue;
        // Whoever looks for it meanwhile, or after a crash in the midst of it, must not find a part of it.
        const unwanted = join(directory, `${UNFINISHED}${randomUUID()}`);
        await rename(join(directory, name), unwanted);
        await rm(unwanted, { recursive: true, force: true });
      }
    },
  };
}

/** @throws Error where it is not what the digest names */
async function readWhole(source: NodeJS.ReadableStream, codeSha256: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MAX_FUNCTION_CODE_BYTES) throw new Error(`the code has more than ${MAX_FUNCTION_CODE_BYTES} bytes`);
  }
  const zip = Buffer.concat(chunks);
  const found = createHash("sha256").update(zip).digest("hex");
  if (found !== codeSha256) throw new Error(`the code's digest is ${found} instead of ${codeSha256}: upload it again`);
  return zip;
}
