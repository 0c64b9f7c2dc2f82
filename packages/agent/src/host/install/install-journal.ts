import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceFile } from "../durable-file.ts";
import { CONTEXT_PREFIX, cleanupEntries, readCleanupList } from "./cleanup.ts";
import type { InstallPlan } from "./install-plan.ts";

const SALT_BYTES = 9;
const NAME_CHARACTERS = 18;

/**
 * The group's cleanup list, in the reference agent's format, while an install runs: what the previous revision had, since the disk may not know yet that it is
 * gone, then everything that this one will make. It is on the disk before the first of it is made, so after a crash the next Install removes exactly what
 * this one got to.
 */
export class InstallJournal {
  readonly #file: string;
  readonly #earlier: Buffer;
  readonly #salt = randomBytes(SALT_BYTES);
  readonly #temporaries = new Set<string>();
  #earlierBytes = 0;

  /** @param earlier the list of the previous revision */
  constructor(cleanupFile: string, earlier: Buffer) {
    this.#file = cleanupFile;
    this.#earlier = earlier;
  }

  begin(plan: InstallPlan): void {
    replaceFile(this.#file, this.#listOf(plan));
  }

  /** Where a file is made that is to take the place of another: beside it, under a name that nobody can guess. */
  temporaryOf(destination: string): string {
    const name = createHash("sha256").update(this.#salt).update(destination).digest("hex").slice(0, NAME_CHARACTERS);
    return join(dirname(destination), `.sluice-${name}`);
  }

  /** What was not planned. */
  add(...paths: readonly string[]): void {
    appendFileSync(this.#file, paths.map((path) => `${path}\n`).join(""));
  }

  /** The same for a file that has another name, or is none, when the install is done. */
  addTemporary(path: string): void {
    this.#temporaries.add(path);
    this.add(path);
  }

  /** Leaves the list that stays. To be called when the disk has everything. */
  finish(): void {
    if (this.#earlierBytes === 0 && this.#temporaries.size === 0) return;
    replaceFile(this.#file, this.#lasting(readCleanupList(this.#file).subarray(this.#earlierBytes)));
  }

  /** For an install that makes nothing, and has removed what there was. */
  abandon(): void {
    rmSync(this.#file, { force: true });
  }

  *#listOf(plan: InstallPlan): Generator<string> {
    for (const entry of cleanupEntries(this.#earlier)) {
      // These are gone when it is told so.
      if (entry.startsWith(CONTEXT_PREFIX)) continue;
      this.#earlierBytes += Buffer.byteLength(entry) + 1;
      yield `${entry}\n`;
    }
    for (const step of plan.steps) {
      if (step.type === "mkdir") yield `${step.directory}\n`;
      else {
        const { destination } = step;
        if (step.replaces) {
          const temporary = this.temporaryOf(destination);
          this.#temporaries.add(temporary);
          yield `${temporary}\n`;
        }
        yield `${destination}\n`;
      }
    }
  }

  *#lasting(list: Buffer): Generator<string> {
    for (const entry of cleanupEntries(list)) if (!this.#temporaries.has(entry)) yield `${entry}\n`;
  }
}
