import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { type RecordedEntries, withRecorded } from "@sluice/agent/host/archive/recorded-attributes.ts";

/** What is compared of an entry. Names are bytes, as latin-1 text. */
export interface TreeEntry {
  readonly kind: "directory" | "file" | "link" | "other";
  readonly mode: string;
  readonly owner: string;
  /** Whole seconds. */
  readonly modifiedAt: number;
  /** A link's target, or the hash of a file's content and its size. */
  readonly content: string;
  /** Of several names of one file, the first. */
  readonly sameAs: string;
}

export type Tree = ReadonlyMap<string, TreeEntry>;

const NOTHING_RECORDED: RecordedEntries = new Map();

/** Everything below a directory, with what the agent wrote down beside it. */
export function treeBelow(root: string, recorded: RecordedEntries = NOTHING_RECORDED): Tree {
  const tree = new Map<string, TreeEntry>();
  const firstNames = new Map<number, string>();
  const visit = (directory: Buffer, prefix: string): void => {
    for (const name of readdirSync(directory, { encoding: "buffer" }).sort(Buffer.compare)) {
      const path = Buffer.concat([directory, Buffer.from("/"), name]);
      const shown = prefix + name.toString("latin1");
      const stats = lstatSync(path);
      const utf8 = Buffer.from(shown, "latin1").toString();
      const isFirst = !firstNames.has(stats.ino);
      if (isFirst && !stats.isDirectory()) firstNames.set(stats.ino, shown);
      const sameAs = stats.isFile() && stats.nlink > 1 ? (firstNames.get(stats.ino) ?? shown) : shown;
      tree.set(shown, entryOf(path, withRecorded(stats, recorded.get(utf8)), sameAs));
      if (stats.isDirectory()) visit(path, `${shown}/`);
    }
  };
  visit(Buffer.from(root), "");
  return tree;
}

function entryOf(path: Buffer, stats: Stats, sameAs: string): TreeEntry {
  const kind = stats.isDirectory() ? "directory" : stats.isFile() ? "file" : stats.isSymbolicLink() ? "link" : "other";
  const content =
    kind === "file"
      ? `${createHash("sha256").update(readFileSync(path)).digest("hex")} (${stats.size} bytes)`
      : kind === "link"
        ? readlinkSync(path, { encoding: "buffer" }).toString("latin1")
        : "";
  return {
    kind,
    mode: (stats.mode & 0o7777).toString(8),
    owner: `${stats.uid}:${stats.gid}`,
    modifiedAt: Math.floor(stats.mtimeMs / 1000),
    content,
    sameAs,
  };
}
