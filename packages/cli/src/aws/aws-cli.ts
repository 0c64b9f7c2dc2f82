import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The AWS CLI that a shell would run. */
export interface AwsCli {
  readonly path: string;
  /** Undefined when it does not say. */
  readonly version: string | undefined;
  /** Whether it takes the address of a service from a profile. One that does not calls AWS itself, whatever the profile says. */
  readonly readsEndpoints: boolean;
}

/** The first versions that read `endpoint_url` and AWS_ENDPOINT_URL, by their major number. */
export const AWS_CLI_MINIMUM: Readonly<Record<number, string>> = { 1: "1.29.0", 2: "2.13.0" };

/** A first run of a Python program on a busy machine takes seconds. */
const VERSION_TIMEOUT_MILLISECONDS = 20_000;

/** The `aws` on the PATH; undefined when there is none. */
export async function awsCliOnPath(path: string | undefined): Promise<AwsCli | undefined> {
  const program = (path ?? "")
    .split(delimiter)
    .map((directory) => join(directory || ".", "aws"))
    .find(isExecutable);
  if (program === undefined) return undefined;
  const version = versionIn(await outputOf(program));
  return { path: program, version, readsEndpoints: version !== undefined && readsEndpoints(version) };
}

/** `aws-cli/2.9.19 Python/3.11.2 …`, which very old versions print on standard error. */
export function versionIn(output: string): string | undefined {
  return /\baws-cli\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

export function readsEndpoints(version: string): boolean {
  const numbers = version.split(".").map(Number);
  const minimum = AWS_CLI_MINIMUM[numbers[0] ?? 0]?.split(".").map(Number);
  // A major version that came later reads what the one before it read.
  if (minimum === undefined) return (numbers[0] ?? 0) > 2;
  for (const [index, least] of minimum.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What it prints, or nothing where it fails: its version is unknown then. */
function outputOf(program: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, ["--version"], { timeout: VERSION_TIMEOUT_MILLISECONDS }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}
