import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_READER_MILLISECONDS } from "../backup/database-snapshot.ts";
import { rememberBackup } from "../backup/last-backup.ts";
import { type BackupSources, writeBackup } from "../backup/write-backup.ts";
import { OutOfPatience, withinPatience } from "../loops/patience.ts";
import { CallerHungUp } from "./request-body.ts";

export interface BackupRouteDependencies extends BackupSources {
  readonly onBackupError: (error: unknown) => void;
  /** How long the reader may take nothing. */
  readonly patienceMilliseconds?: number;
}

const HEAD = { "content-type": "application/x-tar", "cache-control": "no-store" };
const STALLED = "the client that reads the backup read nothing for too long";

/** `GET /-/backup[?logs=no]`: the archive, as it is made. A connection that breaks off leaves an archive without its last entry. */
export async function answerBackup(
  { url = "" }: IncomingMessage,
  response: ServerResponse,
  { onBackupError, patienceMilliseconds = MAX_READER_MILLISECONDS, ...sources }: BackupRouteDependencies,
): Promise<void> {
  const hungUp = new AbortController();
  response.on("close", () => hungUp.abort());
  const hasLogs = new URL(url, "http://server").searchParams.get("logs") !== "no";
  const beganAt = sources.now();
  try {
    await writeBackup(sources, { hasLogs, signal: hungUp.signal }, async (bytes) => {
      // Not before: a backup that cannot begin is refused like any other call.
      if (!response.headersSent) response.writeHead(200, HEAD);
      if (response.write(bytes)) return;
      await withinPatience(once(response, "drain", { signal: hungUp.signal }), patienceMilliseconds).catch((error) => {
        throw error instanceof OutOfPatience ? new Error(STALLED, { cause: error }) : error;
      });
    });
    response.end();
  } catch (error) {
    if (!response.headersSent) throw hungUp.signal.aborted ? new CallerHungUp() : error;
    if (!hungUp.signal.aborted) onBackupError(error);
    response.destroy();
    return;
  }
  // The reader has its backup, whatever becomes of the note.
  await rememberBackup(sources.store, beganAt).catch(onBackupError);
}
