import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { EventFailure } from "./event-failure.ts";

/** Those of people have a few kilobytes. */
export const APP_SPEC_MAX_BYTES = 1024 * 1024;
/** Without O_NONBLOCK, opening a named pipe would wait for a writer for ever. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;
const DEFAULT_NAMES = ["appspec.yaml", "appspec.yml"] as const;

/**
 * Reads an archive's AppSpec: the specification's file name, else `appspec.yaml`, else `appspec.yml`.
 * @throws EventFailure in the reference agent's words when there is none; the parser's own error when it is broken
 */
export function readAppSpec(archiveDirectory: string, fileName: string): AppSpec {
  const wanted = fileName === "" ? DEFAULT_NAMES[1] : fileName;
  const normal = posix.normalize(wanted);
  if (normal.startsWith("/") || normal === ".." || normal.startsWith("../")) {
    throw new EventFailure(
      `The AppSpec file name ${JSON.stringify(wanted)} leads outside the revision. Name a file inside it, such as appspec.yml.`,
    );
  }
  const path = [wanted, ...DEFAULT_NAMES].map((name) => join(archiveDirectory, name)).find((name) => existsSync(name));
  if (path === undefined) {
    const expected = join(archiveDirectory, wanted);
    throw new EventFailure(
      "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path " +
        `"${wanted}". The revision was unpacked to directory "${archiveDirectory}", and the AppSpec file was expected but ` +
        `not found at path "${expected}". Consult the AWS CodeDeploy Appspec documentation for more information at ` +
        "http://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html",
    );
  }
  return parseOnce(path, readAppSpecFile(path));
}

/** An archive that the AWS agent unpacked may be another user's, who can have put anything in the file's place. */
function readAppSpecFile(path: string): Buffer {
  const descriptor = openSync(path, WITHOUT_WAITING);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile() && stats.size <= APP_SPEC_MAX_BYTES) return readFileSync(descriptor);
    const what = stats.isFile() ? `has ${stats.size} bytes, and may have ${APP_SPEC_MAX_BYTES}` : "is not a file";
    throw new EventFailure(`The AppSpec file ${path} ${what}. Put an AppSpec file in its place, and then try again.`);
  } finally {
    closeSync(descriptor);
  }
}

/** Archives whose AppSpec is remembered: those of a few deployment groups at once. */
const REMEMBERED_FILES = 8;
const remembered = new Map<string, { readonly bytes: Buffer; readonly appSpec: AppSpec }>();

/** Every event of a deployment reads the same file; the grammar is the slow part, and it is asked again only when the bytes changed. */
function parseOnce(path: string, bytes: Buffer): AppSpec {
  const known = remembered.get(path);
  if (known?.bytes.equals(bytes)) return known.appSpec;
  const appSpec = parseAppSpec(bytes, { os: "linux" });
  remembered.delete(path);
  remembered.set(path, { bytes, appSpec });
  if (remembered.size > REMEMBERED_FILES) {
    const oldest = remembered.keys().next().value;
    if (oldest !== undefined) remembered.delete(oldest);
  }
  return appSpec;
}
