import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { ProcessIdentity } from "../process/process-identity.ts";

/** What one run of hosts tells the next one on the same data directory. Kept in `up.json`. */
export interface UpRecord {
  /** In the environment of every process of the run's hosts. */
  readonly runId: string;
  readonly owner: ProcessIdentity;
  /** Of the last run with namespaces. */
  readonly network: UpNetwork | undefined;
  /** Written when the run is ready: every host polls. */
  readonly ready?: UpReady | undefined;
}

/** What a run tells whoever started it, and whoever tries to start it again. */
export interface UpReady {
  readonly url: string;
  readonly hosts: readonly { readonly name: string; readonly id: string; readonly address: string }[];
  readonly tags: readonly Tag[];
  /** Why there is only one host, which is this machine itself. */
  readonly obstacle?: string | undefined;
  /** What of earlier runs is gone, and how to get it back. */
  readonly lost: readonly string[];
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

/** Of the run that this process is. */
export async function noteReady(dataDirectory: string, ready: UpReady): Promise<void> {
  const record = await readUpRecord(dataDirectory);
  if (record !== undefined) await writeUpRecord(dataDirectory, { ...record, ready });
}
