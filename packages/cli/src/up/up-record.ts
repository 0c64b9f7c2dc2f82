import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessIdentity } from "./process-identity.ts";

/** What one run of hosts tells the next one on the same data directory. Kept in `up.json`. */
export interface UpRecord {
  /** In the environment of every process of the run's hosts. */
  readonly runId: string;
  readonly owner: ProcessIdentity;
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
