import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hookScripts, ON_FAILURE, ON_FAILURE_BEGINS } from "@sluice/model/app-spec/hook-scripts.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { AGENT_ERROR_CODES, errorCodeFromAgent } from "@sluice/model/diagnostics.ts";
import { replaceFile } from "../durable-file.ts";
import { bareDeploymentId, type DeploymentLayout, isGroupName, layoutOf } from "../layout.ts";
import type { FailedEvent, OutputSink } from "../lifecycle-command.ts";
import { isForgivable } from "./older-revision.ts";
import { type HookContext, runScriptsOf } from "./run-hook.ts";
import { sourceIn } from "./script-source.ts";

/** All scripts together: the server waits five minutes longer for an event than the event's own scripts may take. */
export const MAX_ON_FAILURE_SECONDS = 240;
const FILE_MODE = 0o600;

/** Of a deployment whose revision has the hook: with this the hook also runs when the agent is killed, by the next one. */
interface OnFailureFile {
  readonly specification: DeploymentSpecification;
  /** Written before its first script starts, so that it runs at most once. */
  readonly hasRun: boolean;
}

/** To be called before an event: if the agent dies in it, the file is all that the next one knows of the deployment. */
export function prepareOnFailure(layout: DeploymentLayout, specification: DeploymentSpecification): void {
  const file = fileOf(layout.deploymentDirectory, bareDeploymentId(specification));
  if (!existsSync(layout.archiveDirectory) || existsSync(file)) return;
  if (!hasHook(layout, specification)) return;
  const { GitHubAccessToken: _, ...known } = specification;
  write(file, { specification: known, hasRun: false });
}

/**
 * Runs the hook of the deployment's own revision, if that is on this host and has one, once for the deployment. Whatever becomes of it is told in the event's
 * output, and changes nothing about how the event ended. Never rejects.
 */
export async function runOnFailure(
  failed: FailedEvent,
  rootDirectory: string,
  parts: Pick<HookContext, "config" | "deploymentsLog" | "pipes" | "sink" | "signal">,
): Promise<void> {
  try {
    const specification = failed.specification ?? findSpecification(rootDirectory, failed);
    if (specification === undefined || isForgivenBy(specification, failed)) return;
    const layout = layoutOf(rootDirectory, specification);
    if (!existsSync(layout.archiveDirectory) || !hasHook(layout, specification)) return;
    const file = fileOf(layout.deploymentDirectory, bareDeploymentId(specification));
    if (read(file)?.hasRun) return;
    if (parts.signal.aborted) return say(parts.sink, `${ON_FAILURE} does not run, because the agent is stopping.`);
    const { GitHubAccessToken: _, ...known } = specification;
    write(file, { specification: known, hasRun: true });
    say(parts.sink, `${ON_FAILURE_BEGINS}because ${failed.event} failed.`);
    const outcome = await runScriptsOf(
      sourceIn(layout.deploymentDirectory, specification, layout),
      ON_FAILURE,
      { ...parts, specification, layout },
      { environment: failureEnvironment(failed), maxSeconds: MAX_ON_FAILURE_SECONDS },
    );
    if (outcome.errorCode === AGENT_ERROR_CODES.success) say(parts.sink, `${ON_FAILURE} has ended.`);
    else
      say(parts.sink, `${ON_FAILURE} failed, which changes nothing about why ${failed.event} did: ${outcome.message}`);
  } catch (error) {
    say(parts.sink, `${ON_FAILURE} could not run: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What the hook's scripts see beside what every script does. */
function failureEnvironment({ event, outcome }: FailedEvent): Record<string, string> {
  const { errorCode, scriptName, message, exitCode } = outcome;
  return {
    FAILED_LIFECYCLE_EVENT: event,
    FAILED_ERROR_CODE: errorCodeFromAgent(errorCode),
    // Not more than one line, and of a length that every program takes.
    FAILED_REASON: message.replaceAll(/\s+/g, " ").slice(0, MAX_REASON_CHARACTERS),
    ...(scriptName === "" ? {} : { FAILED_SCRIPT: scriptName }),
    ...(exitCode === undefined ? {} : { FAILED_EXIT_CODE: String(exitCode) }),
  };
}

const MAX_REASON_CHARACTERS = 4_096;

/** Then the deployment goes on. */
function isForgivenBy({ IgnoreApplicationStopFailures }: DeploymentSpecification, { event }: FailedEvent): boolean {
  return IgnoreApplicationStopFailures === true && isForgivable(event);
}

function hasHook(layout: DeploymentLayout, specification: DeploymentSpecification): boolean {
  try {
    return hookScripts(sourceIn(layout.deploymentDirectory, specification, layout).appSpec, ON_FAILURE).length > 0;
  } catch {
    // What is wrong with the AppSpec is the event's to tell.
    return false;
  }
}

/** A restart's file is with the archive that it runs the scripts of. */
function findSpecification(rootDirectory: string, failed: FailedEvent): DeploymentSpecification | undefined {
  if (!isGroupName(failed.deploymentGroupId) || !isGroupName(failed.deploymentId)) return undefined;
  const groupDirectory = join(rootDirectory, failed.deploymentGroupId);
  if (!existsSync(groupDirectory)) return undefined;
  for (const name of readdirSync(groupDirectory)) {
    const found = read(fileOf(join(groupDirectory, name), failed.deploymentId));
    if (found !== undefined) return found.specification;
  }
  return undefined;
}

function fileOf(deploymentDirectory: string, deploymentId: string): string {
  return join(deploymentDirectory, `on-failure-${deploymentId}.json`);
}

function read(file: string): OnFailureFile | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as OnFailureFile;
  } catch {
    return undefined;
  }
}

function write(file: string, content: OnFailureFile): void {
  replaceFile(file, JSON.stringify(content), { mode: FILE_MODE });
}

function say(sink: OutputSink, text: string): void {
  sink.write({ stream: "agent", scriptName: "", text: `${text}\n` });
}
