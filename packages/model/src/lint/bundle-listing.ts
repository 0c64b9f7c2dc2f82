import {
  type BundleEntries,
  bundleEntries,
  type EntryKind,
  type PlaceInBundle,
  placeInBundle,
} from "../bundle/bundle-entries.ts";
import { type EntryProblem, entryPathOf, linkTargetProblem } from "../bundle/entry-name.ts";
import { wrapperOf } from "../bundle/wrapper.ts";
import type { FileStart } from "./file-start.ts";
import type { LeftRunning } from "./left-running.ts";

/** What is known of a file beyond its place. */
export interface FileFacts {
  /** Null: the bundle does not say, as zips made on Windows. */
  readonly isExecutable: boolean | null;
  /** Null: its content was not looked at. */
  readonly start: FileStart | null;
  /** What a script leaves running with its own outputs; absent: not looked at. */
  readonly leftRunning?: readonly LeftRunning[];
}

export type NamedEntry =
  | ({ readonly kind: "file" } & FileFacts)
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string };

export interface RefusedEntry extends EntryProblem {
  readonly entry: string;
}

/** What is in a bundle, as hosts see it once it is unpacked. */
export interface BundleListing {
  /** Without the wrapper. */
  readonly entries: BundleEntries;
  readonly files: ReadonlyMap<string, FileFacts>;
  /** What hosts refuse the bundle for. */
  readonly refused: readonly RefusedEntry[];
  /** The one directory around everything, which agents take away (see `wrapperOf`); `""` where there is none. */
  readonly wrapper: string;
}

/** In the order in which agents look for it. */
export const APP_SPEC_NAMES = ["appspec.yml", "appspec.yaml"] as const;

/** @param named every entry by its name in the bundle, in the order in which hosts unpack them */
export function listBundle(named: Iterable<readonly [name: string, entry: NamedEntry]>): BundleListing {
  const refused: RefusedEntry[] = [];
  const kinds: [string, EntryKind][] = [];
  const facts = new Map<string, FileFacts>();
  for (const [name, entry] of named) {
    const place = entryPathOf(name);
    const problem = "reason" in place ? place : entry.kind === "link" ? linkTargetProblem(entry.target) : undefined;
    if (problem !== undefined || "reason" in place) {
      if (problem !== undefined) refused.push({ entry: name, ...problem });
      continue;
    }
    kinds.push([place.path, entry.kind === "link" ? { linksTo: entry.target } : entry.kind]);
    if (entry.kind === "file") facts.set(place.path, factsOf(entry));
  }
  const { entries, problems } = bundleEntries(kinds);
  refused.push(...problems);
  const wrapper = wrapperOf((directory) => namesIn(entries, directory));
  if (wrapper === "") return { entries, files: facts, refused, wrapper };
  return { entries: below(wrapper, entries), files: below(wrapper, facts), refused, wrapper };
}

function factsOf({ isExecutable, start, leftRunning }: FileFacts): FileFacts {
  return { isExecutable, start, ...(leftRunning === undefined ? {} : { leftRunning }) };
}

function namesIn(entries: BundleEntries, directory: string): string[] | undefined {
  if (entries.get(directory) !== "directory") return undefined;
  const prefix = directory === "" ? "" : `${directory}/`;
  return [...entries.keys()]
    .filter((path) => path !== "" && path.startsWith(prefix) && !path.includes("/", prefix.length))
    .map((path) => path.slice(prefix.length));
}

function below<Value>(directory: string, map: ReadonlyMap<string, Value>): Map<string, Value> {
  const inside = [...map].filter(([path]) => path === directory || path.startsWith(`${directory}/`));
  return new Map(inside.map(([path, value]) => [path.slice(directory.length + 1), value]));
}

export function findInBundle({ entries }: BundleListing, path: string): PlaceInBundle {
  return placeInBundle(path, entries);
}

/** Whether a path of an AppSpec names something that is in the bundle. */
export function isInBundle(bundle: BundleListing, path: string): boolean {
  const { is } = findInBundle(bundle, path);
  return is === "file" || is === "directory";
}

/** A path without `.`, `..`, empty parts, and slashes at its ends; null where it leads out of the root. */
export function normalPath(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}
