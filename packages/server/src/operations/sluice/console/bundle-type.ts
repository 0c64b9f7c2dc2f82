/** What CodeDeploy calls a revision in S3, by how its key ends. */
const BUNDLE_TYPES = [
  [".zip", "zip"],
  [".tgz", "tgz"],
  [".tar.gz", "tgz"],
  [".tar", "tar"],
  [".yml", "YAML"],
  [".yaml", "YAML"],
  [".json", "JSON"],
] as const;

export type BundleType = (typeof BUNDLE_TYPES)[number][1];

export const BUNDLE_ENDINGS: readonly string[] = BUNDLE_TYPES.map(([ending]) => ending);

/** The name's ending as it is written, and the type that it says; undefined: it is no revision's. */
export function bundleTypeOf(name: string): { readonly ending: string; readonly type: BundleType } | undefined {
  const lower = name.toLowerCase();
  const found = BUNDLE_TYPES.find(([ending]) => lower.endsWith(ending));
  return found && { ending: name.slice(-found[0].length), type: found[1] };
}
