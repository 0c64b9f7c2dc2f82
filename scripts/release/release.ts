import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { misuse, readCommandLine } from "../command-line.ts";
import { makeBlob } from "./blob.ts";
import { readCommit } from "./commit.ts";
import { putIntoNode } from "./elf.ts";
import { nodeFilesFor } from "./node-file.ts";
import { PLATFORMS } from "./platform.ts";
import { run } from "./run.ts";

const USAGE = "npm run release -- [--out DIRECTORY] [--platform linux-x64 | linux-arm64]...";

const { values } = readCommandLine(USAGE, {
  options: { out: { type: "string", default: "release" }, platform: { type: "string", multiple: true } },
});
const asked = values.platform ?? PLATFORMS.map(({ name }) => name);
const platforms = PLATFORMS.filter(({ name }) => asked.includes(name));
const unknown = asked.find((name) => !platforms.some((platform) => platform.name === name));
if (unknown !== undefined) misuse(`--platform is '${unknown}'; it must be linux-x64 or linux-arm64`, USAGE);

const out = resolve(values.out);
const build = await mkdtemp(join(tmpdir(), "sluice-release-"));
try {
  await mkdir(out, { recursive: true });
  const commit = readCommit();
  run(process.execPath, ["scripts/build.ts", build]);
  const blob = await makeBlob(build, commit);
  for (const platform of platforms) {
    const node = await nodeFilesFor(platform);
    const file = join(out, `sluice-${SLUICE_VERSION}-${platform.name}`);
    const program = putIntoNode(node.program, blob);
    await writeFile(`${file}.new`, program);
    await chmod(`${file}.new`, 0o755);
    run("mv", ["-f", `${file}.new`, file]);
    console.log(`${file}: ${(program.length / 1024 / 1024).toFixed(1)} MiB`);
  }
} finally {
  await rm(build, { recursive: true, force: true });
}
