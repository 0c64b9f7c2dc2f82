import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import type { DockerSettings } from "./docker-settings.ts";
import { DEFAULT_SOCKET } from "./docker-settings.ts";

export type BindFolder =
  | { readonly outcome: "allowed" /** Without links. */; readonly path: string }
  /** A sentence without a full stop. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Who can write to one of these rules the machine, whichever of them the settings name. */
const ENGINES_SOCKETS = [
  DEFAULT_SOCKET,
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/podman/podman.sock",
];

/**
 * Whether a task may mount a folder of the machine: it is one that the settings allow, or lies beneath one, also once all links on its way are
 * followed, and no engine's socket is in it.
 */
export async function checkBindFolder(
  folder: string,
  { folders = [], socket = DEFAULT_SOCKET }: Pick<DockerSettings, "folders" | "socket">,
): Promise<BindFolder> {
  const refused = (reason: string): BindFolder => ({ outcome: "refused", reason });
  if (!isAbsolute(folder)) return refused(`${folder} is not the whole path of a folder`);
  const path = await realpath(folder).catch(() => undefined);
  const facts = path === undefined ? undefined : await stat(path).catch(() => undefined);
  const roots = await realPaths(folders);
  // Nobody learns by the message what there is on the machine outside the folders.
  const isAllowed = path !== undefined && roots.some((root) => isWithin(root, path));
  if (!isAllowed && !folders.some((root) => isWithin(root, resolve(folder)))) {
    const allowed = folders.length === 0 ? "it allows none" : `it allows ${folders.join(", ")}`;
    return refused(`${folder} is not in the folders that the binding of docker allows: ${allowed}`);
  }
  if (path === undefined) return refused(`there is no folder ${folder} on this machine: mkdir -p ${folder}`);
  if (!isAllowed) return refused(`${folder} leads by a link out of the folders that the binding of docker allows`);
  if (!facts?.isDirectory()) return refused(`${folder} is not a folder`);
  const sockets = await realPaths([socket, ...ENGINES_SOCKETS]);
  const found = sockets.find((each) => isWithin(path, each));
  if (found === undefined) return { outcome: "allowed", path };
  return refused(`${folder} contains ${found}, by which a task could rule the machine`);
}

/** Whether one is the other, or lies beneath it. Both without links and without a slash at the end. */
export function isWithin(upper: string, lower: string): boolean {
  const above = upper.length > 1 && upper.endsWith("/") ? upper.slice(0, -1) : upper;
  return lower === above || lower.startsWith(above === "/" ? above : `${above}/`);
}

/** Of what is not there, its folder's with its name: a socket may come back. */
async function realPaths(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(
    paths.map((path) =>
      realpath(path).catch(async () => {
        const folder = await realpath(dirname(path)).catch(() => dirname(path));
        return `${folder === "/" ? "" : folder}${path.slice(path.lastIndexOf("/"))}`;
      }),
    ),
  );
  return [...new Set(real)];
}
