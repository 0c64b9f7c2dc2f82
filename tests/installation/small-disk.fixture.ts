import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DISK_MEBIBYTES = 24;
const MEBIBYTE = 1024 * 1024;

/** A file system of a few mebibytes. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes of it free. */
  readonly fill: (freeBytes?: number) => void;
  /** Takes away what filled it. */
  readonly free: () => void;
  readonly remove: () => void;
}

/** The disk, or why there is none. */
export function smallDisk(mebibytes = DISK_MEBIBYTES): SmallDisk | string {
  if (process.getuid?.() !== 0) return "only root can mount a small disk";
  const path = mkdtempSync(join(tmpdir(), "sluice-small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes * MEBIBYTE}`, "tmpfs", path], { stdio: "pipe" });
  } catch {
    rmSync(path, { recursive: true });
    return "this root may not mount file systems";
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill(freeBytes = 0) {
      const { bavail, bsize } = statfsSync(path);
      try {
        writeFileSync(ballast, Buffer.alloc(bavail * bsize - Math.floor(freeBytes)));
      } catch (error) {
        // Somebody else wrote meanwhile: it is as full as can be.
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    },
    free: () => rmSync(ballast),
    remove() {
      execFileSync("umount", [path]);
      rmSync(path, { recursive: true });
    },
  };
}
