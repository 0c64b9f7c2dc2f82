import { execFile } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const FILES = 2_000;
const FILE_BYTES = 30_000;
const FILES_A_DIRECTORY = 50;
/** One file in three is text, as in most applications; the others do not compress. */
const TEXT_EVERY = 3;

/** 2,000 files in 40 directories that pack to a tgz of about 50 MB. The same bytes in every run. */
export async function makeLargeBundle(folder: string, destination: string): Promise<string> {
  const revision = join(folder, "large");
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16, 9));
  for (let index = 0; index < FILES; index++) {
    const directory = join(revision, "content", String(Math.floor(index / FILES_A_DIRECTORY)));
    if (index % FILES_A_DIRECTORY === 0) mkdirSync(directory, { recursive: true });
    const isText = index % TEXT_EVERY === 0;
    const bytes = noise.update(Buffer.alloc(isText ? FILE_BYTES / 2 : FILE_BYTES));
    writeFileSync(join(directory, `file-${index}`), isText ? bytes.toString("hex") : bytes);
  }
  const files = `files:\n  - { source: /content, destination: ${destination} }\n`;
  writeFileSync(join(revision, "appspec.yml"), `version: 0.0\nos: linux\n${files}`);
  const bundle = join(folder, "large.tgz");
  await run("tar", ["-czf", bundle, "-C", revision, "."]);
  return bundle;
}
