import { deploymentsWithOutput, outputFolder } from "./output-folders.ts";

export interface LogSurvey {
  /** What all output takes on the disk. */
  readonly bytes: number;
  /** Deployments that have files which are not compressed. */
  readonly unfinished: readonly string[];
}

/** Looks at every file of every deployment, one after the other, so that other work on the disk comes in between. */
export async function surveyLogs(directory: string, signal: AbortSignal): Promise<LogSurvey> {
  let bytes = 0;
  const unfinished: string[] = [];
  for (const deploymentId of await deploymentsWithOutput(directory)) {
    signal.throwIfAborted();
    const folder = await outputFolder(directory, deploymentId);
    if (!folder) continue;
    bytes += folder.bytes;
    if (folder.isUnfinished) unfinished.push(deploymentId);
  }
  return { bytes, unfinished };
}
