import { crc32 } from "node:zlib";
import { entryNameOf, NOT_UTF8 } from "@sluice/model/bundle/entry-name.ts";
import { EntryRefused, refusedEntry } from "./entry-refused.ts";

/** The system that a zip's "version made by" names. */
const MADE_BY = { dos: 0, unix: 3, oldMacOs: 7, macOs: 19 } as const;
const NAMES_ARE_UTF8 = 0x800;
/** Info-ZIP's extra field with a name in UTF-8, for one that the header has in a code page: version 1, the header name's CRC-32, the name. */
const UNICODE_PATH = { id: 0x7075, version: 1, checksumAt: 1, nameAt: 5 } as const;

/** What is needed of an entry of a zip's directory, as yauzl gives it. */
export interface ZipEntryHead {
  readonly versionMadeBy: number;
  readonly generalPurposeBitFlag: number;
  readonly fileNameRaw: Buffer;
  readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
}

/** Whether an entry has Unix modes, and a backslash in its name is a character like any other. */
export function isMadeOnUnix({ versionMadeBy }: Pick<ZipEntryHead, "versionMadeBy">): boolean {
  const system = versionMadeBy >>> 8;
  return system === MADE_BY.unix || system === MADE_BY.oldMacOs || system === MADE_BY.macOs;
}

/**
 * The name of an entry of a zip. Its bytes are kept: they are UTF-8, whether the archive says so or not (most do not), or the entry has its name a
 * second time as UTF-8. Names in a code page are refused, since what they say depends on the machine that reads them. Windows programs write
 * backslashes between directories although the format forbids them; they count as slashes where unzip takes them for such.
 * @throws EntryRefused
 */
export function zipEntryName(entry: ZipEntryHead): string {
  const bytes = unicodePath(entry) ?? entry.fileNameRaw;
  const name = entryNameOf(bytes);
  if (name === undefined) throw new EntryRefused(bytes, CODE_PAGE_CURE);
  if (/\p{Cc}/u.test(name)) {
    throw refusedEntry(name, "its name has a control character, which unzip drops", "Rename it in the bundle");
  }
  if (isMadeOnUnix(entry) || !name.includes("\\")) return name;
  if (entry.versionMadeBy >>> 8 === MADE_BY.dos && !name.includes("/")) return name.replaceAll("\\", "/");
  throw refusedEntry(
    name,
    "its name has a backslash, which can be a character or a separator of directories",
    "Pack the bundle with a program that writes slashes (7-Zip, `tar -a -cf bundle.zip`, .NET 4.6.1 or later)",
  );
}

const CODE_PAGE_CURE = {
  reason: NOT_UTF8.reason,
  cure: "Pack the bundle with a program that writes names in UTF-8 (7-Zip, Info-ZIP's zip, Python), or rename the entry",
};

function unicodePath({ fileNameRaw, generalPurposeBitFlag, extraFields }: ZipEntryHead): Buffer | undefined {
  if ((generalPurposeBitFlag & NAMES_ARE_UTF8) !== 0) return undefined;
  const field = extraFields.find(({ id }) => id === UNICODE_PATH.id)?.data;
  if (field === undefined || field.length <= UNICODE_PATH.nameAt || field[0] !== UNICODE_PATH.version) return undefined;
  // The name was changed since by a program that does not know the field.
  if (field.readUInt32LE(UNICODE_PATH.checksumAt) !== crc32(fileNameRaw)) return undefined;
  return field.subarray(UNICODE_PATH.nameAt);
}
