import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { PROGRAM_PLATFORMS } from "@sluice/model/program-platforms.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { sha256OfFile } from "@sluice/wire/files/sha256-of-file.ts";
import { misuse, readCommandLine } from "../command-line.ts";
import { billOfMaterials, licenceTexts, usedPackages } from "./bill-of-materials.ts";
import { makeBlob } from "./blob.ts";
import { readCommit } from "./commit.ts";
import { debianPackage, packageFiles } from "./debian-package.ts";
import { putIntoNode } from "./elf.ts";
import { serverImage } from "./image.ts";
import { nodeFilesFor } from "./node-file.ts";
import { PLATFORMS } from "./platform.ts";
import { run } from "./run.ts";
import { tarball } from "./tarball.ts";

const USAGE = `npm run release -- [--out DIRECTORY] [--platform ${PROGRAM_PLATFORMS.join(" | ")}]... [--only PART]...`;
const PARTS = ["executable", "tarball", "deb", "image"];
/** A file that is written in few large pieces stays in memory in large pieces, and then counts as more of each process that runs it. */
const PIECE_BYTES = 65_536;
/** A folder may have those of other versions, too. */
const BEGINNINGS = [`sluice-${SLUICE_VERSION}-`, `sluice_${SLUICE_VERSION}_`, "sbom.cdx.json"];

const { values } = readCommandLine(USAGE, {
  options: {
    out: { type: "string", default: "release" },
    platform: { type: "string", multiple: true },
    only: { type: "string", multiple: true, default: PARTS },
  },
});
const names: string[] = PLATFORMS.map(({ name }) => name);
const strange = values.platform?.find((name) => !names.includes(name));
if (strange !== undefined) misuse(`--platform is '${strange}'; it must be ${names.join(" or ")}`, USAGE);
const unknown = values.only.find((part) => !PARTS.includes(part));
if (unknown !== undefined) misuse(`--only is '${unknown}'; it must be one of ${PARTS.join(", ")}`, USAGE);

const out = resolve(values.out);
const build = await mkdtemp(join(tmpdir(), "sluice-release-"));
try {
  await makeRelease();
} finally {
  await rm(build, { recursive: true, force: true });
}

async function makeRelease(): Promise<void> {
  const platforms = PLATFORMS.filter(({ name }) => values.platform?.includes(name) ?? true);
  const has = (part: string): boolean => values.only.includes(part);
  const commit = readCommit();
  await mkdir(out, { recursive: true });
  run(process.execPath, ["scripts/build.ts", build]);
  const blob = await makeBlob(build, commit);
  const packages = await usedPackages((await readFile(join(build, "sources.txt"), "utf8")).trim().split("\n"));
  const licence = await readFile("LICENSE");
  const licences = await licenceTexts(packages);
  for (const platform of platforms) {
    const node = await nodeFilesFor(platform);
    const bill = billOfMaterials(packages, node.version, commit.id);
    await put("sbom.cdx.json", bill);
    const name = `sluice-${SLUICE_VERSION}-${platform.name}`;
    const program = putIntoNode(node.program, blob);
    const documents = { "sbom.cdx.json": bill, "NODE-LICENSE": node.licence, "THIRD-PARTY-LICENSES": licences };
    const isOwn = platform.name === `linux-${process.arch}`;
    if (has("executable") || (has("image") && isOwn)) await put(name, program, 0o755);
    if (has("tarball")) {
      await put(`${name}.tar.gz`, await tarball(name, program, { ...documents, LICENSE: licence }, commit.time));
    }
    if (has("deb")) {
      const files = await packageFiles(documents, commit.time);
      const whole = { ...files, "usr/bin/sluice": { content: program, mode: 0o755 } };
      const file = `sluice_${SLUICE_VERSION}_${platform.debian}.deb`;
      await put(file, await debianPackage(whole, platform, commit.time));
    }
    // Its libraries are those of the machine.
    if (has("image") && isOwn) {
      await put(`sluice-${SLUICE_VERSION}-image.tar`, await serverImage(join(out, name), platform, commit.time));
    }
  }
  await put("SHA256SUMS", await sumsOf(out));
}

async function put(name: string, content: Buffer | string, mode = 0o644): Promise<void> {
  const path = join(out, name);
  const bytes = Buffer.from(content);
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, "wx", mode);
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      await file.write(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
    // Whatever the umask.
    await file.chmod(mode);
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  console.log(`${path}: ${formatBytes(bytes.length)}`);
}

/** As `sha256sum --check` reads it. */
async function sumsOf(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(folder))
    .filter((each) => BEGINNINGS.some((beginning) => each.startsWith(beginning)) && !each.endsWith(".new"))
    .sort()) {
    lines.push(`${await sha256OfFile(join(folder, name))}  ${name}\n`);
  }
  return lines.join("");
}
