import { COMPUTE_PLATFORMS, type ComputePlatform } from "@sluice/model/deployment-config.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import { type Command, InvalidArgumentError } from "commander";
import { addExamples, addJsonOption, parsePlatform, parsePositiveInteger } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { detectProject, projectFor } from "../init/detect-project.ts";
import { firstFiles, usualDestination } from "../init/first-files.ts";
import { describeFirstFiles } from "../init/next-steps.ts";
import type { Project } from "../init/project.ts";
import { readProjectFolder } from "../init/project-folder.ts";
import { requireNone, writeFirstFiles } from "../init/write-first-files.ts";
import { print, printJson } from "../output.ts";

interface InitOptions {
  readonly platform?: ComputePlatform;
  readonly destination?: string;
  readonly port?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument("[dir]", "the project's directory", ".")
    .option(
      "--platform <name>",
      `${COMPUTE_PLATFORMS.join(", ")}, instead of what the directory looks like`,
      parsePlatform,
    )
    .option(
      "--destination <dir>",
      "where it is installed on hosts (default: /opt/NAME, of a static site /var/www/NAME)",
      parseDestination,
    )
    .option("--port <number>", "the port on which the service answers HTTP, for the validation", parseServicePort)
    .option("--dry-run", "print the files, and write none");
  addJsonOption(command);
  addExamples(
    command,
    "sluice init",
    "sluice init web --destination /srv/web --port 8080",
    "sluice init --platform ECS --dry-run",
  );
  command.addHelpText(
    "after",
    "\nWrites appspec.yml, and scripts into deploy/. Never overwrites a file: if one of them exists, it writes none.",
  );
  command.action(async (directory: string, options: InitOptions) => {
    const project = projectOf(directory, options);
    const destination = options.destination ?? usualDestination(project) ?? "";
    const files = firstFiles(project, destination);
    requireNone(directory, files);
    if (!options.dryRun) await writeFirstFiles(directory, files);
    if (options.json) {
      const written = files.map(({ path, text, isScript }) => ({ path, isScript, text }));
      printJson({ directory, project: project.kind, written: !options.dryRun, files: written });
      return;
    }
    print(describeFirstFiles(directory, project, files, options.dryRun === true));
    if (options.dryRun) print(files.map(({ path, text }) => `\n--- ${path}\n${text}`).join(""));
  });
}

function projectOf(directory: string, { platform, destination, port }: InitOptions): Project {
  const folder = readProjectFolder(directory);
  const found =
    platform === "ECS" || platform === "Lambda"
      ? projectFor(platform, folder)
      : detectProject(folder, platform === "Server");
  if (destination !== undefined && (found.kind === "ecs" || found.kind === "lambda")) {
    throw usage(
      `--destination is for hosts, and ${directory} is taken for ${found.what}: leave it out, or add --platform Server`,
    );
  }
  if (port === undefined) return found;
  if ("run" in found) return { ...found, port };
  throw usage(`--port is for a service on hosts, and ${directory} is taken for ${found.what}: leave it out`);
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}

/** It gets into scripts as it is. */
function parseDestination(text: string): string {
  const path = text.replace(/\/+$/, "");
  if (/^(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(path)) return path;
  throw new InvalidArgumentError("Give an absolute path of letters, digits and _ . -, such as /opt/web.");
}

function parseServicePort(text: string): number {
  const port = parsePositiveInteger(text);
  if (port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Give a port from 1 to ${MAX_PORT}.`);
}
