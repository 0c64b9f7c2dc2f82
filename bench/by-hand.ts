import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleDirectory } from "@sluice/cli/revision/bundle-directory.ts";

const run = promisify(execFile);

/** What a person would type into one ssh pipe, less the ssh: unpack, copy, run the five scripts. */
const SCRIPT = `set -e
mkdir -p "$2/archive" "$2/destination"
tar -xzf "$1" -C "$2/archive"
cp "$2/archive/index.html" "$2/destination/"
cd "$2/archive"
for hook in ApplicationStop BeforeInstall AfterInstall ApplicationStart ValidateService; do sh "scripts/$hook.sh"; done
`;

/**
 * The steps of a deployment done by plain tools on this machine, `times` times at once: a lower bound for anything that has to do the same,
 * since nothing travels, nothing is checked, nothing is recorded and nothing is flushed to the disk.
 * @returns a function that does it once and tells the seconds
 */
export async function byHand(revision: string, folder: string, times: number): Promise<() => Promise<number>> {
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, "bundle.tgz");
  writeFileSync(bundle, (await bundleDirectory(revision)).bytes);
  let round = 0;
  return async () => {
    round += 1;
    const start = performance.now();
    const folders = Array.from({ length: times }, (_, index) => join(folder, `${round}-${index}`));
    await Promise.all(folders.map((each) => run("sh", ["-c", SCRIPT, "sh", bundle, each])));
    return (performance.now() - start) / 1000;
  };
}
