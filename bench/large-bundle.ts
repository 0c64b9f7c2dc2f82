import { execFile } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface BundleOrder {
  readonly name: string;
  readonly title: string;
  readonly files: number;
  readonly fileBytes: number;
  readonly filesADirectory: number;
}

/** Packs to a tgz of about 50 MB. */
export const LARGE_BUNDLE: BundleOrder = {
  name: "large",
  title: "a 2,000-file, 50 MB tgz",
  files: 2_000,
  fileBytes: 30_000,
  filesADirectory: 50,
};
/** As the dependencies of an application are. */
export const SMALL_FILES_BUNDLE: BundleOrder = {
  name: "small-files",
  title: "a tgz of 20,000 files of 600 bytes",
  files: 20_000,
  fileBytes: 600,
  filesADirectory: 50,
};
/** One file in three is text, as in most applications; the others do not compress. */
const TEXT_EVERY = 3;

/** The same bytes in every run. */
export async function makeBundle(order: BundleOrder, folder: string, destination: string): Promise<string> {
  const { name, files, fileBytes, filesADirectory } = order;
  const revision = join(folder, name);
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16, 9));
  for (let index = 0; index < files; index++) {
    const directory = join(revision, "content", String(Math.floor(index / filesADirectory)));
    if (index % filesADirectory === 0) mkdirSync(directory, { recursive: true });
    const isText = index % TEXT_EVERY === 0;
    const bytes = noise.update(Buffer.alloc(isText ? fileBytes / 2 : fileBytes));
    writeFileSync(join(directory, `file-${index}`), isText ? bytes.toString("hex") : bytes);
  }
  const section = `files:\n  - { source: /content, destination: ${destination} }\n`;
  writeFileSync(join(revision, "appspec.yml"), `version: 0.0\nos: linux\n${section}`);
  const bundle = join(folder, `${name}.tgz`);
  await run("tar", ["-czf", bundle, "-C", revision, "."]);
  return bundle;
}
