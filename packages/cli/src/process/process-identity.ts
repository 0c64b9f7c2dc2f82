import { readFile, readlink } from "node:fs/promises";

/** Names a process for good: its number alone is given to another one some time after it has ended. */
export interface ProcessIdentity {
  /** Inode of the process namespace in which the number counts. */
  readonly namespace: string;
  readonly processId: number;
  /** In clock ticks since boot (proc(5), `stat` field 22). */
  readonly startedAt: string;
  /** Of which boot that was. Absent in records of earlier versions. */
  readonly bootId?: string | undefined;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    namespace: await ownNamespace(),
    processId: process.pid,
    startedAt: (await startOf(process.pid)) ?? "",
    bootId: await ownBootId(),
  };
}

/** Undefined when it cannot be known from here, in another process namespace. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean | undefined> {
  // After a boot the numbers begin anew, and so do the clock ticks.
  if (identity.bootId !== undefined && identity.bootId !== (await ownBootId())) return false;
  if (identity.namespace !== (await ownNamespace())) return undefined;
  return (await startOf(identity.processId)) === identity.startedAt;
}

async function ownBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim();
}

async function ownNamespace(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "");
  return /\d+/.exec(link)?.[0] ?? "";
}

/** Undefined when there is no such process, or only a zombie, which nobody may ever reap in a container. */
async function startOf(processId: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}
