import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { tarFile, withFolders } from "./tar-file.ts";

const press = promisify(gzip);

/** A folder of the name with the executable, the units, and what is to be read. */
export async function tarball(
  name: string,
  program: Buffer,
  documents: Readonly<Record<string, Buffer | string>>,
  time: number,
): Promise<Buffer> {
  const read = async (path: string, to = path) => ({
    path: `${name}/${to}`,
    mode: 0o644,
    content: await readFile(`packaging/${path}`),
  });
  const entries = [
    { path: `${name}/sluice`, mode: 0o755, content: program },
    await read("README.md"),
    await read("systemd/isolated-functions.conf"),
    await read("systemd/sluice-agent.service"),
    await read("systemd/sluice-server.service"),
    await read("etc/sluice-agent", "etc/default/sluice-agent"),
    await read("etc/sluice-server", "etc/default/sluice-server"),
    await read("etc/sluice.yml", "etc/sluice/sluice.yml"),
    ...Object.entries(documents).map(([each, content]) => ({ path: `${name}/${each}`, mode: 0o644, content })),
  ];
  return press(tarFile(withFolders(entries), time));
}
