import { wrapperOf } from "../bundle/wrapper.ts";
import type { FileStart } from "./file-start.ts";

export type BundleEntry =
  | {
      readonly kind: "file";
      /** Null: the bundle does not say, as zips made on Windows. */
      readonly isExecutable: boolean | null;
      /** Null: its content was not looked at. */
      readonly start: FileStart | null;
    }
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string }
  /** A pipe, a socket or a device. */
  | { readonly kind: "other" };

/** What is in a bundle, as hosts see it once it is unpacked. */
export interface BundleListing {
  /** By path from the root, as `scripts/start.sh`. The directories of every entry are there, too; the root is not. */
  readonly entries: ReadonlyMap<string, BundleEntry>;
  /** The one directory around everything, which agents take away (see `wrapperOf`); `""` where there is none. */
  readonly wrapper: string;
}

/** In the order in which agents look for it. */
export const APP_SPEC_NAMES = ["appspec.yml", "appspec.yaml"] as const;
/** As many symbolic links as Linux follows in one path. */
const LINK_HOPS_MAX = 40;

/** @param named every entry by its name in the bundle; of several with one name the last counts, as when they are unpacked */
export function listBundle(named: Iterable<readonly [name: string, entry: BundleEntry]>): BundleListing {
  const all = new Map<string, BundleEntry>();
  for (const [name, entry] of named) {
    const path = normalPath(name);
    if (path === "" || path === null) continue;
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const parent = path.slice(0, at);
      if (all.has(parent)) break;
      all.set(parent, { kind: "directory" });
    }
    if (entry.kind !== "directory" || !all.has(path)) all.set(path, entry);
  }
  const wrapper = wrapperOf((directory) => namesIn(all, directory));
  if (wrapper === "") return { entries: all, wrapper };
  const prefix = `${wrapper}/`;
  const inside = [...all].filter(([path]) => path.startsWith(prefix));
  return { entries: new Map(inside.map(([path, entry]) => [path.slice(prefix.length), entry])), wrapper };
}

function namesIn(entries: ReadonlyMap<string, BundleEntry>, directory: string): string[] | undefined {
  if (directory !== "" && entries.get(directory)?.kind !== "directory") return undefined;
  const prefix = directory === "" ? "" : `${directory}/`;
  return [...entries.keys()]
    .filter((path) => path.startsWith(prefix) && !path.includes("/", prefix.length))
    .map((path) => path.slice(prefix.length));
}

/** Without `.`, `..`, empty parts, and slashes at its ends; null where it leads out of the root. */
export function normalPath(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/** `unknown`: a link or `..` on the way leads out of the bundle, where the host has what it has. */
export type Found =
  | { readonly state: "found"; readonly path: string; readonly entry: BundleEntry }
  | { readonly state: "missing" }
  | { readonly state: "unknown" };

const ROOT: Found = { state: "found", path: "", entry: { kind: "directory" } };

/** What is at a path from the root, links followed as the host follows them. A slash at its start is the root's. */
export function findInBundle({ entries }: BundleListing, path: string): Found {
  const resolved: string[] = [];
  const pending = path.split("/");
  let hops = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (resolved.pop() === undefined) return { state: "unknown" };
      continue;
    }
    const here = [...resolved, part].join("/");
    const entry = entries.get(here);
    if (entry === undefined) return { state: "missing" };
    if (entry.kind !== "link") {
      if (entry.kind !== "directory" && pending.some((rest) => rest !== "" && rest !== "."))
        return { state: "missing" };
      resolved.push(part);
      continue;
    }
    hops += 1;
    if (hops > LINK_HOPS_MAX) return { state: "missing" };
    if (entry.target.startsWith("/")) return { state: "unknown" };
    pending.unshift(...entry.target.split("/"));
  }
  const end = resolved.join("/");
  if (end === "") return ROOT;
  const entry = entries.get(end);
  return entry === undefined ? { state: "missing" } : { state: "found", path: end, entry };
}
