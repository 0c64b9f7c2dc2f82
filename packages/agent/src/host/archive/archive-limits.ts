import { MAX_ENTRY_PATH_BYTES } from "@sluice/model/bundle/entry-name.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What an archive may hold. Beyond these it is refused as a whole, so that a small hostile file can fill neither the disk nor the memory. */
export interface ArchiveLimits {
  /** Of the bundle as it is downloaded. */
  readonly bundleBytes: number;
  /** Directories that it only implies, as parents of others, included. */
  readonly entries: number;
  readonly unpackedBytes: number;
  /** Unpacked bytes per packed byte; only looked at above `ratioFloorBytes`, since small text packs very well. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /** Of one entry's path, in bytes of UTF-8. */
  readonly pathBytes: number;
  /** Of all paths together, in characters: the agent holds them while it unpacks. */
  readonly pathCharacters: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  bundleBytes: 64 * GIB,
  entries: 1_000_000,
  unpackedBytes: 256 * GIB,
  ratio: 100,
  ratioFloorBytes: 256 * MIB,
  pathBytes: MAX_ENTRY_PATH_BYTES,
  pathCharacters: 128 * MIB,
};

/** What a host's operator may set of them, by the names of agent.json. */
export interface ArchiveSettings {
  readonly maxBundleBytes?: number | undefined;
  readonly maxBundleEntries?: number | undefined;
  readonly maxUnpackedBytes?: number | undefined;
  readonly maxUnpackedRatio?: number | undefined;
}

export function archiveLimits(settings: ArchiveSettings): ArchiveLimits {
  const { bundleBytes, entries, unpackedBytes, ratio } = ARCHIVE_LIMITS;
  return {
    ...ARCHIVE_LIMITS,
    bundleBytes: settings.maxBundleBytes ?? bundleBytes,
    entries: settings.maxBundleEntries ?? entries,
    unpackedBytes: settings.maxUnpackedBytes ?? unpackedBytes,
    ratio: settings.maxUnpackedRatio ?? ratio,
  };
}
