import { MAX_ENTRY_PATH_BYTES } from "@sluice/model/bundle/entry-name.ts";

const GIB = 1024 ** 3;

/** What an archive may hold. Beyond these it is refused as a whole, so that a small hostile file cannot fill the disk. */
export interface ArchiveLimits {
  /** Of the bundle as it is downloaded. */
  readonly bundleBytes: number;
  readonly entries: number;
  readonly unpackedBytes: number;
  /** Unpacked bytes per packed byte; only looked at above `ratioFloorBytes`, since small text packs very well. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /** Of one entry's path, in bytes of UTF-8. */
  readonly pathBytes: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  bundleBytes: 64 * GIB,
  entries: 1_000_000,
  unpackedBytes: 256 * GIB,
  ratio: 200,
  ratioFloorBytes: GIB,
  pathBytes: MAX_ENTRY_PATH_BYTES,
};
