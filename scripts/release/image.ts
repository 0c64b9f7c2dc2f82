import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { Platform } from "./platform.ts";
import { run } from "./run.ts";
import { type TarEntry, tarFile, withFolders } from "./tar-file.ts";

/** Of an image, whose user exists nowhere else. */
const USER = 10_001;
const DATA = "var/lib/sluice";

export const IMAGE_NAME = `sluice:${SLUICE_VERSION}`;

/**
 * An image of the server with the executable, the libraries that it loads and nothing else: no shell, no HAProxy. As `docker save` writes it, so that every
 * engine loads it, and none is needed to make it. The libraries are this machine's.
 * @param file where the executable is, for this machine's platform
 */
export async function serverImage(file: string, { image }: Platform, time: number): Promise<Buffer> {
  const libraries = await Promise.all(
    librariesOf(file).map(async (path) => ({
      path: path.slice(1),
      mode: 0o755,
      content: await readFile(await realpath(path)),
    })),
  );
  const entries: TarEntry[] = [
    { path: "etc/passwd", mode: 0o644, content: `root:x:0:0::/:\nsluice:x:${USER}:${USER}::/${DATA}:\n` },
    { path: "etc/group", mode: 0o644, content: `root:x:0:\nsluice:x:${USER}:\n` },
    { path: "tmp/", mode: 0o1777 },
    { path: "usr/bin/sluice", mode: 0o755, content: await readFile(file) },
    { path: `${DATA}/`, mode: 0o700, owner: USER },
    ...libraries,
  ];
  const layer = tarFile(withFolders(entries), time);
  const config = JSON.stringify({
    architecture: image,
    os: "linux",
    created: new Date(time * 1000).toISOString(),
    config: {
      User: `${USER}:${USER}`,
      Env: ["PATH=/usr/bin", `HOME=/${DATA}`, `SLUICE_DATA=/${DATA}`],
      Entrypoint: ["/usr/bin/sluice"],
      Cmd: ["server", "--listen", "0.0.0.0:7450"],
      ExposedPorts: { "7450/tcp": {} },
      Volumes: { [`/${DATA}`]: {} },
      WorkingDir: `/${DATA}`,
      StopSignal: "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${hashOf(layer)}`] },
    history: [{ created: new Date(time * 1000).toISOString(), created_by: "sluice release" }],
  });
  const [configName, layerName] = [`${hashOf(config)}.json`, `${hashOf(layer)}.tar`];
  const manifest = [{ Config: configName, RepoTags: [IMAGE_NAME], Layers: [layerName] }];
  const files: TarEntry[] = [
    { path: configName, mode: 0o644, content: config },
    { path: layerName, mode: 0o644, content: layer },
    { path: "manifest.json", mode: 0o644, content: JSON.stringify(manifest) },
  ];
  return tarFile(files, time);
}

/** What the program loader would load, under the paths by which it looks for them. */
function librariesOf(program: string): string[] {
  return [...run("ldd", [program]).matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

function hashOf(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
