import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { isAppSpecFile } from "../revision/app-spec-file.ts";
import { bundleTypeOf } from "../revision/bundle-types.ts";
import { DESTINATION_WORDS, type DeployablePlatform } from "./deployable-platform.ts";

/** What a command line names: files of this machine, or a revision that lies elsewhere. */
export type NamedSource =
  | { readonly kind: "bundle" | "app-spec"; readonly path: string }
  | { readonly kind: "revision"; readonly revision: RevisionLocation };

/** Of `sluice deploy` and `sluice plan`, as far as platforms differ in them. */
export interface SourceOptions {
  readonly s3Location?: RevisionLocation;
  readonly githubLocation?: RevisionLocation;
  readonly taskDefinition?: string;
  readonly targetTag?: readonly unknown[];
  readonly targetInstances?: unknown;
  readonly ignoreApplicationStopFailures?: boolean;
  readonly fileExistsBehavior?: string;
  readonly outdatedOnly?: boolean;
}

/** What only hosts have. */
const HOST_OPTIONS: readonly (readonly [member: keyof SourceOptions, option: string])[] = [
  ["githubLocation", "--github-location"],
  ["targetTag", "--target-tag"],
  ["targetInstances", "--target-instances"],
  ["ignoreApplicationStopFailures", "--ignore-application-stop-failures"],
  ["fileExistsBehavior", "--file-exists-behavior"],
  ["outdatedOnly", "--outdated-only"],
];

/** @throws CommandFailed where there is none, or more than one */
export function requireOneSource(path: string | undefined, options: SourceOptions): NamedSource {
  const { s3Location, githubLocation } = options;
  const given = [path, s3Location, githubLocation].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const problem = given.length === 0 ? "nothing to deploy" : "more than one revision to deploy";
    throw usage(`${problem}: give one of PATH, --s3-location, --github-location`);
  }
  if (path !== undefined) return sourceAt(path);
  return { kind: "revision", revision: (s3Location ?? githubLocation)! };
}

export function sourceAt(path: string): NamedSource {
  return { kind: isAppSpecFile(path) ? "app-spec" : "bundle", path };
}

/**
 * Whether the group's platform deploys such a thing, with such options.
 * @throws CommandFailed that says what to name instead
 */
export async function checkSource(
  source: NamedSource,
  platform: DeployablePlatform,
  options: SourceOptions,
): Promise<void> {
  const destination = DESTINATION_WORDS[platform];
  if (platform === "Server") {
    if (source.kind === "app-spec") {
      const directory = dirname(source.path);
      throw usage(
        `${source.path} is a file, and the group deploys to hosts (compute platform Server): name the directory that contains appspec.yml${directory === "." ? "" : `, here ${directory}`}`,
      );
    }
    refuseTaskDefinition(options, "hosts (compute platform Server)");
    return;
  }
  if (platform !== "ECS") refuseTaskDefinition(options, destination);
  const [foreign] = HOST_OPTIONS.filter(([member]) => options[member] !== undefined);
  if (foreign) throw usage(`${foreign[1]} is for hosts, and the group deploys to ${destination}: leave it out`);
  if (source.kind === "bundle") {
    const what = bundleTypeOf(source.path) ? "a bundle" : "a directory";
    const found = await appSpecIn(source.path);
    throw usage(
      `${source.path} is ${existsSync(source.path) ? what : "not an AppSpec file"}, and the group deploys to ${destination}: name its AppSpec file${found === undefined ? ", which ends in .yml, .yaml or .json" : `, here ${found}`}`,
    );
  }
  if (source.kind === "revision" && options.taskDefinition !== undefined) {
    throw usage("--task-definition replaces what an AppSpec file on this machine says: leave it out, or name the file");
  }
}

function refuseTaskDefinition({ taskDefinition }: SourceOptions, destination: string): void {
  if (taskDefinition === undefined) return;
  throw usage(`--task-definition is for ECS, and the group deploys to ${destination}: leave it out`);
}

async function appSpecIn(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch((): string[] => []);
  const name = names.sort().find((each) => /^appspec\.(ya?ml|json)$/i.test(each));
  return name === undefined ? undefined : join(directory, name);
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}
