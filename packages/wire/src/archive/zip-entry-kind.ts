import { REMOVE_IT } from "@sluice/model/bundle/entry-name.ts";
import { refusedEntry } from "./entry-refused.ts";
import { isMadeOnUnix, type ZipEntryHead, zipEntryName } from "./zip-entry-name.ts";

export interface ZipEntryKindHead extends ZipEntryHead {
  readonly externalFileAttributes: number;
  readonly compressionMethod: number;
}

export interface ZipEntryKind {
  readonly kind: "file" | "directory" | "link";
  readonly name: string;
  /** Permission bits and the file's type; 0 where the zip has none, as those of Windows. */
  readonly unixMode: number;
  readonly isReadOnly: boolean;
}

const ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;
const DOS_READ_ONLY = 0x01;
const DOS_DIRECTORY = 0x10;
const FILE_TYPE = { mask: 0o170000, link: 0o120000, directory: 0o040000, regular: 0o100000 } as const;

/** What an entry of a zip becomes on a host. @throws EntryRefused for what no host unpacks */
export function zipEntryKind(entry: ZipEntryKindHead): ZipEntryKind {
  const name = zipEntryName(entry);
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
    throw refusedEntry(name, "it is encrypted", "Pack the bundle without a password");
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw refusedEntry(
      name,
      `its compression method (${entry.compressionMethod}) is not supported`,
      "Pack the bundle with the default method (deflate)",
    );
  }
  const unixMode = isMadeOnUnix(entry) ? entry.externalFileAttributes >>> 16 : 0;
  const type = unixMode & FILE_TYPE.mask;
  const isReadOnly = (entry.externalFileAttributes & DOS_READ_ONLY) !== 0;
  if (name.endsWith("/")) return { kind: "directory", name, unixMode, isReadOnly };
  if (type === FILE_TYPE.directory || (type === 0 && (entry.externalFileAttributes & DOS_DIRECTORY) !== 0)) {
    throw refusedEntry(
      name,
      "it is a directory according to its attributes, but a file according to its name, which does not end with a slash",
      "Pack the bundle again with another program (`zip -r`)",
    );
  }
  if (type === FILE_TYPE.link) return { kind: "link", name, unixMode, isReadOnly };
  if (type === 0 || type === FILE_TYPE.regular) return { kind: "file", name, unixMode, isReadOnly };
  throw refusedEntry(name, "it is a device, a pipe or a socket", REMOVE_IT);
}
