/**
 * What may be in memory of bodies whose signature is not proved yet. A body is proved within milliseconds of its last byte, so only those
 * who send half of one and wait can fill this, and they are the oldest: their bodies go first.
 */
export const MAX_UNPROVED_BYTES = 64 * 1024 * 1024;

/**
 * The same of bodies each of which may be larger than all others together: functions' code. Two of the largest. Only servers with functions
 * read such bodies.
 */
export const MAX_LARGE_UNPROVED_BYTES = 140_334_422;

/** One body that is being read, or that was read and is not proved yet. */
export interface UnprovedBody {
  /** This many bytes are about to be held for it. Gives up other bodies before, or this one. */
  hold(bytes: number): void;
  /** Nothing more is awaited from the caller: what is still to be done is the server's own work, and no reason to give it up. */
  complete(): void;
  /** Proved, refused or gone. */
  close(): void;
}

interface Entry {
  bytes: number;
  readonly giveUp: () => void;
}

/** Counts them all, and gives up the oldest unfinished ones while they are too many. */
export class UnprovedBodies {
  readonly #maximumBytes: number;
  /** In the order in which they began. */
  readonly #unfinished = new Set<Entry>();
  #bytes = 0;
  #peakBytes = 0;
  #givenUp = 0;

  constructor(maximumBytes = MAX_UNPROVED_BYTES) {
    this.#maximumBytes = maximumBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The most that they ever were. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** How many bodies were given up so far. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** `giveUp` is called at most once, and has to let go of what is held. */
  open(giveUp: () => void): UnprovedBody {
    const entry: Entry = { bytes: 0, giveUp };
    let isOpen = true;
    this.#unfinished.add(entry);
    return {
      hold: (bytes) => {
        if (!isOpen) return;
        this.#bytes += bytes - entry.bytes;
        entry.bytes = bytes;
        this.#makeRoom();
        this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
      },
      complete: () => {
        this.#unfinished.delete(entry);
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#unfinished.delete(entry);
        this.#bytes -= entry.bytes;
        entry.bytes = 0;
      },
    };
  }

  #makeRoom(): void {
    for (const entry of this.#unfinished) {
      if (this.#bytes <= this.#maximumBytes) return;
      if (entry.bytes === 0) continue;
      this.#unfinished.delete(entry);
      this.#bytes -= entry.bytes;
      entry.bytes = 0;
      this.#givenUp += 1;
      entry.giveUp();
    }
  }
}
