/** By which agents know the one directory around a bundle. */
const WRAPPED_APP_SPEC = /appspec/i;
/** What macOS puts beside a directory: Finder into a zip, its tar before each entry. */
const OF_MAC_OS: ReadonlySet<string> = new Set(["__MACOSX", ".DS_Store"]);

/**
 * The one directory at the top of a bundle that directly holds an AppSpec, as GitHub's archives and Finder's zips have it, or `""`. Agents take it
 * away, and what macOS put beside it.
 * @param names of the entries in a directory of the bundle (`""` is its root); undefined for what is no directory
 */
export function wrapperOf(names: (directory: string) => Iterable<string> | undefined): string {
  const topLevel = [...(names("") ?? [])].filter((name) => !OF_MAC_OS.has(name));
  const there = new Set(topLevel);
  const [wrapper = "", ...others] = topLevel.filter((name) => !(name.startsWith("._") && there.has(name.slice(2))));
  if (wrapper === "" || others.length > 0) return "";
  return [...(names(wrapper) ?? [])].some((name) => WRAPPED_APP_SPEC.test(name)) ? wrapper : "";
}
