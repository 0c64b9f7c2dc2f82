import { pathToFileURL } from "node:url";
import {
  type SluiceServer,
  type SluiceServerOptions,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { watchUntil } from "../installation/until.fixture.ts";
import type { Death } from "../simulation/mortal-store.ts";
import { CommitFuse, FUSE_VARIABLE } from "./commit-fuse.fixture.ts";

export interface Kill {
  /** The commit that is the last one, counted from 1. */
  readonly commit: number;
  readonly death: Death;
}

export interface Survived<T> {
  readonly result: T;
  /** How many commits began meanwhile. */
  readonly commits: number;
  readonly hasDied: boolean;
}

/** A `sluice server` process that can be told at which commit it is to die, and whoever starts it again when it has died. */
export class MortalServer {
  readonly process: SluiceServer;
  readonly #fuse: CommitFuse;
  #revivals = 0;

  private constructor(process: SluiceServer, fuse: CommitFuse) {
    this.process = process;
    this.#fuse = fuse;
  }

  /** @param directory of its own, where it keeps what it is told */
  static async start(directory: string, options: SluiceServerOptions): Promise<MortalServer> {
    const preload = pathToFileURL(`${import.meta.dirname}/mortal-process.ts`).href;
    const environment = {
      [FUSE_VARIABLE]: directory,
      NODE_OPTIONS: `--import=${preload}`,
      // The bundle has a PostgreSQL driver of its own, of which no other module gets hold.
      ...(options.databaseUrl ? { SLUICE_SOURCE: "1" } : {}),
    };
    return new MortalServer(await startSluiceServer({ ...options, environment }), new CommitFuse(directory));
  }

  /** Kills the server on the way, if the work makes it commit that often, and starts it again at once. */
  async outlive<T>(kill: Kill | undefined, work: () => Promise<T>): Promise<Survived<T>> {
    const { commits, deaths } = this.#fuse;
    let isOver = false;
    const watch = watchUntil("the end of the work, with a server that is up", async () => {
      const wasOver = isOver;
      await this.#revive();
      return wasOver;
    });
    if (kill) this.#fuse.light(kill.commit, kill.death);
    try {
      const result = await work();
      this.#fuse.putOut();
      return { result, commits: this.#fuse.commits - commits, hasDied: this.#fuse.deaths > deaths };
    } finally {
      isOver = true;
      await watch;
    }
  }

  async #revive(): Promise<void> {
    if (this.#revivals === this.#fuse.deaths) return;
    this.#revivals += 1;
    // Only waits until the process, which has killed itself, is gone.
    await this.process.kill();
    await this.process.start();
  }
}
