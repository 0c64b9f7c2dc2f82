import { resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import { ownServiceManager } from "@sluice/wire/program/service-manager.ts";
import { type Command, Option } from "commander";
import { addExamples, type ListenAddress, parseListenAddress } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { namingDirectoryTrouble } from "../files/file-trouble.ts";
import { print } from "../output.ts";
import { refuseOtherOwner, SERVER_MARK } from "../place/other-owner.ts";
import { DATA_VARIABLE } from "../place/server-place.ts";
import { nameProcess } from "../process/process-name.ts";
import { terminationAsked } from "../process/termination.ts";

/** Where `sluice server` and `sluice up` listen unless told otherwise. */
export const LISTEN_DEFAULT: ListenAddress = { host: "127.0.0.1", port: 7450 };

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

interface ServerOptions {
  readonly data: string;
  readonly listen?: ListenAddress;
  readonly database?: string;
  readonly allowSeveralServers?: boolean;
  readonly config?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly region?: string;
  readonly accountId?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

/** For what is being closed at the far end, too. */
const LEFT_OPEN_MILLISECONDS = 500;

export function define(command: Command): void {
  command
    .addOption(
      new Option("--data <dir>", "the data directory; created at the first start")
        .env(DATA_VARIABLE)
        .makeOptionMandatory(),
    )
    .option(
      "--listen <host:port>",
      "where to listen (default: 127.0.0.1:7450); on addresses other than loopback with TLS",
      parseListenAddress,
    )
    .option("--database <url>", "postgres://… instead of SQLite in the data directory")
    .option("--allow-several-servers", "start although another server uses the PostgreSQL database (not supported)")
    .option("--config <file>", "a sluice.yml")
    .option(
      "--tls-cert <file>",
      "the certificate, as PEM (default: a self-signed one, created at the first start on an address other than loopback)",
    )
    .option("--tls-key <file>", "the certificate's key, as PEM")
    .option("--region <region>", "the region in ARNs (default: us-east-1)")
    .option("--account-id <id>", "the account in ARNs (default: 111122223333)")
    .addOption(new Option("--log-level <level>", "the log level (default: info)").choices(LOG_LEVELS))
    .option("--log-format <format>", "the log format: text, json, or auto (text on a terminal, else JSON; default)");
  addExamples(command, "sluice server --data /var/lib/sluice --listen 0.0.0.0:7450");
  command.action(async (options: ServerOptions) => {
    if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
      throw new CommandFailed("--tls-cert and --tls-key go together: give both or neither", { exitStatus: EXIT_USAGE });
    }
    await refuseOtherOwner({
      directory: options.data,
      mark: SERVER_MARK,
      isOwnersWhileEmpty: true,
      service: { unit: "sluice-server", isInstead: true },
    });
    // The launcher set it for this process, and what this process starts is to have memory of its own kind.
    delete process.env.MALLOC_ARENA_MAX;
    nameProcess("sluice-server", options.data);
    // As a container's first process it would miss a signal that comes before: the kernel gives that one no default.
    const asked = terminationAsked();
    const { startServer } = await import("@sluice/server/start-server.ts");
    const server = await startServer({
      dataDirectory: options.data,
      listen: [options.listen ?? LISTEN_DEFAULT],
      databaseUrl: options.database,
      allowSeveralServers: options.allowSeveralServers,
      configFile: options.config,
      tlsCert: options.tlsCert,
      tlsKey: options.tlsKey,
      region: options.region,
      accountId: options.accountId,
      logLevel: options.logLevel,
      logFormat: options.logFormat,
    }).catch((error: unknown) => {
      throw namingDirectoryTrouble(error, options.data);
    });
    print(`Sluice listens on ${server.listensOn.join(", ")}`);
    // Whole, since whoever reads it in a journal is in another directory.
    print(`To open its console: sluice console --data ${shellWord(resolve(options.data))}`);
    const manager = ownServiceManager();
    manager?.tellReady();
    await asked;
    manager?.tellStopping();
    await server.close();
    // All is written down. A connection to a database that never answered may still be open, and must not keep the process.
    setTimeout(() => process.exit(), LEFT_OPEN_MILLISECONDS).unref();
  });
}
