/** Each is a file that is open, and a link that may be slow. A fleet that joins at once asks again. */
export const MAX_PROGRAM_DOWNLOADS = 64;

interface ProgramDownload {
  readonly caller: string;
  /** Ends it before it is done. */
  readonly end: () => void;
}

/**
 * Who downloads the agent's program at this moment. When there are as many as there may be, the caller with the most gives one up for a caller who has
 * less: whoever holds one token and reads slowly keeps no other host from its program.
 */
export class ProgramDownloads {
  /** The oldest first. */
  readonly #underWay = new Set<ProgramDownload>();

  /**
   * @param caller a token's id, or a key's
   * @returns what to call when it is over; undefined: too many are under way, the caller's own among them
   */
  begin(caller: string, end: () => void): (() => void) | undefined {
    if (this.#underWay.size >= MAX_PROGRAM_DOWNLOADS && !this.#makeRoomFor(caller)) return undefined;
    const download = { caller, end };
    this.#underWay.add(download);
    return () => this.#underWay.delete(download);
  }

  #makeRoomFor(caller: string): boolean {
    const counts = new Map<string, number>();
    for (const each of this.#underWay) counts.set(each.caller, (counts.get(each.caller) ?? 0) + 1);
    const most = Math.max(...counts.values());
    // Else the two would take each other's in turn.
    if ((counts.get(caller) ?? 0) + 1 >= most) return false;
    for (const each of this.#underWay) {
      if (counts.get(each.caller) !== most) continue;
      this.#underWay.delete(each);
      each.end();
      return true;
    }
    return false;
  }
}
