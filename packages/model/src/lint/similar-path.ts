import { nearestName } from "../nearest-name.ts";
import { type BundleListing, normalPath } from "./bundle-listing.ts";

/** Paths that are compared letter by letter; a bundle may have a hundred thousand. */
const MAX_COMPARED_PATHS = 500;
/** Missing paths for which a similar one is looked for; each takes a look at every entry of the bundle. */
export const MAX_SUGGESTIONS = 20;

/** What a path in an AppSpec probably meant, where nothing is at that path. */
export function similarPath(
  path: string,
  { entries, files, wrapper }: BundleListing,
  kind: "file" | "any",
): string | undefined {
  const wanted = normalPath(path.replaceAll("\\", "/"));
  if (wanted === null || wanted === "") return undefined;
  const isOffered = (candidate: string) => candidate !== "" && (kind === "any" || files.has(candidate));
  if (entries.has(wanted) && isOffered(wanted)) return wanted;
  // The wrapper is taken away, and a path that names it leads nowhere.
  if (wrapper !== "" && wanted.startsWith(`${wrapper}/`) && entries.has(wanted.slice(wrapper.length + 1))) {
    return wanted.slice(wrapper.length + 1);
  }
  const lower = wanted.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  const sameNamed: string[] = [];
  const neighbours: string[] = [];
  const directory = wanted.slice(0, wanted.lastIndexOf("/") + 1);
  for (const candidate of entries.keys()) {
    if (!isOffered(candidate)) continue;
    const at = candidate.toLowerCase();
    if (at === lower || lower.endsWith(`/${at}`)) return candidate;
    if (at.endsWith(`/${name}`) || at === name) sameNamed.push(candidate);
    const isNeighbour = candidate.startsWith(directory) && !candidate.includes("/", directory.length);
    if (isNeighbour && neighbours.length < MAX_COMPARED_PATHS) neighbours.push(candidate);
  }
  if (sameNamed.length > 0) return sameNamed[0];
  const stem = (candidate: string) => candidate.replace(/\.[^./]+$/, "");
  return neighbours.find((candidate) => stem(candidate) === stem(wanted)) ?? nearestName(wanted, neighbours);
}
