import { closeSync, realpathSync } from "node:fs";
import { join, posix } from "node:path";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { EventFailure, errorCodeOf } from "./event-failure.ts";
import { type ForeignFile, NotReadable, openForeignFile, readAtMost, realPathOf } from "./foreign-file.ts";

/** Those of people have a few kilobytes. */
export const MAX_APP_SPEC_BYTES = 1024 * 1024;
/** Links that lead nowhere, or in a circle, included. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);
const DEFAULT_NAMES = ["appspec.yaml", "appspec.yml"] as const;

/**
 * Reads an archive's AppSpec: the specification's file name, else `appspec.yaml`, else `appspec.yml`.
 * `isInstalled`: its scripts alone are wanted, and an earlier agent has installed its files.
 * @throws EventFailure in the reference agent's words when there is none; the parser's own error when it is broken
 */
export function readAppSpec(archiveDirectory: string, fileName: string, { isInstalled = false } = {}): AppSpec {
  const wanted = fileName === "" ? DEFAULT_NAMES[1] : fileName;
  const normal = posix.normalize(wanted);
  if (normal.startsWith("/") || normal === ".." || normal.startsWith("../")) {
    throw new EventFailure(
      `The AppSpec file name ${JSON.stringify(wanted)} leads outside the revision. Name a file inside it, such as appspec.yml.`,
    );
  }
  for (const name of [wanted, ...DEFAULT_NAMES]) {
    const path = join(archiveDirectory, name);
    const bytes = readAppSpecFile(path, archiveDirectory);
    if (bytes !== undefined) return parseOnce(bytes, isInstalled);
  }
  throw notFound(archiveDirectory, wanted);
}

function notFound(archiveDirectory: string, wanted: string): EventFailure {
  const expected = join(archiveDirectory, wanted);
  return new EventFailure(
    "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path " +
      `"${wanted}". The revision was unpacked to directory "${archiveDirectory}", and the AppSpec file was expected but ` +
      `not found at path "${expected}". Consult the AWS CodeDeploy Appspec documentation for more information at ` +
      "http://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html",
  );
}

/** Undefined where there is none. An archive that the AWS agent unpacked may be another user's, who can have put anything in its place. */
function readAppSpecFile(path: string, archiveDirectory: string): Buffer | undefined {
  let file: ForeignFile | undefined;
  try {
    file = openForeignFile(path);
    if (!isInside(file.descriptor, archiveDirectory)) throw new NotReadable("is a link that leads out of the revision");
    return readAtMost(file.descriptor, file.stats, MAX_APP_SPEC_BYTES);
  } catch (error) {
    if (ABSENT.has(errorCodeOf(error) ?? "")) return undefined;
    if (!(error instanceof NotReadable)) throw error;
    throw new EventFailure(
      `The AppSpec file ${path} ${error.message}. Replace it with a regular file, and then try again.`,
      { cause: error },
    );
  } finally {
    if (file !== undefined) closeSync(file.descriptor);
  }
}

/** What a link shows the agent, which may be root, would come back in the parser's words to whoever reads the deployment. */
function isInside(descriptor: number, directory: string): boolean {
  return realPathOf(descriptor)?.startsWith(`${realpathSync(directory)}/`) ?? true;
}

/** AppSpecs that are remembered: those of a few deployment groups at once. */
const REMEMBERED_FILES = 8;
let remembered: readonly RememberedAppSpec[] = [];

interface RememberedAppSpec {
  readonly bytes: Buffer;
  readonly isInstalled: boolean;
  readonly appSpec: AppSpec;
}

/**
 * Every event of a deployment reads the same file, and from one deployment to the next it rarely changes: the grammar is the slow part, and it is
 * asked only about bytes that it has not seen, wherever they are.
 */
function parseOnce(bytes: Buffer, isInstalled: boolean): AppSpec {
  const known = remembered.find((each) => each.isInstalled === isInstalled && each.bytes.equals(bytes));
  const { appSpec } = known ?? { appSpec: parseAppSpec(bytes, { os: "linux", isInstalled }) };
  const others = remembered.filter((each) => each !== known).slice(0, REMEMBERED_FILES - 1);
  remembered = [{ bytes, isInstalled, appSpec }, ...others];
  return appSpec;
}
