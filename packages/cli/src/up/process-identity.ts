import { readFile, readlink } from "node:fs/promises";

/** Names a process for good: its number alone is given to another one some time after it has ended. */
export interface ProcessIdentity {
  /** Inode of the process namespace in which the number counts. */
  readonly namespace: string;
  readonly processId: number;
  /** In clock ticks since boot (proc(5), `stat` field 22). */
  readonly startedAt: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { namespace: await ownNamespace(), processId: process.pid, startedAt: (await startOf(process.pid)) ?? "" };
}

/** Undefined when it cannot be known from here, in another process namespace. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean | undefined> {
  if (identity.namespace !== (await ownNamespace())) return undefined;
  return (await startOf(identity.processId)) === identity.startedAt;
}

async function ownNamespace(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "");
  return /\d+/.exec(link)?.[0] ?? "";
}

async function startOf(processId: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  return stat
    ?.slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .at(19);
}
