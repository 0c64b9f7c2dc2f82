import { EventFailure } from "../event-failure.ts";
import type { ArchiveLimits } from "./archive-limits.ts";

/** Kinds of entry that an unpacked archive may contain. */
export type EntryKind = "directory" | "file" | { readonly linksTo: string };

/** As many symbolic links as Linux follows in one path before it answers ELOOP. */
const LINK_HOPS_MAX = 40;
/** Linux's limit for each part of a path (NAME_MAX). */
const NAME_MAX_BYTES = 255;

/**
 * An entry's name as a path relative to the archive root, `""` being that root. The name must not lead outside, whatever
 * the file system holds.
 * @throws EventFailure naming the entry and the cure
 */
export function entryPath(name: string, limits: ArchiveLimits): string {
  if (name.includes("\0")) throw refusedEntry(name, "its name contains a zero byte");
  if (name.startsWith("/")) {
    throw refusedEntry(name, "its path is absolute", "Pack the bundle with relative paths, from inside its directory");
  }
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) {
      throw refusedEntry(name, "its path leaves the archive through '..'", "Pack the bundle from inside its directory");
    }
  }
  const path = parts.join("/");
  if (Buffer.byteLength(path) > limits.pathBytes) {
    throw refusedEntry(`${name.slice(0, 200)}…`, `its path is longer than ${limits.pathBytes} bytes`, "Shorten it");
  }
  if (parts.some((part) => Buffer.byteLength(part) > NAME_MAX_BYTES)) {
    throw refusedEntry(
      `${name.slice(0, 200)}…`,
      `a name in its path is longer than ${NAME_MAX_BYTES} bytes`,
      "Shorten it",
    );
  }
  return path;
}

/**
 * Whether a symbolic link stays inside the archive, links through which its target passes included. Only meaningful when
 * `entries` is complete: an entry that comes later can turn an innocent target into one that leaves.
 */
export function isLinkInside(linkPath: string, target: string, entries: ReadonlyMap<string, EntryKind>): boolean {
  const resolved = linkPath.split("/").slice(0, -1);
  const pending = target.split("/");
  if (target.startsWith("/")) return false;
  let hops = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (resolved.pop() === undefined) return false;
      continue;
    }
    const entry = entries.get([...resolved, part].join("/"));
    if (entry === undefined || typeof entry === "string") {
      resolved.push(part);
      continue;
    }
    if (entry.linksTo.startsWith("/")) return false;
    hops += 1;
    // A circle leads nowhere, so it leads nowhere outside either.
    if (hops > LINK_HOPS_MAX) return true;
    pending.unshift(...entry.linksTo.split("/"));
  }
  return true;
}

/** The one form of every refusal: which entry, why, and what to do. Nothing of the archive is kept. */
export function refusedEntry(name: string, reason: string, cure = "Remove it from the bundle"): EventFailure {
  return new EventFailure(
    `The bundle was refused and nothing of it was unpacked: entry ${JSON.stringify(name)} is not allowed because ${reason}. ` +
      `${cure}, then deploy again.`,
  );
}
