import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { verifyBackup } from "@sluice/wire/backup/backup-reader.ts";
import type { Connection } from "@sluice/wire/config/connection.ts";
import { SLUICE_SIGNING_NAME } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { CommandFailed } from "../command-failed.ts";
import { backupFileTrouble, checkBackupFile } from "../files/backup-file.ts";
import { print, printJson } from "../output.ts";
import { connectionOf, namingServer } from "../place/server-connection.ts";
import { serverPlace } from "../place/server-place.ts";
import { signedDoor } from "../place/signed-door.ts";

interface BackupOptions extends ClientOptions {
  readonly logs: boolean;
  readonly force?: boolean;
}

/** The server answers as soon as it has a view of its database; a busy one takes a while. */
const HEAD_TIMEOUT_MILLISECONDS = 10 * 60_000;
const PRIVATE_FILE = 0o600;
/** How Node tells that the server ended the answer in its middle; other errors are this machine's, such as a full disk. */
const CONNECTION_ENDED: ReadonlySet<string> = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);

export function define(command: Command): void {
  command.argument("<file>", "where to write the backup: a tar archive, readable only by its owner");
  command.option("--no-logs", "leave out the output of deployments' scripts");
  command.option("--force", "replace an existing file");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice backup /backup/sluice-$(date +%F).tar --data /var/lib/sluice");
  command.addHelpText(
    "after",
    "\nThe file contains every key of the server. Deployments continue during the backup. Restore it with sluice restore.",
  );
  command.action(async (file: string, options: BackupOptions) => {
    checkBackupFile(file, options.force ?? false);
    const partial = `${file}.partial`;
    try {
      const place = serverPlace(options.data);
      await download(connectionOf(place), partial, options.logs).catch((error: unknown) => {
        throw namingServer(error, place);
      });
      const { manifest, entries } = await verifyBackup(partial).catch((error: unknown) => {
        throw brokeOff(error);
      });
      const { size } = await stat(partial);
      await putInPlace(partial, file);
      const { version, takenAt, database } = manifest;
      if (options.json) printJson({ file, bytes: size, entries, version, takenAt, database });
      else print(`${file}: ${formatBytes(size)}, as of ${takenAt}, verified`);
    } catch (error) {
      throw backupFileTrouble(error, file);
    } finally {
      await rm(partial, { force: true });
    }
  });
}

async function download(connection: Connection, file: string, hasLogs: boolean): Promise<void> {
  using door = signedDoor(connection, "sluice", SLUICE_SIGNING_NAME);
  const answer = await door.get(`-/backup${hasLogs ? "" : "?logs=no"}`, { timeoutMs: HEAD_TIMEOUT_MILLISECONDS });
  if (answer.statusCode !== 200) throw await refusal(answer);
  await pipeline(answer, createWriteStream(file, { mode: PRIVATE_FILE, flags: "w" })).catch((error: unknown) => {
    throw CONNECTION_ENDED.has((error as NodeJS.ErrnoException).code ?? "") ? brokeOff(error) : error;
  });
}

function brokeOff(cause: unknown): CommandFailed {
  return new CommandFailed("the backup was interrupted: see the server's log, then try again", { cause });
}

async function refusal(
  answer: AsyncIterable<Buffer> & { readonly statusCode?: number | undefined },
): Promise<CommandFailed> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  let message = Buffer.concat(chunks).toString();
  try {
    message = (JSON.parse(message) as { message?: string }).message ?? message;
  } catch {
    // Not from Sluice: what it says is all there is.
  }
  return new CommandFailed(`the server refused the backup (${answer.statusCode}): ${message}`);
}

/** On the disk, with its name, before anybody is told so. */
async function putInPlace(partial: string, file: string): Promise<void> {
  for (const path of [partial, undefined, dirname(file)]) {
    if (path === undefined) {
      await rename(partial, file);
      continue;
    }
    const handle = await open(path, "r");
    await handle.sync().finally(() => handle.close());
  }
}
