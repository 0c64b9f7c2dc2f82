import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Death } from "../simulation/mortal-store.ts";

/** The folder that a server shares with the test that is to kill it; see {@link file://./mortal-process.ts}. */
export const FUSE_VARIABLE = "SLUICE_TEST_FUSE";

interface Fuse {
  /** Length of the log when the fuse was lit. */
  readonly from: number;
  /** The commit that is the last one, counted from 1. */
  readonly commit: number;
  readonly death: Death;
}

/**
 * Says at which commit a server process is to die. `log` gets a dot for every commit that begins, and an `x` for every death; `fuse` is
 * there while one is lit, so that the process that is started next lives on.
 */
export class CommitFuse {
  readonly #fuse: string;
  readonly #log: string;

  constructor(directory: string) {
    this.#fuse = join(directory, "fuse");
    this.#log = join(directory, "log");
    appendFileSync(this.#log, "");
  }

  /** How often a commit has begun, in all lives. */
  get commits(): number {
    return readFileSync(this.#log, "utf8").replaceAll("x", "").length;
  }

  get deaths(): number {
    return readFileSync(this.#log, "utf8").replaceAll(".", "").length;
  }

  light(commit: number, death: Death): void {
    const unseen = `${this.#fuse}.new`;
    writeFileSync(unseen, JSON.stringify({ from: statSync(this.#log).size, commit, death } satisfies Fuse));
    renameSync(unseen, this.#fuse);
  }

  putOut(): void {
    rmSync(this.#fuse, { force: true });
  }

  /** In the server: a commit begins. Whether the process is to die of it, and when. */
  reach(): Death | null {
    appendFileSync(this.#log, ".");
    const fuse = this.#read();
    if (!fuse || statSync(this.#log).size - fuse.from < fuse.commit) return null;
    this.putOut();
    return fuse.death;
  }

  /** In the server: no farewell, and nothing after it. */
  die(): void {
    appendFileSync(this.#log, "x");
    process.kill(process.pid, "SIGKILL");
  }

  #read(): Fuse | undefined {
    try {
      return JSON.parse(readFileSync(this.#fuse, "utf8")) as Fuse;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
