import { statSync } from "node:fs";
import { dirname, relative } from "node:path";
import { runHelper } from "../../process/helper-process.ts";
import type { ScriptCommand } from "./script-command.ts";

const TEST_PROGRAM = "/usr/bin/test";
const TEST_TIMEOUT_MILLISECONDS = 5_000;
const READ_AND_EXECUTE = 0o5;
const ENTER = 0o1;

/**
 * Why a script that failed could not run as the user that `runas` names: what the program that changes users says of it names
 * neither the mode nor the cure. Undefined where the user may read and execute the script. The user itself tries it, since groups
 * and access lists count as well.
 */
export async function closedToUser(
  { program, argv }: ScriptCommand,
  { path, archiveDirectory, user }: { readonly path: string; readonly archiveDirectory: string; readonly user: string },
): Promise<string | undefined> {
  const asUser = argv.slice(0, -1);
  const isClosed = await runHelper(program, [...asUser, TEST_PROGRAM, "!", "-r", path, "-o", "!", "-x", path], {
    timeoutMs: TEST_TIMEOUT_MILLISECONDS,
  });
  if (!isClosed) return undefined;
  const words = `${user} cannot read and execute it`;
  const closed = firstClosed(path);
  if (closed === undefined) return `${words}. Give it and its parent directories modes that allow this.`;
  const inBundle = relative(archiveDirectory, closed.place);
  const mode = closed.mode.toString(8).padStart(4, "0");
  if (inBundle === "" || inBundle.startsWith("..")) {
    return `${words}: the directory ${closed.place} has the mode ${mode}. Use a data directory for the agent (--data) that every user can enter.`;
  }
  return `${words}: ${inBundle} has the mode ${mode}. Give it the mode 0755 in the bundle (chmod 755).`;
}

/** The first of the directories on the way, and then the script, that is not open to everybody. */
function firstClosed(path: string): { readonly place: string; readonly mode: number } | undefined {
  const places = [path];
  for (let place = path; place !== dirname(place); ) {
    place = dirname(place);
    places.unshift(place);
  }
  for (const place of places) {
    const mode = statSync(place).mode & 0o7777;
    const needed = place === path ? READ_AND_EXECUTE : ENTER;
    if ((mode & needed) !== needed) return { place, mode };
  }
  return undefined;
}
