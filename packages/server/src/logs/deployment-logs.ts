import { rm } from "node:fs/promises";
import { join } from "node:path";
import { compressSegments } from "./compress-segments.ts";
import { LogJournal } from "./log-journal.ts";
import type { LogLine } from "./log-line.ts";
import { type LogFilter, type LogPage, readPage } from "./log-page.ts";
import { type LogSurvey, surveyLogs } from "./log-survey.ts";
import { readTails, type TailLine } from "./log-tails.ts";
import { outputFolder } from "./output-folders.ts";

/** Idle journals whose progress is remembered; one that was forgotten is read again when its hosts write on. */
const MAX_OPEN_JOURNALS = 256;

/** A deployment's id as a folder: nothing in it can lead elsewhere. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

interface OpenJournal {
  readonly opening: Promise<LogJournal>;
  /** Appends under way: while there are any, nobody else may open the file. */
  users: number;
}

/** What hooks printed, on disk: a folder of few files for a deployment (see segment-file.ts). */
export class DeploymentLogs {
  readonly #directory: string;
  readonly #onStored: ((deploymentId: string, targetIds: ReadonlySet<string>) => void) | undefined;
  readonly #journals = new Map<string, OpenJournal>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #closing = new AbortController();
  /** Deployments with lines that are not compressed, as far as they were written or surveyed. */
  readonly #unfinished = new Set<string>();
  /** Work on a deployment's files that its appends have to wait for. */
  readonly #busy = new Map<string, Promise<unknown>>();
  #compressing: Promise<unknown> = Promise.resolve();
  #storedBytes: number | undefined;

  /** @param onStored hears whose output was stored, the moment that it is */
  constructor(directory: string, onStored?: (deploymentId: string, targetIds: ReadonlySet<string>) => void) {
    this.#directory = directory;
    this.#onStored = onStored;
  }

  /** Done when the lines are stored. Lines that were stored before are left out. */
  async append(deploymentId: string, lines: readonly LogLine[]): Promise<void> {
    const directory = this.#directoryOf(deploymentId);
    while (this.#busy.has(deploymentId)) await this.#busy.get(deploymentId);
    const journal = this.#journalOf(deploymentId, directory);
    journal.users += 1;
    try {
      await (await journal.opening).append(lines);
    } catch (error) {
      // What reached the disk is unknown now; the next writer reads it again.
      if (this.#journals.get(deploymentId) === journal) this.#journals.delete(deploymentId);
      throw error;
    } finally {
      journal.users -= 1;
    }
    this.#unfinished.add(deploymentId);
    this.wake(deploymentId);
    this.#onStored?.(deploymentId, new Set(lines.map(({ targetId }) => targetId)));
  }

  /** What is stored behind the cursor, in the order of arrival; the same for every reader. Throws `LogCursorError`. */
  async read(deploymentId: string, cursor: string | undefined, filter: LogFilter = {}): Promise<LogPage> {
    return readPage(this.#directoryOf(deploymentId), cursor, filter);
  }

  /** The ends of what the wanted events printed, by `tailKey`: of a bounded part of the output, the newest. */
  async tails(deploymentId: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly TailLine[]>> {
    return readTails(this.#directoryOf(deploymentId), wanted);
  }

  /**
   * Resolves at the next change of the deployment's log or after the time, whichever is first. Begin to wait before reading, so
   * that nothing falls between.
   */
  change(deploymentId: string, milliseconds: number): { readonly happened: Promise<void>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(deploymentId) ?? new Set();
    this.#waiting.set(deploymentId, waiting);
    const finish = () => {
      clearTimeout(timer);
      waiting.delete(finish);
      if (waiting.size === 0 && this.#waiting.get(deploymentId) === waiting) this.#waiting.delete(deploymentId);
      resolve();
    };
    const timer = setTimeout(finish, this.isClosed ? 0 : milliseconds);
    waiting.add(finish);
    return { happened: promise, cancel: finish };
  }

  /** Readers that wait look again: something was stored, or the deployment ended. */
  wake(deploymentId: string): void {
    for (const finish of [...(this.#waiting.get(deploymentId) ?? [])]) finish();
  }

  /** With its deployment, or to make room. Deleting what is not there is not an error. */
  async delete(deploymentId: string): Promise<void> {
    const directory = this.#directoryOf(deploymentId);
    await this.#alone(deploymentId, async () => {
      const bytes = await this.bytesOf(deploymentId);
      await rm(directory, { recursive: true, force: true });
      this.#count(-bytes);
      this.#unfinished.delete(deploymentId);
    });
    this.wake(deploymentId);
  }

  /** Bytes that a deployment's output takes on the disk; 0 when there is none. */
  async bytesOf(deploymentId: string): Promise<number> {
    this.#directoryOf(deploymentId);
    return (await outputFolder(this.#directory, deploymentId))?.bytes ?? 0;
  }

  /** Bytes that all output takes on the disk; undefined until the first survey is done. */
  get storedBytes(): number | undefined {
    return this.#storedBytes;
  }

  /** Deployments whose output is not compressed yet. */
  get unfinished(): readonly string[] {
    return [...this.#unfinished];
  }

  /** Looks at everything on the disk. Between surveys what is written and deleted is added up. */
  async survey(): Promise<LogSurvey> {
    const survey = await surveyLogs(this.#directory, this.#closing.signal);
    for (const deploymentId of survey.unfinished) this.#unfinished.add(deploymentId);
    this.#storedBytes = survey.bytes;
    return survey;
  }

  /** Compresses the output of a deployment that gets no more of it. */
  async finish(deploymentId: string): Promise<void> {
    const directory = this.#directoryOf(deploymentId);
    await this.#alone(deploymentId, () => this.#compress(directory, "all"));
    this.#unfinished.delete(deploymentId);
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Lets every waiting reader go, and waits for what is being written. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const deploymentId of [...this.#waiting.keys()]) this.wake(deploymentId);
    await Promise.allSettled([...this.#journals.values()].map(async ({ opening }) => (await opening).append([])));
    await Promise.allSettled([this.#compressing, ...this.#busy.values()]);
  }

  /** One compression at a time, however many deployments end together. */
  #compress(directory: string, which: "all" | "ended"): Promise<void> {
    const work = async () => {
      this.#closing.signal.throwIfAborted();
      this.#count(-(await compressSegments(directory, which, this.#closing.signal)));
    };
    const compressed = this.#compressing.then(work);
    this.#compressing = compressed.catch(() => {});
    return compressed;
  }

  /** Work for which nobody may append: appends that are under way end first, and later ones wait. */
  async #alone(deploymentId: string, work: () => Promise<void>): Promise<void> {
    while (this.#busy.has(deploymentId)) await this.#busy.get(deploymentId);
    const journal = this.#journals.get(deploymentId);
    this.#journals.delete(deploymentId);
    const done = (async () => {
      await journal?.opening.then((open) => open.append([])).catch(() => {});
      await work();
    })();
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#busy.set(deploymentId, settled);
    try {
      await done;
    } finally {
      if (this.#busy.get(deploymentId) === settled) this.#busy.delete(deploymentId);
    }
  }

  #count(bytes: number): void {
    if (this.#storedBytes !== undefined) this.#storedBytes += bytes;
  }

  #directoryOf(deploymentId: string): string {
    if (!FOLDER_NAME.test(deploymentId)) throw new RangeError(`"${deploymentId}" is not a deployment's id`);
    return join(this.#directory, deploymentId);
  }

  #journalOf(deploymentId: string, directory: string): OpenJournal {
    const journal = this.#journals.get(deploymentId) ?? {
      opening: LogJournal.open(directory, {
        onWritten: (bytes) => this.#count(bytes),
        // Beside the appends: what it compresses gets none. Tried again when the deployment ends.
        onSegmentEnd: () => void this.#compress(directory, "ended").catch(() => {}),
      }),
      users: 0,
    };
    // Last in the map is the one used last.
    this.#journals.delete(deploymentId);
    this.#journals.set(deploymentId, journal);
    if (this.#journals.size > MAX_OPEN_JOURNALS) {
      const idle = [...this.#journals].find(([, { users }]) => users === 0);
      if (idle !== undefined && idle[1] !== journal) this.#journals.delete(idle[0]);
    }
    return journal;
  }
}
