import { execFile } from "node:child_process";
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where a function finds its own files: as on Lambda. */
export const TASK_ROOT = "/var/task";
export const RUNTIME_ROOT = "/var/runtime";
export const NODE_PROGRAM = "/var/lang/bin/node";
/** AWS's SDK, where it is not beside the runtimes' clients: node-runtime.cjs looks there, too. Its own place may be one that is not shown, as /tmp. */
const SDK_MODULES_PLACE = "/var/sdk/node_modules";

/** What of this machine every function sees. */
const SHARED_FOLDERS = [
  "/usr",
  "/etc",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/nix/store",
  "/gnu/store",
];
const DEVICES = ["null", "zero", "full", "random", "urandom"];
const DEVICE_LINKS = { fd: "", stdin: "/0", stdout: "/1", stderr: "/2" } as const;
/** Programs of the system alone: nothing that a function or whoever started Sluice has set. */
export const LAUNCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const PROBE_TIMEOUT_MILLISECONDS = 30_000;

/** The root folder of every environment, empty but for where something is mounted; each has its own mounts there. */
export interface Sandbox {
  readonly root: string;
  /** Of which there is one for all environments. */
  readonly mounts: readonly Mount[];
}

export interface Mount {
  readonly from: string;
  /** From the sandbox's root: `/usr`. */
  readonly to: string;
  readonly options: string;
  /** `none`: a folder or file of this machine. */
  readonly type: string;
}

/** What one environment sees beside what all of them do. */
export interface EnvironmentMounts {
  readonly code: string;
  readonly runtime: string;
  readonly temporaryMegabytes: number;
  readonly uid: number;
}

const READ_ONLY = "bind,ro,nosuid,nodev";

/**
 * @param folders of this machine that functions may read; those that are not there are left out
 * @param sdk the folder of modules with AWS's SDK; null: none that has to be shown
 */
export async function createSandbox(
  root: string,
  { node, folders, sdk }: { readonly node: string; readonly folders: readonly string[]; readonly sdk: string | null },
): Promise<Sandbox> {
  const mounts: Mount[] = [];
  const show = async (from: string, to: string, options = READ_ONLY) => {
    await makePlace(root, to, lstatSync(realpathSync(from)).isDirectory());
    mounts.push({ from, to, options, type: "none" });
  };
  for (const place of ["/proc", "/tmp", TASK_ROOT, RUNTIME_ROOT]) await makePlace(root, place, true);
  for (const folder of SHARED_FOLDERS) {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) await makeLink(join(root, folder), readlinkSync(folder));
    else if (found?.isDirectory()) await show(folder, folder);
  }
  for (const folder of [...folders, ...resolverFolder()])
    if (existsSync(folder)) await show(realpathSync(folder), folder);
  for (const device of DEVICES) await show(`/dev/${device}`, `/dev/${device}`, "bind,nosuid,noexec");
  for (const [name, rest] of Object.entries(DEVICE_LINKS))
    await makeLink(join(root, "dev", name), `/proc/self/fd${rest}`);
  await show(node, NODE_PROGRAM);
  if (sdk !== null) await show(sdk, SDK_MODULES_PLACE);
  mounts.push({ from: "proc", to: "/proc", options: "nosuid,nodev,noexec", type: "proc" });
  return { root, mounts };
}

/** For mount(8), in the order in which they are to be made. */
export function mountTable({ root, mounts }: Sandbox, own: EnvironmentMounts): string {
  const { code, runtime, temporaryMegabytes, uid } = own;
  const all: readonly Mount[] = [
    ...mounts,
    { from: code, to: TASK_ROOT, options: READ_ONLY, type: "none" },
    { from: runtime, to: RUNTIME_ROOT, options: READ_ONLY, type: "none" },
    {
      from: "tmpfs",
      to: "/tmp",
      options: `size=${temporaryMegabytes}m,mode=700,uid=${uid},gid=${uid},nosuid,nodev`,
      type: "tmpfs",
    },
  ];
  return all
    .map(({ from, to, type, options }) => `${escaped(from)} ${escaped(join(root, to))} ${type} ${options} 0 0\n`)
    .join("");
}

/** As fstab(5) wants it. */
function escaped(path: string): string {
  return path.replace(/[\s\\#]/g, (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** Names are looked up by what /etc/resolv.conf says, which may be a link to somewhere else. */
function resolverFolder(): readonly string[] {
  try {
    const folder = dirname(realpathSync("/etc/resolv.conf"));
    return folder === "/etc" ? [] : [folder];
  } catch {
    return [];
  }
}

async function makePlace(root: string, path: string, isFolder: boolean): Promise<void> {
  const place = join(root, path);
  await makeFolders(root, isFolder ? path : dirname(path));
  if (!isFolder) await writeFile(place, "", { flag: "a", mode: 0o644 });
}

/** Whatever the umask is, everybody may go through. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const part of ["", ...path.split("/").filter(Boolean)]) {
    folder = join(folder, part);
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  }
}

async function makeLink(link: string, target: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  await symlink(target, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Why a program of the system did not do what it was asked; undefined: it did. */
export function runProbe(command: readonly string[]): Promise<string | undefined> {
  const [program = "", ...argv] = command;
  const options = { env: { PATH: LAUNCH_PATH }, timeout: PROBE_TIMEOUT_MILLISECONDS, cwd: "/" };
  return new Promise((resolve) => {
    execFile(program, argv, options, (error, _output, errors) => {
      resolve(error === null ? undefined : errors.trim() || error.message);
    });
  });
}

/** Whether a function sees a file of this machine: what is its own comes to other places. */
export function isVisibleIn(path: string, folders: readonly string[]): boolean {
  return [...SHARED_FOLDERS, ...folders].some((folder) => path === folder || path.startsWith(`${folder}/`));
}
