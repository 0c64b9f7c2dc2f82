import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { resolveConnection } from "@sluice/wire/config/connection.ts";
import type { Command } from "commander";
import { CommandFailed } from "../command-failed.ts";
import { addExamples, addJsonOption } from "../options.ts";
import { printJson, printRaw } from "../output.ts";
import { proxyException } from "../proxy-exception.ts";
import { shellWord } from "../shell-word.ts";

export function define(command: Command): void {
  command.requiredOption("--data <dir>", "the server's data directory");
  addJsonOption(command);
  addExamples(command, 'eval "$(sluice env --data .sluice/up)" && aws deploy list-applications');
  command.action((options: { readonly data: string; readonly json?: boolean }) => {
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
    if (options.json) return printJson(exported);
    for (const [name, value] of Object.entries(exported)) printRaw(`export ${name}=${shellWord(value)}\n`);
  });
}

/** An ambient AWS_CA_BUNDLE would go before the profile's `ca_bundle`, and then no tool would trust the server's own certificate. */
function certificateBundle(data: string, endpoint: URL): { AWS_CA_BUNDLE?: string } {
  const certificate = resolve(data, "tls-certificate.pem");
  return endpoint.protocol === "https:" && existsSync(certificate) ? { AWS_CA_BUNDLE: certificate } : {};
}
