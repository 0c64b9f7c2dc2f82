/** A file of a folder that was dropped or chosen, with its path in it. */
export interface FolderFile {
  readonly path: string;
  readonly file: File;
}

/** What was dropped: a bundle as it is, or a folder that becomes one. */
export type Dropped =
  | { readonly kind: "bundle"; readonly file: File }
  | { readonly kind: "folder"; readonly name: string; readonly files: readonly FolderFile[] };

/** Never part of a revision: the same as the command line leaves out, and what macOS puts everywhere. */
const LEFT_OUT = /(^|\/)(\.git|\.DS_Store)(\/|$)/;

/** Of `<input webkitdirectory>`: every file has its path, which begins with the folder. */
export function folderOf(files: readonly File[]): Dropped | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  const name = first.webkitRelativePath.split("/", 1)[0] ?? first.name;
  return {
    kind: "folder",
    name,
    files: withoutLeftOut(files.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1), file }))),
  };
}

export function withoutLeftOut(files: readonly FolderFile[]): FolderFile[] {
  return files
    .filter(({ path }) => !LEFT_OUT.test(path))
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}
