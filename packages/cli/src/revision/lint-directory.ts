import { constants } from "node:fs";
import { lstat, open, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AppSpec, FileExistsBehavior } from "@sluice/model/app-spec/app-spec.ts";
import { MAX_APP_SPEC_BYTES } from "@sluice/model/app-spec/yaml-text.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { findInBundle, listBundle, type NamedEntry } from "@sluice/model/lint/bundle-listing.ts";
import { fileStart } from "@sluice/model/lint/file-start.ts";
import { describeFinding, type Finding } from "@sluice/model/lint/finding.ts";
import { leftRunning, SCRIPT_BYTES } from "@sluice/model/lint/left-running.ts";
import { lintAppSpec, scriptLocations } from "@sluice/model/lint/lint-bundle.ts";
import { CommandFailed } from "../command-failed.ts";
import { printError } from "../output.ts";
import { appSpecNameIn, listRevision } from "./bundle-directory.ts";
import { bundleTypeOf } from "./bundle-types.ts";
import { localBundle } from "./local-bundle.ts";

export interface RevisionLint {
  /** Of the AppSpec that agents read. */
  readonly fileName: string;
  readonly findings: readonly Finding[];
  /** Absent or null where there is none that agents accept. */
  readonly appSpec?: AppSpec | null;
  /** Why nothing can be said: a clause without a full stop. */
  readonly unchecked?: string;
}

/** What the deployment says, and an AppSpec may say otherwise. */
export interface OptionsOfDeployment {
  readonly fileExistsBehavior?: FileExistsBehavior | undefined;
}

/** Prints the warnings on standard error. @throws CommandFailed for what every host would refuse */
export async function checkBeforeUpload(path: string, asked: OptionsOfDeployment = {}): Promise<void> {
  const { fileName, findings, appSpec, unchecked } = await lintRevision(path);
  if (unchecked !== undefined) printError(`warning: ${path} was not checked: ${unchecked}`);
  for (const finding of findings) {
    if (finding.severity === "warning") printError(`warning: ${describeFinding(fileName, finding)}`);
  }
  const inFile = appSpec?.fileExistsBehavior ?? asked.fileExistsBehavior;
  if (asked.fileExistsBehavior !== undefined && inFile !== asked.fileExistsBehavior) {
    printError(
      `warning: ${fileName}: its file_exists_behavior: ${inFile} replaces --file-exists-behavior ${asked.fileExistsBehavior}, which has no effect. Remove one of them.`,
    );
  }
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const told = errors.map((finding) => describeFinding(fileName, finding)).join("\n  ");
  throw new CommandFailed(
    `${path} was not uploaded, because the deployment would fail:\n  ${told}\nCorrect this, or deploy it unchanged with --no-lint.`,
  );
}

/**
 * What is to be said of a directory, or of an archive of one, before it is deployed.
 * @throws CommandFailed when it is neither, or a directory without an AppSpec
 */
export async function lintRevision(path: string): Promise<RevisionLint> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return lintDirectory(path);
  const { MAX_BUNDLE_UNPACKED_BYTES } = await import("@sluice/wire/archive/feed-tar.ts");
  // Of a tar that is already larger nothing can be said, and reading it takes as much memory. A zip says at its end what is in it.
  if (bundleTypeOf(path)?.type !== "zip" && found.size > MAX_BUNDLE_UNPACKED_BYTES) {
    return { fileName: path, findings: [], unchecked: `it has more than ${MAX_BUNDLE_UNPACKED_BYTES} bytes` };
  }
  const { bytes, type } = await localBundle(path);
  const { readBundle } = await import("@sluice/wire/archive/read-bundle.ts");
  const reading = await readBundle(bytes, type, new AbortController().signal);
  if (reading.outcome === "read") return reading;
  return { fileName: path, findings: [], unchecked: reading.reason };
}

/**
 * What is to be said of a directory before it is deployed.
 * @throws CommandFailed when it is not a directory or has no AppSpec
 */
export async function lintDirectory(directory: string): Promise<RevisionLint> {
  const fileName = await appSpecNameIn(directory);
  // One byte more than the parser takes, which says so of a longer one.
  const content = await readStart(join(directory, fileName), MAX_APP_SPEC_BYTES + 1);
  const paths = await listRevision(directory);
  const named: [string, NamedEntry][] = [];
  for (const path of paths) named.push([path, await entryAt(join(directory, path))]);
  const listing = listBundle(named);
  const files = new Map(listing.files);
  for (const location of scriptLocations(content)) {
    const found = findInBundle(listing, location);
    const facts = found.is === "file" ? files.get(found.path) : undefined;
    if (found.is !== "file" || facts === undefined) continue;
    const bytes = await readStart(join(directory, found.path), SCRIPT_BYTES);
    files.set(found.path, { ...facts, start: fileStart(bytes), leftRunning: leftRunning(bytes.toString()) });
  }
  return { fileName, ...lintAppSpec(content, { ...listing, files }) };
}

async function entryAt(path: string): Promise<NamedEntry> {
  const stats = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${excerpt(path)} cannot be read (${cause.code}). Is its name UTF-8?`, { cause });
  });
  if (stats.isSymbolicLink()) return { kind: "link", target: await readlink(path) };
  if (stats.isDirectory()) return { kind: "directory" };
  return { kind: "file", isExecutable: (stats.mode & 0o111) !== 0, start: null };
}

/** The directory may be another user's, who can have put a pipe or a device there: opening a pipe would wait for its other end. */
async function readStart(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailed(
      `${excerpt(path)} cannot be read (${cause.code}): it is part of the bundle, so this user needs read permission`,
      { cause },
    );
  });
  try {
    if (!(await handle.stat()).isFile()) {
      throw new CommandFailed(`${excerpt(path)} is not a file: put a file in its place`);
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
