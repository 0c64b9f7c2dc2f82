import { type EntryProblem, REMOVE_IT } from "./entry-name.ts";

/** What an entry of a bundle is. A hard link is a file. */
export type EntryKind = "directory" | "file" | { readonly linksTo: string };

/** Entries by path from the bundle's root (see `entryPathOf`), every parent directory among them; `""` is the root. */
export type BundleEntries = ReadonlyMap<string, EntryKind>;

/** As many symbolic links as Linux follows in one path before it answers ELOOP. */
const MAX_LINK_HOPS = 40;

/** Where a path leads inside a bundle, once the links on its way were followed. */
export type PlaceInBundle =
  | { readonly is: "directory" | "file"; readonly path: string }
  | { readonly is: "missing"; readonly path: string }
  /** By way of a link of the bundle to something outside of it, which is never read. */
  | { readonly is: "outside"; readonly link: string; readonly target: string }
  /** `..` or a leading `/` in the path itself, not in a link of the bundle. */
  | { readonly is: "outside"; readonly link: undefined; readonly target: string }
  | { readonly is: "circle" };

/**
 * Follows a path, as `source` of the AppSpec's files and `location` of its hooks name it, through the links of a bundle. A leading `/` means
 * the bundle's root, as it does there. Only meaningful when `entries` is complete.
 */
export function placeInBundle(path: string, entries: BundleEntries): PlaceInBundle {
  const resolved: string[] = [];
  const pending = path.split("/").map((part) => ({ part, link: undefined as FollowedLink | undefined }));
  let hops = 0;
  for (let step = pending.shift(); step !== undefined; step = pending.shift()) {
    const { part, link } = step;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (resolved.pop() === undefined) return outside(link, path);
      continue;
    }
    const here = [...resolved, part].join("/");
    const entry = entries.get(here);
    if (entry === undefined || (entry === "file" && hasMore(pending))) {
      return { is: "missing", path: [here, ...pending.map((rest) => rest.part)].join("/") };
    }
    if (typeof entry === "string") {
      resolved.push(part);
      continue;
    }
    const followed = { path: here, target: entry.linksTo };
    if (entry.linksTo.startsWith("/")) return outside(followed, path);
    hops += 1;
    if (hops > MAX_LINK_HOPS) return { is: "circle" };
    pending.unshift(...entry.linksTo.split("/").map((inner) => ({ part: inner, link: link ?? followed })));
  }
  const at = resolved.join("/");
  return { is: entries.get(at) === "file" ? "file" : "directory", path: at };
}

interface FollowedLink {
  readonly path: string;
  readonly target: string;
}

function hasMore(pending: readonly { readonly part: string }[]): boolean {
  return pending.some(({ part }) => part !== "" && part !== ".");
}

function outside(link: FollowedLink | undefined, path: string): PlaceInBundle {
  return link === undefined
    ? { is: "outside", link: undefined, target: path }
    : { is: "outside", link: link.path, target: link.target };
}

/**
 * The entries of a bundle as a map with every parent, in the order in which a host unpacks them, and what a host refuses among them. Names and
 * link targets are looked at by `entryPathOf` and `linkTargetProblem` before.
 */
export function bundleEntries(list: Iterable<readonly [path: string, kind: EntryKind]>): {
  readonly entries: BundleEntries;
  readonly problems: readonly (EntryProblem & { readonly entry: string })[];
} {
  const entries = new Map<string, EntryKind>([["", "directory"]]);
  const problems: (EntryProblem & { readonly entry: string })[] = [];
  for (const [path, kind] of list) {
    const problem = placeProblem(path, kind, entries);
    if (problem !== undefined) {
      problems.push({ entry: path, ...problem });
      continue;
    }
    for (const parent of missingParents(path, entries)) entries.set(parent, "directory");
    if (path !== "") entries.set(path, kind);
  }
  return { entries, problems };
}

/** From the top down. A directory that is there has its own parents: thousands of entries in deep directories look each up once. */
function missingParents(path: string, entries: BundleEntries): string[] {
  const missing: string[] = [];
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    const parent = path.slice(0, slash);
    if (entries.has(parent)) break;
    missing.push(parent);
  }
  return missing.reverse();
}

/** Why an entry cannot be put at its path after those before it: nothing is written through a link, and no directory is replaced. */
export function placeProblem(path: string, kind: EntryKind, entries: BundleEntries): EntryProblem | undefined {
  const existing = entries.get(path);
  if (path === "")
    return kind === "directory" ? undefined : { reason: "it would replace the archive's root", cure: REMOVE_IT };
  if (existing === "directory" && kind !== "directory") {
    return { reason: "the bundle also has a directory of that name", cure: "Keep only one of the two" };
  }
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    const parent = path.slice(0, slash);
    const above = entries.get(parent);
    if (above === "directory") return undefined;
    if (above !== undefined) {
      const what = above === "file" ? "file" : "symbolic link";
      return { reason: `its path passes through the ${what} ${JSON.stringify(parent)}`, cure: REMOVE_IT };
    }
  }
  return undefined;
}
