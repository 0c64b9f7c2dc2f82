/**
 * Puts a blob into Node's file as Node looks for it (Single executable applications, "On Linux": a note with the blob's name, and the fuse set), and
 * leaves out what is not loaded: symbols and debug information, which is a seventh of the file. ELF of 64 bits, little-endian, as elf(5) has it.
 */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const NOTE_NAME = "NODE_SEA_BLOB";

const MAGIC = "7f454c460201";
const PROGRAM_HEADER_BYTES = 56;
const [PT_LOAD, PT_NOTE, PT_PHDR] = [1, 4, 6];
const PF_READABLE = 4;
/** The largest page of a kernel on arm64; those of x64 are a sixteenth of it. */
const PAGE_BYTES = 0x1_00_00;

interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly alignment: number;
}

/**
 * @param node Node's executable for Linux
 * @returns a new file
 * @throws Error when it is not such a file
 */
export function putIntoNode(node: Buffer, blob: Buffer): Buffer {
  if (node.subarray(0, 6).toString("hex") !== MAGIC) throw new Error("Node's file is no ELF file of 64 bits");
  const headers = readHeaders(node);
  const loaded = headers.filter(({ type }) => type === PT_LOAD);
  const base = Math.min(...loaded.map(({ address, offset }) => address - offset));
  const fileEnd = Math.max(...headers.map(({ offset, fileBytes }) => offset + fileBytes));
  const memoryEnd = Math.max(...headers.map(({ address, memoryBytes }) => address + memoryBytes)) - base;
  // Older kernels tell the program where its headers are by their place in the file, so that memory has to be laid out like it.
  const at = roundUp(Math.max(fileEnd, memoryEnd), PAGE_BYTES);
  const note = makeNote(blob);
  const tableBytes = roundUp((headers.length + 2) * PROGRAM_HEADER_BYTES, 16);
  const added = { flags: PF_READABLE, offset: at, address: base + at };
  const whole = { ...added, fileBytes: tableBytes + note.length, memoryBytes: tableBytes + note.length };
  const noteAt = { flags: PF_READABLE, offset: at + tableBytes, address: base + at + tableBytes };
  const last = headers.lastIndexOf(loaded.at(-1) as ProgramHeader);
  const all: ProgramHeader[] = [
    ...headers.slice(0, last + 1),
    { type: PT_LOAD, ...whole, alignment: PAGE_BYTES },
    ...headers.slice(last + 1),
    { type: PT_NOTE, ...noteAt, fileBytes: note.length, memoryBytes: note.length, alignment: 4 },
  ];
  const table = Buffer.alloc(tableBytes);
  const ownBytes = all.length * PROGRAM_HEADER_BYTES;
  for (const [index, header] of all.entries()) {
    const own = header.type === PT_PHDR ? { ...added, fileBytes: ownBytes, memoryBytes: ownBytes } : {};
    writeHeader(table, index * PROGRAM_HEADER_BYTES, { ...header, ...own });
  }
  const file = Buffer.concat([node.subarray(0, fileEnd), Buffer.alloc(at - fileEnd), table, note]);
  file.writeBigUInt64LE(BigInt(at), 32);
  file.writeUInt16LE(all.length, 56);
  // No section is left that a debugger could look for.
  file.writeBigUInt64LE(0n, 40);
  file.fill(0, 60, 64);
  setFuse(file.subarray(0, fileEnd));
  return file;
}

function readHeaders(file: Buffer): ProgramHeader[] {
  const at = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const entry = file.subarray(at + index * PROGRAM_HEADER_BYTES);
    return {
      type: entry.readUInt32LE(0),
      flags: entry.readUInt32LE(4),
      offset: Number(entry.readBigUInt64LE(8)),
      address: Number(entry.readBigUInt64LE(16)),
      fileBytes: Number(entry.readBigUInt64LE(32)),
      memoryBytes: Number(entry.readBigUInt64LE(40)),
      alignment: Number(entry.readBigUInt64LE(48)),
    };
  });
}

function writeHeader(table: Buffer, at: number, header: ProgramHeader): void {
  table.writeUInt32LE(header.type, at);
  table.writeUInt32LE(header.flags, at + 4);
  const { offset, address, fileBytes, memoryBytes, alignment } = header;
  for (const [index, value] of [offset, address, address, fileBytes, memoryBytes, alignment].entries()) {
    table.writeBigUInt64LE(BigInt(value), at + 8 + index * 8);
  }
}

function makeNote(blob: Buffer): Buffer {
  const name = Buffer.alloc(roundUp(NOTE_NAME.length + 1, 4));
  name.write(NOTE_NAME);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(NOTE_NAME.length + 1, 0);
  head.writeUInt32LE(blob.length, 4);
  return Buffer.concat([head, name, blob, Buffer.alloc(roundUp(blob.length, 4) - blob.length)]);
}

/** Without it Node does not look for the note. */
function setFuse(file: Buffer): void {
  const unset = Buffer.from(`${FUSE}:0`);
  const at = file.indexOf(unset);
  if (at === -1 || file.indexOf(unset, at + 1) !== -1) throw new Error(`Node's file does not hold ${FUSE}:0 once`);
  file[at + unset.length - 1] = "1".charCodeAt(0);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
