import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What one run of hosts tells the next one on the same data directory. Kept in `up.json`. */
export interface UpRecord {
  /** In the environment of every process of the run's hosts. */
  readonly runId: string;
  /** The process that runs the hosts. */
  readonly processId: number;
  /** Start time of that process in clock ticks since boot (proc(5), `stat` field 22): tells it from a later one with its number. */
  readonly processStart: string;
  /** Of the last run with namespaces. */
  readonly network: UpNetwork | undefined;
}

export interface UpNetwork {
  readonly bridgeName: string;
  readonly subnetPrefix: string;
  /** Where the hosts reach the server: they remember it from their enrolment. */
  readonly hostPort: number;
}

function recordFile(dataDirectory: string): string {
  return join(dataDirectory, "up.json");
}

export async function readUpRecord(dataDirectory: string): Promise<UpRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(dataDirectory), "utf8")) as UpRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeUpRecord(dataDirectory: string, record: UpRecord): Promise<void> {
  const file = recordFile(dataDirectory);
  await writeFile(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Undefined when there is no such process. */
export async function processStartOf(processId: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  return stat
    ?.slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .at(19);
}

export async function isStillRunning(record: UpRecord): Promise<boolean> {
  return (await processStartOf(record.processId)) === record.processStart;
}
