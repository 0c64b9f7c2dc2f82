import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import { EventFailure } from "./event-failure.ts";

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
  return parseOnce(path, readFileSync(path));
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
