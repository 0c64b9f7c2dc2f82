import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { codeDeployClient } from "@sluice/wire/client/clients.ts";
import { ServiceError, TransportError } from "@sluice/wire/client/errors.ts";
import { type Connection, connectionTo } from "@sluice/wire/config/connection.ts";
import type { Command } from "commander";
import { addExamples, addJsonOption } from "../arguments/options.ts";
import { awsCliOnPath } from "../aws/aws-cli.ts";
import {
  type AwsEnvironment,
  oldCliNotice,
  shellLines,
  shellLinesForOldCli,
  strongerThanProfile,
  withoutKey,
} from "../aws/aws-environment.ts";
import { proxyException } from "../aws/proxy-exception.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { printError, printJson, printRaw } from "../output.ts";
import { connectionOf } from "../place/server-connection.ts";
import {
  DATA_VARIABLE,
  describePlace,
  directoryPlace,
  type ServerPlace,
  startCommand,
  UP_DIRECTORY,
} from "../place/server-place.ts";

interface EnvOptions {
  readonly data?: string;
  readonly json?: boolean;
}

type Place = ServerPlace & { readonly kind: "directory" };

/** Longer than a server takes to start. */
const MAX_SERVER_START_SECONDS = 15;
const LOOK_AGAIN_MILLISECONDS = 100;
const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
const HTTP_SERVER_ERRORS = 500;
const UNKNOWN_KEY = "UnrecognizedClientException";
/** `eval "$(sluice env …)"` fails with it. */
const FAILURE_FOR_EVAL = "false\n";

export function define(command: Command): void {
  command.option(
    "--data <dir>",
    `the server's data directory (default: ${DATA_VARIABLE}, else the nearest ${UP_DIRECTORY})`,
  );
  addJsonOption(command);
  addExamples(command, 'eval "$(sluice env)" && aws deploy list-applications', "sluice env --data /var/lib/sluice");
  command.addHelpText(
    "after",
    `\nPrints lines for sh, bash, zsh and ksh. In fish: exec bash -c 'eval "$(sluice env)"; exec fish'. Programs read --json.`,
  );
  // The shell does not see that this program failed, and would go on with the user's own AWS profile.
  command.exitOverride((error) => {
    if (error.exitCode !== 0) printRaw(FAILURE_FOR_EVAL);
    throw error;
  });
  command.action(async (options: EnvOptions) => {
    try {
      const place = placeOf(options);
      await waitForServer(place);
      await printEnvironment(place, options.json ?? false);
    } catch (error) {
      if (!options.json) printRaw(FAILURE_FOR_EVAL);
      throw error;
    }
  });
}

function placeOf({ data }: EnvOptions): Place {
  const place = directoryPlace(data);
  if (place !== undefined) return place;
  throw new CommandFailed(
    `no server is named: ${DATA_VARIABLE} is not set, and there is no ${UP_DIRECTORY} in this directory or its parents. Give --data DIR, or start a server here: sluice up --detach`,
    { exitStatus: EXIT_USAGE },
  );
}

/**
 * `sluice up &` and this may stand in one script: the server may be about to write its address. What an earlier run has left there proves
 * nothing, so the server has to answer to its own key.
 */
async function waitForServer(place: Place): Promise<void> {
  const until = performance.now() + MAX_SERVER_START_SECONDS * 1000;
  let isAnnounced = false;
  for (;;) {
    const trouble = await whyNotRunning(place);
    if (trouble === undefined) return;
    if (performance.now() > until) throw new CommandFailed(`${trouble}. Start it: ${startCommand(place.directory)}`);
    if (!isAnnounced) printError(`${trouble}; waiting ${MAX_SERVER_START_SECONDS} s for a server to start`);
    isAnnounced = true;
    await pause(LOOK_AGAIN_MILLISECONDS);
  }
}

async function whyNotRunning(place: Place): Promise<string | undefined> {
  const config = join(place.directory, "aws", "config");
  if (!existsSync(config)) return `${config} does not exist: the server creates it at its first start`;
  const connection = connectionOf(place);
  const endpoint = connection.endpoints.codedeploy;
  try {
    await callOnce(connection);
    return undefined;
  } catch (error) {
    if (error instanceof TransportError)
      return `no server answers at ${endpoint}, the address in ${describePlace(place)}: ${error.problem.split(". ", 1)[0]}`;
    if (!(error instanceof ServiceError)) throw error;
    // It runs, and its database does not, for example.
    if (error.statusCode >= HTTP_SERVER_ERRORS) return undefined;
    // It knows the key: this machine's clock is off, say, and the server's words tell by how much.
    if (error.code !== UNKNOWN_KEY) {
      throw new CommandFailed(
        `the server at ${endpoint} refuses a call with the key of ${describePlace(place)}: ${error.message} (${error.code})`,
      );
    }
    throw new CommandFailed(
      `another server answers at ${endpoint}: it refuses the key of ${describePlace(place)} (${error.code}). The server of that directory is not running, and another one uses its port`,
    );
  }
}

async function callOnce(connection: Connection): Promise<void> {
  const client = codeDeployClient(connectionTo(connection, "codedeploy"));
  try {
    await client.call("ListApplications", {}, { timeoutMs: ANSWER_TIMEOUT_MILLISECONDS });
  } finally {
    client.close();
  }
}

async function printEnvironment(place: Place, isJson: boolean): Promise<void> {
  const directory = join(place.directory, "aws");
  const endpoint = new URL(connectionOf(place).endpoints.codedeploy);
  const credentials = join(directory, "credentials");
  const environment: AwsEnvironment = {
    variables: {
      AWS_CONFIG_FILE: join(directory, "config"),
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_PROFILE: "sluice",
      [DATA_VARIABLE]: place.directory,
      ...certificateBundle(place.directory, endpoint),
      ...proxyException(endpoint.hostname, process.env),
    },
    unset: strongerThanProfile(process.env),
  };
  const cli = await awsCliOnPath(process.env.PATH);
  const isOld = cli !== undefined && !cli.readsEndpoints;
  if (isJson) {
    const { variables, unset } = isOld ? withoutKey(environment) : environment;
    printJson({ ...variables, ...Object.fromEntries(unset.map((name) => [name, null])) });
  } else {
    const lines = isOld ? shellLinesForOldCli(environment, endpoint.origin) : shellLines(environment);
    printRaw(lines.map((line) => `${line}\n`).join(""));
  }
  if (isOld) printError(oldCliNotice(cli, endpoint.origin, credentials, !isJson));
}

/** An ambient AWS_CA_BUNDLE would go before the profile's `ca_bundle`, and then no tool would trust the server's own certificate. */
function certificateBundle(data: string, endpoint: URL): { AWS_CA_BUNDLE?: string } {
  const certificate = resolve(data, "tls-certificate.pem");
  return endpoint.protocol === "https:" && existsSync(certificate) ? { AWS_CA_BUNDLE: certificate } : {};
}
