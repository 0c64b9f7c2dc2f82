import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, namesIn } from "./folder.ts";

/** A deployment's; anything else that lies there is somebody's, and let be. */
const NAME = /^d-[A-Za-z0-9-]{1,90}$/;

/** The output of one deployment on the disk. */
export interface OutputFolder {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
  /** Whether some of it is not compressed. */
  readonly isUnfinished: boolean;
}

/** Of every deployment of which output lies in the directory of logs. */
export async function deploymentsWithOutput(directory: string): Promise<readonly string[]> {
  return (await namesIn(directory)).filter((name) => NAME.test(name));
}

/** Undefined: the deployment has none, or it was removed meanwhile. */
export async function outputFolder(directory: string, deploymentId: string): Promise<OutputFolder | undefined> {
  const path = join(directory, deploymentId);
  try {
    let changedAt = (await stat(path)).mtimeMs;
    let bytes = 0;
    const names = await namesIn(path);
    for (const name of names) {
      const file = await stat(join(path, name));
      bytes += file.size;
      changedAt = Math.max(changedAt, file.mtimeMs);
    }
    return { bytes, changedAt, isUnfinished: names.some((name) => name.endsWith(".ndjson")) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
