import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where systemd looks for units, in its order: the administrator's hide those of packages. */
const UNIT_DIRECTORIES = ["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"];

/**
 * The data directory of a service of this machine, of its `--data`; undefined where there is no such unit. What has a unit is to be started by it: by hand it
 * would run as another user, with other options, and leave files that the service cannot open.
 */
export function dataOfUnit(
  unit: "sluice-server" | "sluice-agent",
  directories: readonly string[] = UNIT_DIRECTORIES,
): string | undefined {
  for (const directory of directories) {
    const text = textOf(join(directory, `${unit}.service`));
    if (text !== undefined) return /^ExecStart=.* --data "?([^\s"]+)/m.exec(text)?.[1];
  }
  return undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
