import { resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { Command } from "commander";
import { addExamples, addJsonOption } from "../arguments/options.ts";
import { namingDirectoryTrouble } from "../files/file-trouble.ts";
import { print, printJson } from "../output.ts";
import { refuseOtherOwner, SERVER_MARK, withoutPassword } from "../place/other-owner.ts";
import { dataOfUnit } from "../place/service-unit.ts";

interface RestoreOptions {
  readonly data: string;
  readonly database?: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<file>", "a backup that sluice backup made")
    .requiredOption("--data <dir>", "the new server's data directory: empty or new")
    .option("--database <url>", "postgres://… of an empty database, instead of SQLite in the data directory");
  addJsonOption(command);
  addExamples(
    command,
    "sluice restore /backup/sluice-2026-11-28.tar --data /var/lib/sluice-restored",
    "sluice restore FILE --data /var/lib/sluice --database postgres://sluice@db.example.org/sluice",
  );
  command.addHelpText(
    "after",
    "\nNothing is overwritten. Then start the server as usual. Deployments that were in progress at the time of the backup become Failed.",
  );
  command.action(async (file: string, options: RestoreOptions) => {
    await refuseOtherOwner({
      directory: options.data,
      mark: SERVER_MARK,
      isOwnersWhileEmpty: true,
      reads: file,
      service: { unit: "sluice-server", isInstead: false },
    });
    const { restoreBackup } = await import("@sluice/server/backup/restore-backup.ts");
    const manifest = await restoreBackup({
      file,
      dataDirectory: options.data,
      databaseUrl: options.database,
      now: Date.now,
    }).catch((error: unknown) => {
      throw namingDirectoryTrouble(error, options.data);
    });
    if (options.json) printJson({ data: options.data, version: manifest.version, takenAt: manifest.takenAt });
    else {
      const database = options.database ? ` --database ${shellWord(withoutPassword(options.database))}` : "";
      const isOfService = database === "" && dataOfUnit("sluice-server") === resolve(options.data);
      const start = isOfService
        ? "Start it: systemctl start sluice-server"
        : `Start it, with the --listen and --config of the old one: sluice server --data ${shellWord(options.data)}${database}`;
      print(`restored the server as of ${manifest.takenAt}. ${start}`);
    }
  });
}
