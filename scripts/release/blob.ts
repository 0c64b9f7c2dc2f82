import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { Commit } from "./commit.ts";
import { run } from "./run.ts";

const PROGRAMS = ["agent.cjs", "server.cjs", "sluice.cjs"];
/** With all that is in them, as scripts/build.ts makes them. */
const FOLDERS = ["function-modules", "web"];
/** What `sluice version` reads. */
const RELEASE_ASSET = "release.json";

/**
 * The programs and all of their files as what Node reads of an executable. No code cache and no snapshot: they would be for one processor, and other bytes
 * each time.
 * @param build the folder that scripts/build.ts has built into
 */
export async function makeBlob(build: string, commit: Commit): Promise<Buffer> {
  const release = {
    version: SLUICE_VERSION,
    commit: commit.id,
    commitTime: new Date(commit.time * 1000).toISOString(),
  };
  await writeFile(join(build, RELEASE_ASSET), `${JSON.stringify(release)}\n`);
  const names = [...PROGRAMS, RELEASE_ASSET];
  for (const folder of FOLDERS) names.push(...(await filesIn(build, folder)));
  const config = {
    // The blob keeps the path as it stands here.
    main: "single-file.cjs",
    output: "sluice.blob",
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    useSnapshot: false,
    // NODE_OPTIONS of a shell are for other programs; ours gives itself options (main-single-file.ts).
    execArgvExtension: "cli",
    assets: Object.fromEntries(names.sort().map((name) => [name, name])),
  };
  await writeFile(join(build, "sea-config.json"), JSON.stringify(config));
  run(process.execPath, ["--experimental-sea-config", "sea-config.json"], build);
  return readFile(join(build, config.output));
}

async function filesIn(build: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(build, folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = files.map((path) => path.slice(build.length + 1));
  return paths.filter((path) => !path.split("/").some((part) => part.startsWith(".")));
}
