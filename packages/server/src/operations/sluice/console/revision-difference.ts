import { lineDifference } from "@sluice/model/differences/line-difference.ts";
import type { ListedFile } from "@sluice/wire/archive/list-content.ts";
import type { FileDifference, RevisionDifference, TextDifference } from "@sluice/wire/sluice/console-api.ts";
import type { RevisionContent } from "./revision-content.ts";

/** Files that differ, of one answer. */
export const MAX_FILE_DIFFERENCES = 2_000;

/** What differs between two revisions, as far as both are known. Pure. */
export function revisionDifference(
  from: RevisionContent,
  to: RevisionContent,
  { isSameRevision = false }: { readonly isSameRevision?: boolean } = {},
): RevisionDifference {
  const files = from.files && to.files ? fileDifferences(from.files, to.files) : [];
  const texts = textDifferences(from.texts, to.texts);
  const troubles = [...new Set([...from.troubles, ...to.troubles])];
  const isWhole = troubles.length === 0;
  return {
    ...(isWhole ? {} : { trouble: `${troubles.join(". ")}.` }),
    isSame: isSameRevision || (isWhole && files.length === 0 && texts.length === 0),
    ...(from.bytes === undefined ? {} : { fromBytes: from.bytes }),
    ...(to.bytes === undefined ? {} : { toBytes: to.bytes }),
    files: files.slice(0, MAX_FILE_DIFFERENCES),
    moreFiles: Math.max(files.length - MAX_FILE_DIFFERENCES, 0),
    texts,
  };
}

type Files = ReadonlyMap<string, ListedFile>;

/** By path. */
function fileDifferences(from: Files, to: Files): FileDifference[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const before = from.get(path);
    const after = to.get(path);
    if (before?.content === after?.content) return [];
    return [
      {
        path,
        change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
        ...(before === undefined ? {} : { fromBytes: before.bytes }),
        ...(after === undefined ? {} : { toBytes: after.bytes }),
      },
    ];
  });
}

/** Those that are the same are left out, and those that only one side could be read of. */
function textDifferences(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): TextDifference[] {
  return [...from].flatMap(([name, before]): TextDifference[] => {
    const after = to.get(name);
    if (after === undefined || after === before) return [];
    return [{ name, lines: lineDifference(before, after) }];
  });
}
