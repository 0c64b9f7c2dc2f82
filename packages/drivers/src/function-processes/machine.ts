import { createHash } from "node:crypto";
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { MAX_ENVIRONMENT_PROCESSES } from "./cgroup-layout.ts";
import { type Cgroups, findCgroups, removeLeftCgroups } from "./cgroups.ts";
import type { FunctionRules } from "./function-settings.ts";
import { launchInSandbox } from "./launch.ts";
import { type NodeProgram, ownNodeProgram } from "./node-program.ts";
import {
  MAX_ENVIRONMENT_FILE_BYTES,
  MAX_ENVIRONMENT_FILES,
  type ResourceLimits,
  withinOwnLimits,
} from "./resource-limits.ts";
import type { FunctionProcessesDependencies } from "./runner-dependencies.ts";
import { RUNTIME_SOURCES } from "./runtime-sources.ts";
import { createSandbox, mountTable, runProbe, type Sandbox, TASK_ROOT } from "./sandbox.ts";
import { embeddedSdkModules, findSdkModules } from "./sdk-modules.ts";

/** Where no control group counts the processes of each environment: of all that have the same user. */
const UNCOUNTED_ENVIRONMENTS = 4;
const OWNER_CHARACTERS = 12;
/** A line for each folder that control groups are made in: where the next server runs may be another place. */
const CGROUPS_FILE = "control-groups";

/** Folders of the driver's own. */
export interface DriverFolders {
  readonly runtime: string;
  readonly code: string;
  /** Of every sandbox: what is mounted there differs. */
  readonly root: string;
  /** A file for each environment that says what is mounted. */
  readonly mounts: string;
}

/** What is found out once, before the first function. */
export interface Machine {
  /** Undefined: memory is watched. */
  readonly cgroups: Cgroups | undefined;
  /** Or why there is none, as a clause. */
  readonly sandbox: Sandbox | string;
  readonly limits: ResourceLimits;
  /** A process can be told to end with its parent. */
  readonly hasDeathSignal: boolean;
}

export function foldersIn(directory: string): DriverFolders {
  const [runtime = "", code = "", root = "", mounts = ""] = ["runtime", "code", "root", "mounts"].map((name) =>
    join(directory, name),
  );
  return { runtime, code, root, mounts };
}

/** Makes the folders, ends what a former server left, and finds out what may be done here. */
export async function lookAtMachine(
  rules: FunctionRules,
  dependencies: FunctionProcessesDependencies,
): Promise<Machine> {
  const { directory, machine, warn, node = ownNodeProgram() } = dependencies;
  const folders = foldersIn(directory);
  await rm(folders.mounts, { recursive: true, force: true });
  for (const folder of [directory, ...Object.values(folders)]) {
    await mkdir(folder, { recursive: true });
    // Whatever the umask: a function is let through, where it sees the folder at all.
    await chmod(folder, 0o755);
  }
  for (const [name, text] of Object.entries(RUNTIME_SOURCES)) await writeForAll(join(folders.runtime, name), text);
  const sdk = await bringSdk(folders.runtime);
  // Containers that share control groups may have the same path for other folders.
  const { dev, ino } = await stat(directory);
  const owner = createHash("sha256").update(`${directory}\n${dev}\n${ino}`).digest("hex").slice(0, OWNER_CHARACTERS);
  const found = machine?.hasCgroups === false ? "this server is told not to" : findCgroups(owner);
  const cgroups = typeof found === "string" ? undefined : found;
  if (cgroups) await writeForAll(join(directory, CGROUPS_FILE), `${cgroups.parents.join("\n")}\n`);
  const limits = withinOwnLimits({
    files: MAX_ENVIRONMENT_FILES,
    processes: MAX_ENVIRONMENT_PROCESSES * (cgroups ? rules.concurrency : UNCOUNTED_ENVIRONMENTS),
    fileBytes: MAX_ENVIRONMENT_FILE_BYTES,
  });
  const hasDeathSignal = (await runProbe(["setpriv", "--pdeathsig", "KILL", "true"])) === undefined;
  const sandbox =
    process.getuid?.() !== 0 || machine?.maySwitchUsers === false
      ? "Sluice does not run as root, and may not switch users"
      : await tryIt(folders, rules, limits, sdk, node);
  if (typeof found === "string") {
    warn(`no control group holds functions to their memory, which is looked at ten times a second instead: ${found}`);
  }
  return { cgroups, sandbox, limits, hasDeathSignal };
}

/** Ends the processes that a server which was killed has left, and removes its control groups, wherever it ran. Idempotent. */
export async function removeLeft(directory: string): Promise<void> {
  const text = await readFile(join(directory, CGROUPS_FILE), "utf8").catch(() => "");
  await removeLeftCgroups(text.split("\n").filter(Boolean));
}

/**
 * AWS's SDK to beside the runtimes' clients, which look there. What is small is copied, so that an upgrade of the installation takes nothing away.
 * @returns the folder that functions have to see besides; null: none
 */
async function bringSdk(runtime: string): Promise<string | null> {
  const place = join(runtime, "node_modules");
  await rm(place, { recursive: true, force: true });
  const embedded = embeddedSdkModules();
  for (const [path, content] of embedded) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeForAll(join(place, path), content);
  }
  const found = embedded.size === 0 ? findSdkModules() : undefined;
  if (found?.isBuilt) await cp(found.folder, place, { recursive: true });
  else if (found) await symlink(found.folder, place);
  return found === undefined || found.isBuilt ? null : found.folder;
}

/** Whether what is needed is there, and allowed, is known by doing it. */
async function tryIt(
  folders: DriverFolders,
  { uids, folders: shared }: FunctionRules,
  limits: ResourceLimits,
  sdk: string | null,
  node: NodeProgram,
): Promise<Sandbox | string> {
  try {
    const sandbox = await createSandbox(folders.root, { node: node.path, folders: shared, sdk });
    const table = join(folders.mounts, "probe");
    const own = { code: folders.runtime, runtime: folders.runtime, temporaryMegabytes: 1, uid: uids.first };
    await writeFile(table, mountTable(sandbox, own));
    const probe = { folder: TASK_ROOT, command: ["/bin/sh", "-c", "exit 0"], variables: {}, cgroupFolders: [] };
    const { command } = launchInSandbox(probe, { root: sandbox.root, table, uid: uids.first, limits });
    const trouble = await runProbe(command);
    await rm(table);
    return trouble === undefined
      ? sandbox
      : `a process with mounts of its own does not start (${trouble.replaceAll("\n", "; ")})`;
  } catch (error) {
    return `the folders of its sandbox cannot be made (${reasonOf(error)})`;
  }
}

/** Old content or new, and everybody may read it. */
export async function writeForAll(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await chmod(`${path}.new`, 0o644);
  await rename(`${path}.new`, path);
}
