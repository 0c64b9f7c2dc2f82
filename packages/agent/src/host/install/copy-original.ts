import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { runHelper } from "../../process/helper-process.ts";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { errorCodeOf } from "../event-failure.ts";

const ITSELF = O_PATH | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PRIVATE_MODE = 0o600;
const MODE_BITS = 0o7777;
const FIRST_DESCRIPTOR = `${DESCRIPTORS_DIRECTORY ?? "/dev/fd"}/3`;
/** What a system says where a second name is not possible: another file system, one without links, or another user's file. */
const NO_LINK: ReadonlySet<string> = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * A second name of a file or a link: nothing is copied, and all that it has stays with it, since what replaces it is another file.
 * @returns false where the file systems do not allow it
 */
export function linkOriginal(path: string, name: string): boolean {
  try {
    linkSync(path, name);
    return true;
  } catch (error) {
    if (NO_LINK.has(errorCodeOf(error) ?? "")) return false;
    throw error;
  }
}

/**
 * A copy of a file or a link of the host's for the agent alone, on its disk when this resolves.
 * @returns the identity of what was copied; undefined for what cannot be copied, such as a pipe or a device
 */
export async function copyOfOriginal(path: string, copy: string): Promise<string | undefined> {
  const descriptor = openSync(path, ITSELF);
  try {
    const { dev, ino, birthtimeNs } = fstatSync(descriptor, { bigint: true });
    const stats = fstatSync(descriptor);
    if (stats.isSymbolicLink()) copyLink(path, copy, stats);
    else if (stats.isFile()) await copyFile(descriptor, copy, stats);
    else return undefined;
    return `${dev}:${ino}:${birthtimeNs}`;
  } finally {
    closeSync(descriptor);
  }
}

async function copyFile(descriptor: number, copy: string, stats: Stats): Promise<void> {
  // It copies access lists and extended attributes, which Node does not.
  const argv = ["--preserve=all", "-T", "--", FIRST_DESCRIPTOR, copy];
  if (!(await runHelper("cp", argv, { descriptors: [descriptor] }))) {
    copyFileSync(pathOfDescriptor(descriptor), copy);
    giveAttributes(copy, stats);
  }
  const written = openSync(copy, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
}

/** Makes a file or a link at a path of the host's from such a copy. There is nothing at that path. */
export async function copyToHost(copy: string, path: string): Promise<void> {
  const stats = lstatSync(copy);
  if (stats.isSymbolicLink()) return copyLink(copy, path, stats);
  const descriptor = openSync(path, NEW_FILE, PRIVATE_MODE);
  try {
    const argv = ["--preserve=all", "-T", "--", copy, FIRST_DESCRIPTOR];
    if (await runHelper("cp", argv, { descriptors: [descriptor] })) return;
    copyFileSync(copy, pathOfDescriptor(descriptor));
    giveAttributes(pathOfDescriptor(descriptor), stats);
  } finally {
    closeSync(descriptor);
  }
}

function copyLink(from: string, to: string, { uid, gid, atime, mtime }: Stats): void {
  symlinkSync(readlinkSync(from, { encoding: "buffer" }), to);
  if (process.geteuid?.() === 0) lchownSync(to, uid, gid);
  lutimesSync(to, atime, mtime);
}

/** `path` is the agent's own, or leads by a descriptor. */
function giveAttributes(path: string, { mode, uid, gid, atime, mtime }: Stats): void {
  if (process.geteuid?.() === 0) chownSync(path, uid, gid);
  chmodSync(path, mode & MODE_BITS);
  utimesSync(path, atime, mtime);
}
