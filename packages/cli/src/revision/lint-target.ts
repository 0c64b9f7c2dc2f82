import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MAX_APP_SPEC_BYTES } from "@sluice/model/app-spec/yaml-text.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { APP_SPEC_NAMES } from "@sluice/model/lint/bundle-listing.ts";
import type { Finding } from "@sluice/model/lint/finding.ts";
import { lintAppSpec } from "@sluice/model/lint/lint-bundle.ts";
import { lintServiceAppSpec, servicePlatformOf } from "@sluice/model/lint/lint-service-app-spec.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { appSpecNameIn } from "./bundle-directory.ts";
import { bundleTypeOf } from "./bundle-types.ts";
import { lintDirectory, lintRevision } from "./lint-directory.ts";

/** What a path names, and what is to be said of it. */
export interface LintedPath {
  readonly path: string;
  readonly platform: ComputePlatform;
  /** The AppSpec, as a person finds it from where the command was run; an archive's is `ARCHIVE/appspec.yml`. */
  readonly file: string;
  readonly findings: readonly Finding[];
  /** Whether the AppSpec was held against the files of its bundle. */
  readonly isBundleChecked: boolean;
  /** Why nothing can be said: a clause without a full stop. */
  readonly unchecked?: string;
}

/**
 * Checks a directory, an archive, or an AppSpec file; one that is called `appspec.yml` with the directory around it.
 * @param platform whose AppSpec it is; absent: what it looks like
 * @throws CommandFailed with EXIT_USAGE where nothing can be checked
 */
export async function lintPath(path: string, platform?: ComputePlatform): Promise<LintedPath> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unusable(`${path} ${whyUnreadable(cause)}. Name an AppSpec file, a directory or a bundle`, cause);
  });
  if (found.isDirectory()) return lintInDirectory(path, path, platform);
  if (bundleTypeOf(path) !== undefined) {
    const { fileName, findings, unchecked } = await asUsage(() => lintRevision(path));
    const isBundleChecked = unchecked === undefined;
    const file = fileName === path ? path : join(path, fileName);
    return {
      path,
      platform: "Server",
      file,
      findings,
      isBundleChecked,
      ...(unchecked === undefined ? {} : { unchecked }),
    };
  }
  const isReadByAgents =
    APP_SPEC_NAMES.some((name) => name === basename(path)) && (await appSpecNameIn(dirname(path))) === basename(path);
  if (isReadByAgents) return lintInDirectory(path, dirname(path), platform);
  const content = await readAppSpec(path);
  return lintFile(path, path, content, platform ?? servicePlatformOf(content.toString()) ?? "Server");
}

async function lintInDirectory(
  path: string,
  directory: string,
  platform: ComputePlatform | undefined,
): Promise<LintedPath> {
  const file = join(directory, await asUsage(() => appSpecNameIn(directory)));
  const content = await readAppSpec(file);
  const actual = platform ?? servicePlatformOf(content.toString()) ?? "Server";
  if (actual !== "Server") return lintFile(path, file, content, actual);
  const { findings } = await asUsage(() => lintDirectory(directory));
  return { path, platform: actual, file, findings, isBundleChecked: true };
}

function lintFile(path: string, file: string, content: Buffer, platform: ComputePlatform): LintedPath {
  const findings =
    platform === "Server" ? lintAppSpec(content, null).findings : lintServiceAppSpec(content.toString(), platform);
  return { path, platform, file, findings, isBundleChecked: false };
}

/** @throws CommandFailed with EXIT_USAGE */
export async function readAppSpec(path: string): Promise<Buffer> {
  try {
    const stats = await stat(path);
    // Opening a pipe would wait for its other end.
    if (!stats.isFile()) throw unusable(`${path} is not a file: put a file in its place`);
    const { size } = stats;
    if (size > MAX_APP_SPEC_BYTES) {
      throw unusable(`${path} has ${size} bytes, which no AppSpec has: at most ${MAX_APP_SPEC_BYTES}`);
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw unusable(`${path} ${whyUnreadable(cause)}. Name an AppSpec file, a directory or a bundle`, cause);
  }
}

/**
 * The AppSpec file that a path names: itself, or the one in a directory.
 * @throws CommandFailed with EXIT_USAGE
 */
export async function appSpecAt(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unusable(`${path} ${whyUnreadable(cause)}. Name an AppSpec file or a directory`, cause);
  });
  return found.isDirectory() ? join(path, await asUsage(() => appSpecNameIn(path))) : path;
}

/** Findings have an exit status of their own. */
async function asUsage<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof CommandFailed) throw unusable(cause.message, cause);
    throw cause;
  }
}

function unusable(message: string, cause?: unknown): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE, cause });
}
