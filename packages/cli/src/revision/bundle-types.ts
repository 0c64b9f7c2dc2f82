/** What the API calls a bundle, by how its name ends. */
const BUNDLE_TYPES = { ".zip": "zip", ".tgz": "tgz", ".tar.gz": "tgz", ".tar": "tar" } as const;

export type BundleType = (typeof BUNDLE_TYPES)[keyof typeof BUNDLE_TYPES];
export const BUNDLE_ENDINGS = Object.keys(BUNDLE_TYPES);

/** How the file's name ends, and what type it so is; undefined where that says nothing. */
export function bundleTypeOf(name: string): { readonly ending: string; readonly type: BundleType } | undefined {
  const found = Object.entries(BUNDLE_TYPES).find(([ending]) => name.endsWith(ending));
  return found && { ending: found[0], type: found[1] };
}
