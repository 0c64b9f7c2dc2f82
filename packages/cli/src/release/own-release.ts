import { dirname } from "node:path";
import { ownProgram, programAsset } from "@sluice/wire/program/own-program.ts";
import { runProgram } from "../process/run-program.ts";

/** Of which source a program is made. */
export interface OwnRelease {
  readonly version: string;
  /** With `-modified` where files differ from it; null: a folder without git. */
  readonly commit: string | null;
  readonly platform: string;
  readonly isSingleFile: boolean;
  /** What starts it. */
  readonly program: string;
}

/** scripts/release/blob.ts puts it into the executable. */
const RELEASE_ASSET = "release.json";

export async function ownRelease(): Promise<OwnRelease> {
  const { file, isSingleFile, version, platform } = ownProgram();
  const built: { commit?: string } = JSON.parse(programAsset(RELEASE_ASSET)?.toString("utf8") ?? "{}");
  const commit = isSingleFile ? (built.commit ?? null) : await checkedOutCommit(dirname(dirname(file)));
  return { version, commit, platform, isSingleFile, program: file };
}

async function checkedOutCommit(root: string): Promise<string | null> {
  try {
    const id = (await runProgram(["git", "-C", root, "rev-parse", "HEAD"])).trim();
    const changes = await runProgram(["git", "-C", root, "status", "--porcelain", "--untracked-files=no"]);
    return changes.trim() === "" ? id : `${id}-modified`;
  } catch {
    // No git, or no clone.
    return null;
  }
}
