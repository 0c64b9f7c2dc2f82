import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { EnginePlace } from "../../../services/local-services.ts";
import type { TaskDefinition } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";

/**
 * A task mounts folders of the machine only within those that the binding allows, wherever links lead, and never the engine's socket: who
 * has that has the machine. The driver looks again at each start, since a link may be made later.
 */
export async function checkMountedFolders({ volumes }: TaskDefinition, place: EnginePlace): Promise<void> {
  const allowed = await Promise.all(place.folders.map(realPathOf));
  const socket = (await realPathOf(place.socket)) ?? place.socket;
  for (const [index, { sourcePath }] of volumes.entries()) {
    if (sourcePath === null) continue;
    const member = `volumes[${index}].host.sourcePath ${excerpt(sourcePath)}`;
    const real = await realPathOf(sourcePath);
    if (isAllowed(real ?? sourcePath, allowed)) {
      if (real === undefined) throw invalid(`${member} does not exist on this machine: make the folder first.`);
      if (isWithin(socket, real)) throw invalid(`${member} is refused: the container engine's socket is in it.`);
      continue;
    }
    const folders = place.folders.length > 0 ? `it allows ${place.folders.join(", ")}` : "it allows none";
    throw invalid(
      `${member} is not within the folders that the binding with the driver docker allows: ${folders}. Add the folder to its settings: folders: [/srv/data].`,
    );
  }
}

function isAllowed(path: string, allowed: readonly (string | undefined)[]): boolean {
  return allowed.some((folder) => folder !== undefined && isWithin(path, folder));
}

/** Whether the path is the folder, or in it. Both without links. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** Undefined: there is none. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
