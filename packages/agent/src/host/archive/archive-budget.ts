import { EventFailure } from "../event-failure.ts";
import { requireRoom, requireSpareRoom } from "../room-on-disk.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import type { ClaimedSize } from "./claimed-size.ts";

/** How often the disk is looked at while an archive is written to it. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;
const LOOK_EVERY_ENTRIES = 1_024;

/** What an archive may still unpack to: by its limits, and by the room that the disk has. Each count throws where it goes beyond. */
export class ArchiveBudget {
  readonly #limits: ArchiveLimits;
  readonly #packedBytes: number;
  readonly #directory: string;
  #entries = 0;
  #pathCharacters = 0;
  #bytes = 0;
  #bytesLookedAt = 0;

  /** @param directory on the disk that the archive is written to, which stays when that is refused: messages name it */
  constructor(limits: ArchiveLimits, packedBytes: number, directory: string) {
    this.#limits = limits;
    this.#packedBytes = packedBytes;
    this.#directory = directory;
  }

  /** Refuses an archive that itself says that it is too large, before anything of it is written. What it really is shows when it is unpacked. */
  expect({ entries, bytes, isMeant }: ClaimedSize): void {
    if (entries > this.#limits.entries) throw tooManyEntries(this.#limits);
    if (isMeant) this.#checkBytes(bytes);
    requireRoom("What the bundle unpacks to", bytes, this.#directory);
  }

  countEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw tooManyEntries(this.#limits);
    if (this.#entries % LOOK_EVERY_ENTRIES === 0) requireSpareRoom(UNPACKING, this.#directory);
  }

  /** Of each path that is held. */
  countPath(path: string): void {
    this.#pathCharacters += path.length;
    if (this.#pathCharacters <= this.#limits.pathCharacters) return;
    throw new EventFailure(
      `The bundle was refused: the paths of its entries have more than ${this.#limits.pathCharacters} characters together. ` +
        "Shorten the names of its directories, or pack some directories as archives inside the bundle.",
    );
  }

  /** Counts what the archive unfolds to, written or not: padding, too, takes time to read. */
  countBytes(bytes: number): void {
    this.#bytes += bytes;
    this.#checkBytes(this.#bytes);
    if (this.#bytes - this.#bytesLookedAt < LOOK_EVERY_BYTES) return;
    this.#bytesLookedAt = this.#bytes;
    requireSpareRoom(UNPACKING, this.#directory);
  }

  #checkBytes(bytes: number): void {
    const { unpackedBytes, ratio, ratioFloorBytes } = this.#limits;
    if (bytes > unpackedBytes) {
      throw new EventFailure(
        `The bundle was refused: it unpacks to more than ${unpackedBytes} bytes. Split it into smaller bundles, or raise ` +
          `maxUnpackedBytes in this host's agent.json and restart the agent.`,
      );
    }
    if (bytes > ratioFloorBytes && bytes > this.#packedBytes * ratio) {
      throw new EventFailure(
        `The bundle was refused: it unpacks to more than ${ratio} times its own ${this.#packedBytes} bytes, like an archive ` +
          "that is made to fill a disk. If that is intended, pack it as an uncompressed tar, or raise maxUnpackedRatio in this host's " +
          "agent.json and restart the agent.",
      );
    }
  }
}

const UNPACKING = "The bundle is not unpacked any further";

function tooManyEntries({ entries }: ArchiveLimits): EventFailure {
  return new EventFailure(
    `The bundle was refused: it has more than ${entries} entries. Pack some directories as archives inside the bundle, or raise ` +
      "maxBundleEntries in this host's agent.json and restart the agent.",
  );
}
