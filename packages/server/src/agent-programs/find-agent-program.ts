import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isProgramPlatform, PROGRAM_PLATFORMS, type ProgramPlatform } from "@sluice/model/program-platforms.ts";
import { sha256OfFile } from "@sluice/wire/files/sha256-of-file.ts";
import type { CompressedPrograms } from "./compressed-programs.ts";

/** A program that a host can run as its agent. */
export interface AgentProgram {
  readonly version: string;
  readonly platform: ProgramPlatform;
  /** An absolute path. */
  readonly file: string;
  /** The same, compressed; undefined: it is not at hand. */
  readonly gzipFile: string | undefined;
  /** Of the program as it runs, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** This server has none for that platform; `cure` is a sentence that says how it gets one. */
export interface MissingProgram {
  readonly cure: string;
}

/** Of that version, or of the server's own. */
export type FindAgentProgram = (
  platform: string,
  version?: string | undefined,
) => Promise<AgentProgram | MissingProgram>;

export function isMissing(found: AgentProgram | MissingProgram): found is MissingProgram {
  return "cure" in found;
}

export interface AgentProgramParts {
  readonly version: string;
  /** The server's own file, where it is a program that holds the agent too. */
  readonly own: { readonly file: string; readonly platform: string } | undefined;
  /** Where the operator puts programs: for other platforms, and of other versions. */
  readonly dataDirectory: string;
  /** What `npm run release` made of a checkout. */
  readonly releaseDirectory: string | undefined;
  /** Where a program has no compressed file beside it. Absent: such a program is given as it is. */
  readonly compressed?: Pick<CompressedPrograms, "of"> | undefined;
}

/** Digits, letters, dots, hyphens: it becomes part of a file's name. */
function isProgramVersion(text: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/.test(text) && !text.includes("..");
}

/** Finds what this server gives to hosts. A file's hash is reckoned once, and again when the file has changed. */
export function agentPrograms(parts: AgentProgramParts): FindAgentProgram {
  const hashes = new Map<string, { readonly stamp: string; readonly sha256: Promise<string> }>();

  const hashOf = (file: string, stamp: string): Promise<string> => {
    const known = hashes.get(file);
    if (known?.stamp === stamp) return known.sha256;
    const sha256 = sha256OfFile(file);
    // One that could not be read is tried again.
    sha256.catch(() => hashes.delete(file));
    hashes.set(file, { stamp, sha256 });
    return sha256;
  };

  return async (platform, version = parts.version) => {
    if (!isProgramPlatform(platform)) {
      return { cure: `There are programs for ${PROGRAM_PLATFORMS.join(" and ")}.` };
    }
    if (!isProgramVersion(version)) return { cure: "That is no version: ask for one such as 0.2.0." };
    for (const file of candidates(parts, platform, version)) {
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) continue;
      const sha256 = await hashOf(file, `${found.ino} ${found.size} ${found.mtimeMs}`);
      const gzipped = await stat(`${file}.gz`).catch(() => undefined);
      // An older one is of a program that was there before.
      const isBeside = gzipped !== undefined && gzipped.mtimeMs >= found.mtimeMs;
      const gzipFile = isBeside ? `${file}.gz` : await parts.compressed?.of({ file, sha256, bytes: found.size });
      return { version, platform, file, gzipFile, sha256, bytes: found.size };
    }
    return { cure: cureFor(parts, platform, version) };
  };
}

/** `sluice-0.2.0-linux-x64` */
function fileName(platform: ProgramPlatform, version: string): string {
  return `sluice-${version}-${platform}`;
}

function candidates(
  { own, dataDirectory, releaseDirectory, version: ownVersion }: AgentProgramParts,
  platform: ProgramPlatform,
  version: string,
): readonly string[] {
  const name = fileName(platform, version);
  return [
    ...(own?.platform === platform && version === ownVersion ? [own.file] : []),
    join(dataDirectory, "agent-programs", name),
    ...(releaseDirectory === undefined ? [] : [join(releaseDirectory, name)]),
  ];
}

function cureFor(
  { dataDirectory, releaseDirectory, version: ownVersion }: AgentProgramParts,
  platform: ProgramPlatform,
  version: string,
): string {
  const name = fileName(platform, version);
  const put = `the file ${name} of the release into ${join(dataDirectory, "agent-programs")} on the server.`;
  return releaseDirectory === undefined || version !== ownVersion
    ? `Put ${put}`
    : `Run \`npm run release\` in the server's checkout, or put ${put}`;
}
