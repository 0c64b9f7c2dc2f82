import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isLineStart, readLines } from "./line-reader.ts";
import { LogJournal } from "./log-journal.ts";
import { decodeLogLine, type LogLine } from "./log-line.ts";

/** Lines in one answer, and bytes of their text after which an answer is complete. */
export const READ_LINES_MAX = 1000;
export const READ_TEXT_MAX_BYTES = 1024 * 1024;
/** Idle journals whose progress is remembered; one that was forgotten is read again when its hosts write on. */
const OPEN_JOURNALS_MAX = 256;

/** A deployment's id as a folder: nothing in it can lead elsewhere. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const CURSOR = /^(\d{1,15})$/;

export interface LogFilter {
  readonly targetId?: string | undefined;
  readonly lifecycleEvent?: string | undefined;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins. */
  readonly cursor: string;
  /** Nothing more was stored when the page was read. */
  readonly atEnd: boolean;
}

/** The cursor is not one that this deployment's log gave. */
export class LogCursorError extends Error {
  constructor(cursor: string) {
    super(`the cursor "${cursor}" is not one that this deployment's log gave: leave it out to begin anew`);
    this.name = "LogCursorError";
  }
}

interface OpenJournal {
  readonly opening: Promise<LogJournal>;
  /** Appends under way: while there are any, nobody else may open the file. */
  users: number;
}

/** What hooks printed, on disk: `DIRECTORY/<deployment>/output.ndjson`. */
export class DeploymentLogs {
  readonly #directory: string;
  readonly #journals = new Map<string, OpenJournal>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #closed = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Done when the lines are stored. Lines that were stored before are left out. */
  async append(deploymentId: string, lines: readonly LogLine[]): Promise<void> {
    const journal = this.#journalOf(deploymentId);
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
    this.wake(deploymentId);
  }

  /** What is stored behind the cursor, in the order of arrival; the same for every reader. Throws {@link LogCursorError}. */
  async read(deploymentId: string, cursor: string | undefined, filter: LogFilter = {}): Promise<LogPage> {
    const path = this.#pathOf(deploymentId);
    let end = await readCursor(path, cursor);
    const lines: LogLine[] = [];
    let bytes = 0;
    for await (const block of readLines(path, end)) {
      for (const { text, end: lineEnd } of block.lines) {
        const line = decodeLogLine(text);
        end = lineEnd;
        if (!line || !isWanted(line, filter)) continue;
        lines.push(line);
        bytes += Buffer.byteLength(line.text);
        if (lines.length >= READ_LINES_MAX || bytes >= READ_TEXT_MAX_BYTES) {
          return { lines, cursor: writeCursor(end), atEnd: false };
        }
      }
    }
    return { lines, cursor: writeCursor(end), atEnd: true };
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
    const timer = setTimeout(finish, this.#closed ? 0 : milliseconds);
    waiting.add(finish);
    return { happened: promise, cancel: finish };
  }

  /** Readers that wait look again: something was stored, or the deployment ended. */
  wake(deploymentId: string): void {
    for (const finish of [...(this.#waiting.get(deploymentId) ?? [])]) finish();
  }

  /** With its deployment. Deleting what is not there is no fault. */
  async delete(deploymentId: string): Promise<void> {
    const path = this.#pathOf(deploymentId);
    const journal = this.#journals.get(deploymentId);
    this.#journals.delete(deploymentId);
    // An append that is under way would put the folder back.
    await journal?.opening.then((open) => open.append([])).catch(() => {});
    await rm(join(path, ".."), { recursive: true, force: true });
    this.wake(deploymentId);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Lets every waiting reader go, and waits for what is being written. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const deploymentId of [...this.#waiting.keys()]) this.wake(deploymentId);
    await Promise.allSettled([...this.#journals.values()].map(async ({ opening }) => (await opening).append([])));
  }

  #pathOf(deploymentId: string): string {
    if (!FOLDER_NAME.test(deploymentId)) throw new RangeError(`"${deploymentId}" is not a deployment's id`);
    return join(this.#directory, deploymentId, "output.ndjson");
  }

  #journalOf(deploymentId: string): OpenJournal {
    const path = this.#pathOf(deploymentId);
    const journal = this.#journals.get(deploymentId) ?? { opening: LogJournal.open(path), users: 0 };
    // Last in the map is the one used last.
    this.#journals.delete(deploymentId);
    this.#journals.set(deploymentId, journal);
    if (this.#journals.size > OPEN_JOURNALS_MAX) {
      const idle = [...this.#journals].find(([, { users }]) => users === 0);
      if (idle !== undefined && idle[1] !== journal) this.#journals.delete(idle[0]);
    }
    return journal;
  }
}

function isWanted(line: LogLine, { targetId, lifecycleEvent }: LogFilter): boolean {
  return (
    (targetId === undefined || line.targetId === targetId) &&
    (lifecycleEvent === undefined || line.lifecycleEvent === lifecycleEvent)
  );
}

function writeCursor(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}

async function readCursor(path: string, cursor: string | undefined): Promise<number> {
  if (cursor === undefined) return 0;
  const match = CURSOR.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  const position = match ? Number(match[1]) : Number.NaN;
  if (Number.isNaN(position) || !(await isLineStart(path, position))) throw new LogCursorError(cursor);
  return position;
}
