import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { reasonOf } from "@sluice/model/reason-of.ts";

const run = promisify(execFile);
const RUN_TIMEOUT_MILLISECONDS = 30_000;
const OLDEST_PYTHON = [3, 8] as const;
const ASK_PYTHON =
  "import sys, json; print(json.dumps([sys.executable, sys.version_info[:2], sys.prefix, sys.base_prefix]))";
const INSTALL = "install it (apt-get install python3), or name its program in the setting `python`";

/** Runtimes by what runs them. */
export type RuntimeKind = "nodejs" | "python" | "provided";

/** `nodejs22.x`, `python3.12`, `provided.al2023`; undefined: none that runs here. */
export function runtimeKind(runtime: string): RuntimeKind | undefined {
  if (/^nodejs[0-9]+\.x$/.test(runtime)) return "nodejs";
  if (/^python3\.[0-9]+$/.test(runtime)) return "python";
  return /^provided(\.[a-z0-9]+)?$/.test(runtime) ? "provided" : undefined;
}

export type FoundPython = { readonly path: string } | { readonly trouble: string };

/**
 * @param named by the setting; null: the first of the PATH
 * @param isVisible whether a function sees a file of this machine
 */
export async function findPython(named: string | null, isVisible: (path: string) => boolean): Promise<FoundPython> {
  const candidates = named === null ? searched() : [named];
  let hidden: string | undefined;
  for (const candidate of candidates) {
    if (!(await isExecutable(candidate))) continue;
    const found = await askPython(candidate);
    if ("trouble" in found) {
      if (named !== null) return found;
      continue;
    }
    const unseen = found.places.find((place) => !isVisible(place));
    if (unseen === undefined) return { path: found.path };
    hidden ??= unseen;
    if (named !== null) break;
  }
  if (hidden !== undefined) {
    return { trouble: `functions do not see ${hidden}, where Python is: name that folder in the setting \`folders\`` };
  }
  return { trouble: named === null ? `there is no python3: ${INSTALL}` : `${named} is not a program: ${INSTALL}` };
}

/** What a shim of another program (pyenv) leads to says itself where it is. */
async function askPython(
  program: string,
): Promise<{ readonly path: string; readonly places: readonly string[] } | { readonly trouble: string }> {
  try {
    const { stdout } = await run(program, ["-I", "-c", ASK_PYTHON], { timeout: RUN_TIMEOUT_MILLISECONDS, cwd: "/" });
    const [path, [major, minor], ...prefixes] = JSON.parse(stdout) as [string, [number, number], string, string];
    if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
      return { trouble: `${program} is Python ${major}.${minor}: use ${OLDEST_PYTHON.join(".")} or newer` };
    }
    return { path, places: [await realpath(path), path, ...prefixes] };
  } catch (error) {
    return { trouble: `${program} does not run: ${reasonOf(error)}` };
  }
}

function searched(): readonly string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...new Set([...folders, "/usr/bin", "/usr/local/bin"])].map((folder) => join(folder, "python3"));
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
