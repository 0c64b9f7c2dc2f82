import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Ready } from "./http/http-server.ts";
import { withinPatience } from "./loops/patience.ts";
import type { WriteTransaction } from "./store/group-commit.ts";
import type { OpenStore } from "./store/open-store.ts";
import { writeSetting } from "./store/settings.ts";

/** Whoever asks has an answer within a second, whatever the database and the disk do. */
const LOOK_MILLISECONDS = 800;
/** However often it is asked, it is looked no more often: a look writes. */
const KEPT_MILLISECONDS = 1_000;
/** What a server writes within moments, so that a disk that takes this is not full yet. */
const PROBE_BYTES = 64 * 1024;
const PROBE_FILE = ".ready";
const PROBE_SETTING = "readiness.written-at";

export interface ReadinessParts {
  readonly store: Pick<OpenStore, "dialect" | "health" | "write">;
  /** The data directory. */
  readonly directory: string;
  /** `whyNot`: why it cannot be written; null: it can. */
  readonly audit: { readonly directory: string; readonly whyNot: () => Promise<string | null> };
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Whether the server can do its work: whether the database takes a write, and the data directory a file. Looks when it is asked, one look at
 * a time.
 */
export class Readiness {
  readonly #parts: ReadinessParts;
  #look: Promise<Ready> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What is looked at and has not answered, since when. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  async now(): Promise<Ready> {
    const { now } = this.#parts;
    if (!this.#look || now() - this.#lookedAt >= KEPT_MILLISECONDS) {
      this.#lookedAt = now();
      this.#look = this.#lookNow();
    }
    return this.#look;
  }

  /** Somebody's request failed: what that says of the server is known at once, and not when it is looked again. */
  failed(error: unknown): void {
    const disk = fullDisk(error);
    if (!disk) return;
    this.#lookedAt = this.#parts.now();
    const whose = disk === "local" ? `the disk of the data directory ${this.#parts.directory}` : "PostgreSQL's disk";
    this.#look = Promise.resolve({
      reason: `${whose} is full: a request could not be stored just now`,
      warning: null,
    });
  }

  async #lookNow(): Promise<Ready> {
    const { store, directory, audit, now } = this.#parts;
    const [auditReason, ...reasons] = await Promise.all([
      this.#within(`the audit in ${audit.directory}`, async () => {
        const reason = await audit.whyNot();
        if (reason !== null) throw new Error(reason);
      }),
      this.#within("the database", () =>
        store.write((transaction) => writeProbe(transaction, now()), { until: AbortSignal.timeout(LOOK_MILLISECONDS) }),
      ),
      this.#within(`the data directory ${directory}`, () => writeFileProbe(directory)),
    ]);
    return {
      reason: reasons.find((reason) => reason !== null) ?? store.health.reason,
      // Calls go on without it, so nobody is to be sent elsewhere.
      warning: auditReason && `${auditReason}. Calls go on, and their lines are lost and counted`,
    };
  }

  /** Why `act` has failed, or that it hangs. What hangs is not begun once more before it has ended. */
  async #within(what: string, act: () => Promise<unknown>): Promise<string | null> {
    const { now } = this.#parts;
    const since = this.#waiting.get(what);
    if (since !== undefined) return `${what} has not answered for ${Math.round((now() - since) / 1000)} s`;
    this.#waiting.set(what, now());
    const acting = act()
      .then(
        () => null,
        (error: unknown) => `${what} cannot be written to: ${reasonOf(error)}`,
      )
      .finally(() => this.#waiting.delete(what));
    return withinPatience(acting, LOOK_MILLISECONDS).catch(
      () => `${what} does not answer within ${LOOK_MILLISECONDS} ms`,
    );
  }
}

async function writeProbe({ db }: WriteTransaction, now: number): Promise<void> {
  await writeSetting(db, PROBE_SETTING, String(now));
}

async function writeFileProbe(directory: string): Promise<void> {
  const file = join(directory, PROBE_FILE);
  try {
    await writeFile(file, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
  } finally {
    await rm(file, { force: true }).catch(() => {});
  }
}
