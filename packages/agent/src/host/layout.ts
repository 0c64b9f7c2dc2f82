import { chmodSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { replaceFile } from "./durable-file.ts";
import { EventFailure, errorCodeOf } from "./event-failure.ts";

/**
 * Where things are on a host, exactly as the reference agent lays them out below its root directory, so that a host can
 * move from one agent to the other between two deployments and back.
 */
export interface DeploymentLayout extends GroupFiles {
  readonly deploymentDirectory: string;
  /** `bundle.tar`, whatever its type: the reference agent's name. */
  readonly bundleFile: string;
  /** The bundles of all groups, by their SHA-256; ours alone. */
  readonly bundlesDirectory: string;
  /** Says which revision `bundleFile` holds; ours alone, absent when the reference agent downloaded it. */
  readonly bundleReceiptFile: string;
  readonly archiveDirectory: string;
  /** Owners and modes that the bundle gives to files and the archive does not; ours alone, absent for an archive of the AWS agent. */
  readonly recordedAttributesFile: string;
  /** Where an archive is unpacked before it takes its name. The reference agent removes a directory of this name too. */
  readonly archiveStagingDirectory: string;
  readonly scriptsLogFile: string;
  readonly instructionsDirectory: string;
}

/** What is kept of a group, beside the directories of its deployments. */
export interface GroupFiles {
  readonly groupDirectory: string;
  readonly installFile: string;
  readonly cleanupFile: string;
  /** Files of others that the group's revisions replaced; ours alone. */
  readonly originalsDirectory: string;
  readonly lastSuccessfulInstallFile: string;
  readonly mostRecentInstallFile: string;
}

export const ARCHIVE_DIRECTORY_NAME = "deployment-archive";
export const ARCHIVE_STAGING_NAME = `${ARCHIVE_DIRECTORY_NAME}-temp`;
const BUNDLES_DIRECTORY_NAME = "bundles";
const BUNDLE_NAME = "bundle.tar";
/** One of them is in every directory of a deployment that holds a revision. */
export const REVISION_NAMES: readonly string[] = [BUNDLE_NAME, ARCHIVE_DIRECTORY_NAME, ARCHIVE_STAGING_NAME];
export const RECEIPT_NAME = "bundle.json";
export const RECORDED_ATTRIBUTES_NAME = "archive-attributes.json";
export const INSTRUCTIONS_DIRECTORY_NAME = "deployment-instructions";
export const LOGS_DIRECTORY_NAME = "deployment-logs";

const LAST_SUCCESSFUL_SUFFIX = "_last_successful_install";
const MOST_RECENT_SUFFIX = "_most_recent_install";
const OWN_DIRECTORY_MODE = 0o755;
const MODE_BITS = 0o7777;
const WRITABLE_BY_OTHERS = 0o022;

/** Names below the root directory that are not groups. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  BUNDLES_DIRECTORY_NAME,
  INSTRUCTIONS_DIRECTORY_NAME,
  LOGS_DIRECTORY_NAME,
  "ongoing-deployment",
]);

/** Longest id that becomes a file name; leaves room for the suffixes within 255 bytes. */
const MAX_ID_CHARACTERS = 128;
const ID_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9._+=,@-]*$/;

/** @throws EventFailure when an id could lead outside the agent's directory */
export function layoutOf(rootDirectory: string, specification: DeploymentSpecification): DeploymentLayout {
  const groupId = pathSafeId("DeploymentGroupId", specification.DeploymentGroupId);
  // A restart runs the scripts that are there, in the directory where they are, and so leaves nothing of its own behind.
  const reused = specification.ReuseArchiveFromDeploymentId;
  const deploymentId =
    reused === undefined ? bareDeploymentId(specification) : pathSafeId("ReuseArchiveFromDeploymentId", reused);
  const files = groupFilesOf(rootDirectory, groupId);
  const deploymentDirectory = join(files.groupDirectory, deploymentId);
  return {
    ...files,
    deploymentDirectory,
    bundlesDirectory: bundlesDirectoryOf(rootDirectory),
    bundleFile: join(deploymentDirectory, BUNDLE_NAME),
    bundleReceiptFile: join(deploymentDirectory, RECEIPT_NAME),
    archiveDirectory: join(deploymentDirectory, ARCHIVE_DIRECTORY_NAME),
    recordedAttributesFile: join(deploymentDirectory, RECORDED_ATTRIBUTES_NAME),
    archiveStagingDirectory: join(deploymentDirectory, ARCHIVE_STAGING_NAME),
    scriptsLogFile: join(deploymentDirectory, "logs", "scripts.log"),
    instructionsDirectory: join(rootDirectory, INSTRUCTIONS_DIRECTORY_NAME),
  };
}

/** @param groupId a plain name, which `isGroupName` accepts */
export function groupFilesOf(rootDirectory: string, groupId: string): GroupFiles {
  const instructionsDirectory = join(rootDirectory, INSTRUCTIONS_DIRECTORY_NAME);
  return {
    groupDirectory: join(rootDirectory, groupId),
    installFile: join(instructionsDirectory, `${groupId}-install.json`),
    cleanupFile: join(instructionsDirectory, `${groupId}-cleanup`),
    originalsDirectory: join(instructionsDirectory, `${groupId}-replaced`),
    lastSuccessfulInstallFile: join(instructionsDirectory, `${groupId}${LAST_SUCCESSFUL_SUFFIX}`),
    mostRecentInstallFile: join(instructionsDirectory, `${groupId}${MOST_RECENT_SUFFIX}`),
  };
}

export function bundlesDirectoryOf(rootDirectory: string): string {
  return join(rootDirectory, BUNDLES_DIRECTORY_NAME);
}

/** The files that name the directories that a group still needs. */
export function groupPointers(rootDirectory: string, groupId: string): readonly string[] {
  const { lastSuccessfulInstallFile, mostRecentInstallFile } = groupFilesOf(rootDirectory, groupId);
  return [lastSuccessfulInstallFile, mostRecentInstallFile];
}

/** Whether a name below the root directory can be a group's. */
export function isGroupName(name: string): boolean {
  return ID_PATTERN.test(name) && !RESERVED_NAMES.has(name);
}

/** The deployment's id; the specification may also carry an ARN, of which the last part counts. */
export function bareDeploymentId(specification: DeploymentSpecification): string {
  const id = specification.DeploymentId;
  const bare = id.startsWith("arn:") ? (id.split(":").slice(5).join(":").split("/")[1] ?? "") : id;
  return pathSafeId("DeploymentId", bare);
}

function pathSafeId(field: string, value: string): string {
  if (!ID_PATTERN.test(value) || value.length > MAX_ID_CHARACTERS || RESERVED_NAMES.has(value)) {
    throw new EventFailure(
      `The deployment specification's ${field} (${JSON.stringify(value)}) cannot be a directory name on this host. ` +
        `It must be 1 to ${MAX_ID_CHARACTERS} letters, digits or . _ + = , @ - and not start with a sign.`,
    );
  }
  return value;
}

/** The deployment directory that a pointer file names, or undefined when there is no pointer yet. */
export function readPointer(pointerFile: string): string | undefined {
  try {
    const directory = readFileSync(pointerFile, "utf8").trimEnd();
    return directory === "" ? undefined : directory;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The name of that directory in its group's: the path to it changes when the agent's directory is moved, or is named otherwise. Undefined also for a damaged
 * pointer that names none: `/` or `..` would lead out of the group's directory, and the agent copies and removes what it leads to.
 */
export function pointedName(pointerFile: string): string | undefined {
  const name = basename(readPointer(pointerFile) ?? "");
  return name === "" || name === "." || name === ".." || name.includes("\0") ? undefined : name;
}

export function writePointer(pointerFile: string, deploymentDirectory: string): void {
  replaceFile(pointerFile, deploymentDirectory);
}

/**
 * Makes a directory of the agent's own, or takes one that is there: whatever the umask, scripts of other users can pass through it
 * and nobody but its owner can write to it.
 */
export function ensureDirectory(path: string): void {
  const first = makeDirectory(path, OWN_DIRECTORY_MODE);
  if (first === undefined) closeToOthers(path);
  else for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, OWN_DIRECTORY_MODE);
}

/** As an agent of before, or somebody's `mkdir` under a generous umask, may have left it. Another user's stays as it is. */
function closeToOthers(path: string): void {
  const { mode, uid } = statSync(path);
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && uid === process.geteuid?.())
    chmodSync(path, mode & MODE_BITS & ~WRITABLE_BY_OTHERS);
}
