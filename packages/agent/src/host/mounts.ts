import { readFileSync, realpathSync } from "node:fs";
import { errorCodeOf } from "./event-failure.ts";

const MOUNT_TABLE = "/proc/self/mountinfo";
const MOUNT_POINT_FIELD = 4;

/**
 * The first thing that is mounted on a directory or below it, or undefined. What is there is not the directory's own content, and a file system that a
 * user has mounted (FUSE) does whatever that user wants. Other namespaces' mounts are not seen, and not met either.
 */
export function mountIn(directory: string): string | undefined {
  const prefix = `${realpathSync(directory)}/`;
  return mountPoints().find((path) => `${path}/`.startsWith(prefix));
}

function mountPoints(): readonly string[] {
  try {
    const lines = readFileSync(MOUNT_TABLE, "utf8").split("\n");
    return lines.map((line) => withoutEscapes(line.split(" ")[MOUNT_POINT_FIELD] ?? ""));
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** The table writes a blank as `\040`, byte by byte. */
function withoutEscapes(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
