import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { resolveConnection } from "@sluice/wire/config/connection.ts";
import type { Command } from "commander";
import { CommandFailed } from "../command-failed.ts";
import { addExamples, addJsonOption } from "../options.ts";
import { printError, printJson, printRaw } from "../output.ts";
import { proxyException } from "../proxy-exception.ts";
import { shellWord } from "../shell-word.ts";

interface EnvOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** Longer than a server takes to start. */
const SERVER_START_MAX_SECONDS = 15;
const LOOK_AGAIN_MILLISECONDS = 100;
/** `eval "$(sluice env …)"` fails with it. */
const FAILURE_FOR_EVAL = "false\n";

export function define(command: Command): void {
  command.requiredOption("--data <dir>", "the server's data directory");
  addJsonOption(command);
  addExamples(command, 'eval "$(sluice env --data .sluice/up)" && aws deploy list-applications');
  // The shell does not see that this program failed, and would go on with the user's own AWS profile.
  command.exitOverride((error) => {
    if (error.exitCode !== 0) printRaw(FAILURE_FOR_EVAL);
    throw error;
  });
  command.action(async (options: EnvOptions) => {
    try {
      await waitForServer(options.data);
      printEnvironment(options);
    } catch (error) {
      if (!options.json) printRaw(FAILURE_FOR_EVAL);
      throw error;
    }
  });
}

/** `sluice up &` and this may stand in one script: the server may be about to write the file. */
async function waitForServer(data: string): Promise<void> {
  const file = resolve(data, "aws", "config");
  if (existsSync(file)) return;
  printError(`${file} is not there yet; waiting ${SERVER_START_MAX_SECONDS} s for a server to write it`);
  const until = performance.now() + SERVER_START_MAX_SECONDS * 1000;
  while (!existsSync(file) && performance.now() < until) await pause(LOOK_AGAIN_MILLISECONDS);
}

function printEnvironment(options: EnvOptions): void {
  const directory = resolve(options.data, "aws");
  const variables = {
    AWS_CONFIG_FILE: join(directory, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, "credentials"),
    AWS_PROFILE: "sluice",
  };
  if (!existsSync(variables.AWS_CONFIG_FILE)) {
    throw new CommandFailed(
      `${variables.AWS_CONFIG_FILE} is not there: a server writes it at its first start (sluice server --data ${options.data})`,
    );
  }
  const endpoint = new URL(resolveConnection({ data: options.data }).endpoints.codedeploy);
  const exported = {
    ...variables,
    ...certificateBundle(options.data, endpoint),
    ...proxyException(endpoint.hostname, process.env),
  };
  if (options.json) {
    printJson(exported);
    return;
  }
  for (const [name, value] of Object.entries(exported)) printRaw(`export ${name}=${shellWord(value)}\n`);
}

/** An ambient AWS_CA_BUNDLE would go before the profile's `ca_bundle`, and then no tool would trust the server's own certificate. */
function certificateBundle(data: string, endpoint: URL): { AWS_CA_BUNDLE?: string } {
  const certificate = resolve(data, "tls-certificate.pem");
  return endpoint.protocol === "https:" && existsSync(certificate) ? { AWS_CA_BUNDLE: certificate } : {};
}
