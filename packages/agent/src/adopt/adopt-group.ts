import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { flushFileSystemOf, UNFINISHED_SUFFIX } from "../host/durable-file.ts";
import {
  ensureDirectory,
  groupFilesOf,
  INSTRUCTIONS_DIRECTORY_NAME,
  isGroupName,
  pointedName,
  readPointer,
  writePointer,
} from "../host/layout.ts";
import { removeTreeNow } from "../host/remove-tree.ts";
import { whoElseMayChange } from "../host/who-else-may-change.ts";
import { runHelper } from "../process/helper-process.ts";
import { askRunningAgent, becomeOnlyInstance } from "../process/single-instance.ts";
import { type GroupRecords, readGroupRecords } from "./group-records.ts";

export interface AdoptGroup {
  /** The directory of the agent that has installed the group so far. */
  readonly from: string;
  /** The directory of the agent that goes on; it may be the same one. */
  readonly to: string;
  /** The group's id in `from`. */
  readonly groupId: string;
  /** Its id in `to`, that of the server that deploys from now on. */
  readonly asGroupId: string;
  /** Whether records of `asGroupId` may be replaced. */
  readonly replace: boolean;
}

/** The message says what is wrong and what to do. Nothing was changed. */
export class AdoptRefused extends Error {
  override readonly name = "AdoptRefused";
}

/** Of AWS's agent, beside its `deployment-root`. */
const AWS_PID_FILE = join("..", "state", ".pid", "codedeploy-agent.pid");
const ADOPTING_SUFFIX = `.adopting${UNFINISHED_SUFFIX}`;

/**
 * Copies what one agent knows of a deployment group to another, under another group's id: the list of what is installed, so that the next Install
 * removes it, and the deployments that the pointers name, so that ApplicationStop runs their scripts. The pointers come last, so that a copy that
 * broke off is no copy. `from` keeps everything: the way back is the same call in the other direction.
 * @throws AdoptRefused
 */
export async function adoptGroup(call: AdoptGroup): Promise<GroupRecords> {
  const from = resolve(call.from);
  const to = resolve(call.to);
  const records = check({ ...call, from, to });
  await refuseRunning(from);
  mkdirSync(to, { recursive: true });
  if (realpathSync(from) !== realpathSync(to)) await refuseRunning(to);
  const lock = await becomeOnlyInstance(to, () => ({ processId: process.pid }));
  try {
    await copy(records, to, call.asGroupId);
  } finally {
    await lock.release();
  }
  return records;
}

function check({ from, to, groupId, asGroupId, replace }: AdoptGroup): GroupRecords {
  for (const [option, id] of [
    ["--group", groupId],
    ["--as", asGroupId],
  ] as const) {
    if (!isGroupName(id))
      throw new AdoptRefused(`${option} is ${JSON.stringify(id)}, which is no deployment group's id`);
  }
  if (!lstatSync(from, { throwIfNoEntry: false })) {
    throw new AdoptRefused(`${from} does not exist. AWS's agent has /opt/codedeploy-agent/deployment-root`);
  }
  const records = readGroupRecords(from, groupId);
  if (records === undefined) {
    throw new AdoptRefused(
      `${from} has nothing of the group ${groupId}. To list what it has: sluice agent adopt --from ${from}`,
    );
  }
  if (from === to && groupId === asGroupId) throw new AdoptRefused(`${groupId} is in ${to} under this id already`);
  const problem = whoElseMayChange(from);
  if (problem !== undefined) {
    throw new AdoptRefused(
      `other users could make the agent run their scripts: ${problem}. Look at what is there first`,
    );
  }
  if (!replace && readGroupRecords(to, asGroupId) !== undefined) {
    throw new AdoptRefused(
      `${to} has records of the group ${asGroupId} already: something was deployed there. Replace them with --replace`,
    );
  }
  const { files } = records;
  for (const pointer of [files.lastSuccessfulInstallFile, files.mostRecentInstallFile]) {
    const pointed = readPointer(pointer);
    if (pointed === undefined || pointedName(pointer) !== undefined) continue;
    throw new AdoptRefused(
      `${pointer} says ${JSON.stringify(pointed)}, which names no deployment. Remove it, or write the deployment's directory into it`,
    );
  }
  for (const name of deploymentsOf(records)) {
    if (existsSync(join(records.files.groupDirectory, name))) continue;
    throw new AdoptRefused(
      `${join(records.files.groupDirectory, name)} is missing, although a pointer of the group names it`,
    );
  }
  return records;
}

async function refuseRunning(directory: string): Promise<void> {
  if ((await askRunningAgent(directory)) !== undefined) {
    throw new AdoptRefused(`an agent runs in ${directory}. Stop it first: systemctl stop sluice-agent`);
  }
  const processId = awsAgentOf(directory);
  if (processId === undefined) return;
  throw new AdoptRefused(
    `AWS's agent runs in ${directory} (process ${processId}). Stop it first: systemctl disable --now codedeploy-agent`,
  );
}

/** Its process id, if the process that its file names is one of its. */
function awsAgentOf(directory: string): number | undefined {
  try {
    const processId = Number.parseInt(readFileSync(join(directory, AWS_PID_FILE), "utf8"), 10);
    return readFileSync(`/proc/${processId}/cmdline`, "utf8").includes("codedeploy") ? processId : undefined;
  } catch {
    return undefined;
  }
}

async function copy(records: GroupRecords, to: string, asGroupId: string): Promise<void> {
  const files = groupFilesOf(to, asGroupId);
  ensureDirectory(files.groupDirectory);
  ensureDirectory(join(to, INSTRUCTIONS_DIRECTORY_NAME));
  // Records that are replaced must not name what is half-copied.
  for (const pointer of [files.lastSuccessfulInstallFile, files.mostRecentInstallFile])
    rmSync(pointer, { force: true });
  for (const name of deploymentsOf(records)) {
    await copyTree(join(records.files.groupDirectory, name), join(files.groupDirectory, name));
  }
  // Whoever removes what the group's revisions have installed puts back what they had replaced. Only our agent keeps that.
  if (existsSync(records.files.originalsDirectory)) {
    await copyTree(records.files.originalsDirectory, files.originalsDirectory);
  }
  copyFile(records.files.cleanupFile, files.cleanupFile);
  copyFile(records.files.installFile, files.installFile);
  await flushFileSystemOf(files.groupDirectory);
  if (records.lastSuccessful !== undefined) {
    writePointer(files.lastSuccessfulInstallFile, join(files.groupDirectory, records.lastSuccessful));
  }
  if (records.mostRecent !== undefined) {
    writePointer(files.mostRecentInstallFile, join(files.groupDirectory, records.mostRecent));
  }
}

function deploymentsOf({ lastSuccessful, mostRecent }: GroupRecords): readonly string[] {
  return [...new Set([lastSuccessful, mostRecent])].filter((name) => name !== undefined);
}

/** Owners and times, too, as far as this user may set them: `cp -a` knows how. */
async function copyTree(from: string, to: string): Promise<void> {
  const unfinished = `${to}${ADOPTING_SUFFIX}`;
  removeTreeNow(unfinished);
  if (!(await runHelper("cp", ["-a", "--", from, unfinished]))) {
    removeTreeNow(unfinished);
    throw new AdoptRefused(`${from} could not be copied to ${dirname(to)}. Look at the free space: df ${dirname(to)}`);
  }
  removeTreeNow(to);
  renameSync(unfinished, to);
}

/** Bytes as they are: names need not be UTF-8. */
function copyFile(from: string, to: string): void {
  if (!existsSync(from)) {
    rmSync(to, { force: true });
    return;
  }
  copyFileSync(from, `${to}${UNFINISHED_SUFFIX}`);
  renameSync(`${to}${UNFINISHED_SUFFIX}`, to);
}
