import { lstatSync, readdirSync, realpathSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PIPES_DIRECTORY_PREFIX } from "./hooks/output-pipes.ts";
import { ARCHIVE_DIRECTORY_NAME } from "./layout.ts";

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;
const STICKY = 0o1000;
const ROOT = 0;
/** Groups, their deployments, and what the agent keeps of each. */
const OWN_DEPTH = 3;

/**
 * Why somebody else than root could put other files in the place of the directory's, and with them scripts that root runs; undefined where
 * nobody can, and for an agent that is not root. The first directory from `/` on is named, with the cure; below the directory, what an agent
 * that ran as another user has left (a list of files to remove, for instance, or a pointer to the scripts to run).
 */
export function whoElseMayChange(directory: string): string | undefined {
  if (process.geteuid?.() !== ROOT) return undefined;
  const onTheWay = new Set([...ancestors(resolve(directory)), ...ancestors(realpathSync(directory))]);
  for (const path of onTheWay) {
    const stats = lstatSync(path);
    const isOwn = path === realpathSync(directory);
    if (stats.uid !== ROOT) {
      return `${path} belongs to the user ${stats.uid}. Run: chown ${isOwn ? "-R -h " : ""}root ${path}`;
    }
    if (isWritableByOthers(stats)) return `users other than root can write to ${path}. Run: chmod go-w ${path}`;
  }
  const below = foreignBelow(directory, OWN_DEPTH);
  return below && `${below}. Run: chown -R -h root ${directory} && chmod -R go-w ${directory}`;
}

/** Not what is in archives: the agent makes those its own before it uses them. */
function foreignBelow(directory: string, depth: number): string | undefined {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === ARCHIVE_DIRECTORY_NAME) continue;
    const path = join(directory, entry.name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.uid !== ROOT) return `${path} belongs to the user ${stats.uid}`;
    if (isWritableByOthers(stats)) return `users other than root can write to ${path}`;
    // Scripts of any user write to the pipes in it, which a killed agent leaves; but only root enters it.
    if (entry.name.startsWith(PIPES_DIRECTORY_PREFIX) && (stats.mode & OPEN_TO_OTHERS) === 0) continue;
    const below = entry.isDirectory() && depth > 1 ? foreignBelow(path, depth - 1) : undefined;
    if (below !== undefined) return below;
  }
  return undefined;
}

function isWritableByOthers({ mode }: Stats): boolean {
  const isLink = (mode & 0o170000) === 0o120000;
  // In a sticky directory nobody can rename or remove what is root's.
  return !isLink && (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
}

/** From `/` down to the directory itself. */
function ancestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}
