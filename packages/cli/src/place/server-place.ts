import { existsSync, lstatSync, type Stats, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import { endpointOfDirectory, endpointOfEnvironment } from "@sluice/wire/config/connection.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { dataOfUnit } from "./service-unit.ts";

/** Names the server's data directory for every verb that has no --data. */
export const DATA_VARIABLE = "SLUICE_DATA";
/** Where `sluice up` keeps everything, below the directory that it is started in. */
export const UP_DIRECTORY = join(".sluice", "up");

/** Where a verb finds its server. */
export type ServerPlace =
  | { readonly kind: "directory"; readonly directory: string; readonly chosenBy: "--data" | "SLUICE_DATA" | "nearest" }
  | { readonly kind: "environment"; readonly endpoint: string }
  | { readonly kind: "none" };

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Of this process: a directory of another user's is not used without being named. */
  readonly userId: number | undefined;
  readonly homeDirectory?: string | undefined;
}

export function ownSurroundings(): Surroundings {
  return { environment: process.env, workingDirectory: process.cwd(), userId: process.getuid?.() };
}

/**
 * `--data`, else SLUICE_DATA, else the server of the AWS environment, else the nearest `.sluice/up`.
 * @throws CommandFailed when SLUICE_DATA and the AWS variables name two servers, or the nearest directory belongs to another user
 */
export function serverPlace(data: string | undefined, surroundings: Surroundings = ownSurroundings()): ServerPlace {
  const named = namedDirectory(data, surroundings);
  if (named?.chosenBy === "SLUICE_DATA") refuseTwoServers(named.directory, surroundings);
  if (named !== undefined) return named;
  const endpoint = endpointOfEnvironment(surroundings);
  if (endpoint !== undefined) return { kind: "environment", endpoint };
  return nearestPlace(surroundings) ?? { kind: "none" };
}

/**
 * The directory of a verb that works on one, and not on a server somewhere: `--data`, else SLUICE_DATA, else the nearest `.sluice/up`.
 * The AWS environment does not name one.
 */
export function directoryPlace(
  data: string | undefined,
  surroundings: Surroundings = ownSurroundings(),
): (ServerPlace & { kind: "directory" }) | undefined {
  return namedDirectory(data, surroundings) ?? nearestPlace(surroundings);
}

/**
 * Where `sluice up` keeps everything where nobody says where, with what is there already.
 * @throws CommandFailed when it belongs to another user, who could lead what is written there anywhere
 */
export function upDirectory({ workingDirectory, userId }: Surroundings = ownSurroundings()): string {
  const directory = resolve(workingDirectory, UP_DIRECTORY);
  for (const path of [dirname(directory), directory]) {
    const owner = lstatSync(path, { throwIfNoEntry: false });
    if (owner === undefined || userId === undefined || owner.uid === userId) continue;
    throw new CommandFailed(
      `${path} belongs to another user (uid ${owner.uid}). To use it, name it: --data ${UP_DIRECTORY}`,
      { exitStatus: EXIT_USAGE },
    );
  }
  return directory;
}

/** For `--help` and for errors: `/srv/x/.sluice/up (the nearest .sluice/up)`. */
export function describePlace(place: ServerPlace): string {
  switch (place.kind) {
    case "directory":
      return place.chosenBy === "nearest"
        ? `${place.directory} (the nearest ${UP_DIRECTORY})`
        : `${place.directory} (${place.chosenBy})`;
    case "environment":
      return `${place.endpoint} (the AWS environment)`;
    case "none":
      return "no server";
  }
}

/** What starts the server of a directory, the way it was started before. */
export function startCommand(directory: string): string {
  if (dataOfUnit("sluice-server") === directory) return "systemctl start sluice-server";
  const verb = existsSync(join(directory, "up.json")) ? "up --detach" : "server";
  return `sluice ${verb} --data ${shellWord(directory)}`;
}

function namedDirectory(
  data: string | undefined,
  { environment, workingDirectory }: Surroundings,
): (ServerPlace & { kind: "directory" }) | undefined {
  if (data !== undefined) return { kind: "directory", directory: resolve(workingDirectory, data), chosenBy: "--data" };
  const variable = environment[DATA_VARIABLE];
  if (variable === undefined || variable === "") return undefined;
  return { kind: "directory", directory: resolve(workingDirectory, variable), chosenBy: "SLUICE_DATA" };
}

/** Both were set on purpose, and only the user knows which is meant. */
function refuseTwoServers(directory: string, { environment }: Surroundings): void {
  const name = ["AWS_ENDPOINT_URL_CODEDEPLOY", "AWS_ENDPOINT_URL"].find((variable) => environment[variable]);
  const endpoint = name === undefined ? undefined : environment[name];
  const ofDirectory = endpointOfDirectory(directory);
  if (endpoint === undefined || ofDirectory === undefined || isSameEndpoint(endpoint, ofDirectory)) return;
  throw new CommandFailed(
    `${DATA_VARIABLE} is ${directory}, whose server is ${ofDirectory}, and ${name} is ${endpoint}: two different servers. Give --data DIR, or unset one of them`,
    { exitStatus: EXIT_USAGE },
  );
}

function isSameEndpoint(one: string, other: string): boolean {
  return one.replace(/\/+$/, "") === other.replace(/\/+$/, "");
}

function nearestPlace({ workingDirectory, userId }: Surroundings): (ServerPlace & { kind: "directory" }) | undefined {
  for (let directory = resolve(workingDirectory); ; directory = dirname(directory)) {
    const found = join(directory, UP_DIRECTORY);
    if (existsSync(found)) {
      refuseForeign(found, userId);
      return { kind: "directory", directory: found, chosenBy: "nearest" };
    }
    if (directory === dirname(directory)) return undefined;
  }
}

/** Who owns the directory would get what is deployed: in a shared place such as /tmp it may have been put there for that. */
function refuseForeign(directory: string, userId: number | undefined): void {
  let owner: Stats;
  try {
    owner = statSync(directory);
  } catch {
    return;
  }
  if (userId === undefined || owner.uid === userId) return;
  const shown = relative(process.cwd(), directory) || directory;
  throw new CommandFailed(
    `${directory} is the nearest ${UP_DIRECTORY}, but belongs to another user (uid ${owner.uid}). To use it, name it: --data ${shown}`,
    { exitStatus: EXIT_USAGE },
  );
}
