import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AppSpec, DIRECTORY_LINK_BEHAVIORS } from "@sluice/model/app-spec/app-spec.ts";
import { filePaths, permissionRule } from "@sluice/model/app-spec/install-values.ts";
import { readRecordedEntries } from "../archive/recorded-attributes.ts";
import { namingPath, O_PATH } from "../descriptor-path.ts";
import { flushFileSystems, replaceFile } from "../durable-file.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { type DeploymentLayout, ensureDirectory } from "../layout.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { type AccountIds, hasAllAccounts, lookUpAccounts, makeDirectory } from "./apply-plan.ts";
import { cleanupEntries, readCleanupList, removePreviousInstall } from "./cleanup.ts";
import { checkEarlierCopies } from "./earlier-copies.ts";
import { FileCopier } from "./file-copier.ts";
import { Folders, UntrustedLink } from "./folders.ts";
import { InstallJournal } from "./install-journal.ts";
import { FileAlreadyExists, InstallPlan, type PlannedCopy } from "./install-plan.ts";
import { Installed } from "./installed.ts";
import { Originals } from "./originals.ts";
import { type PermissionStep, permissionSteps, planPermissions } from "./permission-plan.ts";
import { checkPermissionPrograms } from "./permission-programs.ts";
import { previewInstall } from "./preview-install.ts";
import { Refusals } from "./refusals.ts";
import { settlePermissions } from "./settle-permissions.ts";
import { readSources, type StatusReader, statusReader } from "./source-tree.ts";

const CLEANUP_SUFFIX = "-cleanup";
const DIRECTORY_ITSELF = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * Removes the group's previous install and puts this revision in its place.
 *
 * The order is what makes it safe: what is replaced is kept, and the journal names everything that will be made, before the first of it is made; and neither is
 * settled before the disk has the result. So whatever stops it, the next Install, of this deployment or another, removes exactly what this one got to.
 * @returns what the event's log should say
 * @throws EventFailure in the reference agent's words
 */
export async function install(
  layout: DeploymentLayout,
  {
    appSpec,
    fileExistsBehavior,
    maxEntries,
    signal,
  }: {
    readonly appSpec: AppSpec;
    readonly fileExistsBehavior: string;
    readonly maxEntries?: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const rules = appSpec.permissions.map(permissionRule);
  checkPermissionPrograms(rules);
  const recorded = readRecordedEntries(layout.recordedAttributesFile);
  const behavior = appSpec.directoryLinkBehavior ?? DIRECTORY_LINK_BEHAVIORS[0];
  const paths = appSpec.files.map(filePaths);
  const { sources, directoryLinks } = await readSources(layout.archiveDirectory, paths, behavior, {
    maxEntries,
    signal,
  });
  // RETAIN keeps whatever is at the place of a link.
  if (fileExistsBehavior !== "RETAIN") checkEarlierCopies(directoryLinks, layout.cleanupFile);

  // Nobody is found out to be missing when the previous revision is gone. Who is named for what this revision does not install may be missing.
  if (!(await hasAllAccounts(rules))) {
    await previewInstall(layout.archiveDirectory, layout, { appSpec, fileExistsBehavior });
  }

  ensureDirectory(layout.instructionsDirectory);
  const originals = new Originals(layout.originalsDirectory);
  const earlier = readCleanupList(layout.cleanupFile);
  const journal = new InstallJournal(layout.cleanupFile, earlier);
  const removal = await removePreviousInstall(earlier, (path, folders) => originals.isUntouched(path, folders));

  const folders = new Folders();
  const refusals = new Refusals(folders);
  try {
    const plan = new InstallPlan(fileExistsBehavior, folders);
    let accounts: AccountIds;
    try {
      for (const source of sources) plan.addFiles(source);
      planPermissions(rules, plan);
      accounts = await lookUpAccounts(permissionSteps(rules, plan));
    } catch (error) {
      journal.abandon();
      throw error instanceof FileAlreadyExists ? withOwner(error, layout) : error;
    }

    replaceFile(layout.installFile, installInstructions(plan, permissionSteps(rules, plan)), { durable: false });
    await originals.keep(replacedBy(plan), folders);
    journal.begin(plan);
    const returned = await originals.putBack(
      (path) => plan.copyTo(path) !== undefined || plan.directories.has(path),
      folders,
      (path) => journal.addTemporary(path),
    );
    const status = statusReader(layout.archiveDirectory, recorded);
    const installed = new Installed(refusals);
    await carryOut(plan, { fileExistsBehavior, folders, installed, journal, originals, refusals, signal, status });
    const { cleanupFile } = layout;
    await settlePermissions(permissionSteps(rules, plan), { accounts, cleanupFile, folders, installed }, signal);
    const changed = [...destinationsOf(plan), ...returned.map((path) => dirname(path)), ...removal.directories];
    await flushWritten(layout.archiveDirectory, changed, folders);
    journal.finish();
    originals.settle();
  } finally {
    folders.close();
  }
  const passedOver = removal.untrusted.map(
    (link) =>
      `Files of the previous revision behind the symbolic link ${link} were not removed: users other than root can change the link.`,
  );
  return [...passedOver, ...refusals.notes, ...originals.notes];
}

function* replacedBy({ steps }: InstallPlan): Generator<string> {
  for (const step of steps) if (step.type === "copy" && step.replaces) yield step.destination;
}

interface Carrying {
  readonly fileExistsBehavior: string;
  readonly folders: Folders;
  readonly installed: Installed;
  readonly journal: InstallJournal;
  readonly originals: Originals;
  readonly refusals: Refusals;
  readonly signal: AbortSignal;
  readonly status: StatusReader;
}

async function carryOut(plan: InstallPlan, carrying: Carrying): Promise<void> {
  const { folders, installed, journal, refusals, signal } = carrying;
  const temporaryOf = (destination: string) => journal.temporaryOf(destination);
  const copier = new FileCopier({ folders, installed, refusals, temporaryOf });
  const loop = new YieldingLoop(signal);
  for (const step of plan.steps) {
    try {
      if (step.type === "mkdir") {
        const isNew = makeDirectory(step, folders);
        installed.noteDirectory(step, folders, isNew);
      } else {
        const copying = copyOne(step.read(carrying.status), copier, carrying);
        if (copying) await copying;
      }
    } catch (error) {
      throw namingPath(step.type === "mkdir" ? step.directory : step.destination, error);
    }
    const breathing = loop.next();
    if (breathing) await breathing;
  }
}

/** What has appeared since the plan was made is treated as what was there before. */
function copyOne(step: PlannedCopy, copier: FileCopier, carrying: Carrying): Promise<void> | undefined {
  try {
    return copier.copy(step);
  } catch (error) {
    if (errorCodeOf(error) !== "EEXIST" || step.replaces) throw error;
    if (carrying.fileExistsBehavior !== "OVERWRITE") throw new FileAlreadyExists(step.destination, false);
    return replaceLateComer(step, copier, carrying);
  }
}

async function replaceLateComer(
  step: PlannedCopy,
  copier: FileCopier,
  { folders, journal, originals }: Carrying,
): Promise<void> {
  const { destination } = step;
  await originals.keep([destination], folders);
  journal.addTemporary(journal.temporaryOf(destination));
  await copier.copy({ ...step, replaces: true });
}

/** `<group>-install.json`, member for member as the reference agent writes it. */
function* installInstructions(plan: InstallPlan, permissions: Iterable<PermissionStep>): Generator<string> {
  yield '{"instructions":[';
  let separator = "";
  for (const step of plan.steps) {
    const { type } = step;
    const written =
      type === "mkdir"
        ? { type, directory: step.directory }
        : { type, source: step.source, destination: step.destination };
    yield separator + JSON.stringify(written);
    separator = ",";
  }
  for (const { target: _, ...written } of permissions) {
    yield separator + JSON.stringify(written);
    separator = ",";
  }
  yield "]}";
}

function destinationsOf(plan: InstallPlan): ReadonlySet<string> {
  return new Set(plan.steps.map((step) => dirname(step.type === "mkdir" ? step.directory : step.destination)));
}

/** One directory of each file system, and by what was looked at: names may lead elsewhere by now. */
async function flushWritten(archive: string, destinations: Iterable<string>, folders: Folders): Promise<void> {
  const byDevice = new Map<number, number>();
  try {
    byDevice.set(statSync(archive).dev, openSync(archive, DIRECTORY_ITSELF));
    for (const directory of destinations) {
      const device = deviceOf(directory, folders);
      if (device === undefined || byDevice.has(device)) continue;
      // Opened once more, since of the folders only so many are held.
      byDevice.set(device, openSync(folders.at(`${directory}/.`), DIRECTORY_ITSELF));
    }
    await flushFileSystems([...byDevice.values()]);
  } finally {
    for (const descriptor of byDevice.values()) closeSync(descriptor);
  }
}

/** Undefined where its owner has put something else in its place, since nothing of this install is there. */
function deviceOf(directory: string, folders: Folders): number | undefined {
  try {
    return fstatSync(folders.open(directory)).dev;
  } catch (error) {
    if (error instanceof UntrustedLink || GONE.has(errorCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** The reference agent's sentence stays as it is; whose file it is goes into the event's log. */
function withOwner(error: FileAlreadyExists, layout: DeploymentLayout): EventFailure {
  const owner = readdirSync(layout.instructionsDirectory)
    .filter((name) => name.endsWith(CLEANUP_SUFFIX) && join(layout.instructionsDirectory, name) !== layout.cleanupFile)
    .find((name) => includes(cleanupEntries(readFileSync(join(layout.instructionsDirectory, name))), error.path));
  const whose =
    owner === undefined
      ? "No deployment group installed it with this agent."
      : `The deployment group ${owner.slice(0, -CLEANUP_SUFFIX.length)} installed it.`;
  return new EventFailure(error.message, {
    cause: error,
    hint: error.isDirectory
      ? `${error.path} is a directory, but the revision has a file with this name. Remove the directory, or change the destination in the files section.`
      : `${whose} Remove it, or deploy with file_exists_behavior OVERWRITE (replace it) or RETAIN (keep it).`,
  });
}

function includes(entries: Iterable<string>, wanted: string): boolean {
  for (const entry of entries) if (entry === wanted) return true;
  return false;
}
