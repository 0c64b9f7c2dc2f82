import { Pack } from "tar";

/**
 * Packs files of a directory as tgz, without times or owners. Names stay as they are: tar's own list of files would take one that begins with `@` for
 * an archive to include, and `c:` off a name's start.
 */
export async function packFiles(directory: string, paths: readonly string[]): Promise<Buffer> {
  const pack = new Pack({
    cwd: directory,
    gzip: { level: 6 },
    portable: true,
    noMtime: true,
    noDirRecurse: true,
    preservePaths: true,
    strict: true,
  });
  for (const path of paths) pack.add(path);
  pack.end();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
