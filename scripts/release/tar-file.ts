/** Writes tar of what is given, and of nothing that the machine knows: no user, no time, no order of a folder. POSIX.1-2001, "ustar Interchange Format". */
export interface TarEntry {
  /** Without a leading slash; a folder's ends in one. */
  readonly path: string;
  readonly mode: number;
  readonly content?: Buffer | string;
  /** Of user and group. */
  readonly owner?: number;
  readonly linkTo?: string;
}

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const CHECKSUM = { at: 148, end: 156 };

/** @param time of every entry, in seconds since 1970 */
export function tarFile(entries: readonly TarEntry[], time: number): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    const padding = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
    return [headerOf(entry, content.length, time), content, Buffer.alloc(padding)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** The folders that the paths are in, each before what it holds; those that are given stay as they are. */
export function withFolders(entries: readonly TarEntry[]): readonly TarEntry[] {
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const parts = path.split("/").filter(Boolean);
    for (let length = 1; length < parts.length; length++) {
      const folder = `${parts.slice(0, length).join("/")}/`;
      if (!known.has(folder)) known.set(folder, { path: folder, mode: 0o755 });
    }
  }
  return [...known.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function headerOf({ path, mode, owner = 0, linkTo = "" }: TarEntry, size: number, time: number): Buffer {
  if (Buffer.byteLength(path) > NAME_BYTES) throw new Error(`the path is too long for a release: ${path}`);
  const block = Buffer.alloc(BLOCK_BYTES);
  const type = linkTo === "" ? (path.endsWith("/") ? "5" : "0") : "2";
  const ids = [mode, owner, owner].map((value) => `${octal(value, 7)}\0`).join("");
  block.write(path, 0);
  block.write(ids, NAME_BYTES, "latin1");
  block.write(`${octal(size, 11)}\0${octal(time, 11)}\0`, 124, "latin1");
  block.fill(" ", CHECKSUM.at, CHECKSUM.end);
  block.write(type, 156);
  block.write(linkTo, 157);
  block.write("ustar\0" + "00", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, CHECKSUM.at, "latin1");
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
