import { basename } from "node:path";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { hookScripts, ON_FAILURE, refuseUnknownLifecycleEvents } from "@sluice/model/app-spec/hook-scripts.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { AGENT_ERROR_CODES } from "@sluice/model/diagnostics.ts";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import { readAppSpec } from "../host/app-spec-file.ts";
import { EventFailure, failed } from "../host/event-failure.ts";
import { createHost, type Host } from "../host/host.ts";
import type { HostConfigInput } from "../host/host-config.ts";
import { layoutOf } from "../host/layout.ts";
import type { CommandOutcome, OutputSink } from "../host/lifecycle-command.ts";
import { AGENT_VERSION } from "../identity/agent-version.ts";
import { becomeOnlyInstance } from "../process/single-instance.ts";
import { LOCAL_EVENTS } from "./local-events.ts";

export interface LocalRun {
  /** Where deployments are kept; made where it does not exist. */
  readonly directory: string;
  readonly specification: DeploymentSpecification;
  /** In this order. */
  readonly events: readonly string[];
  readonly config: HostConfigInput;
  readonly sink: OutputSink;
  readonly signal: AbortSignal;
  readonly onStart: (event: string) => void;
  readonly onEnd: (event: LocalEvent) => void;
}

export interface LocalEvent {
  readonly event: string;
  /** Whether there was nothing to do: no script of the AppSpec, or no former revision that could have one. */
  readonly isNoop: boolean;
  readonly seconds: number;
  readonly outcome: CommandOutcome;
}

export interface LocalResult {
  /** Up to the first that failed. */
  readonly events: readonly LocalEvent[];
  /** The event that failed, if one did. */
  readonly failed: LocalEvent | undefined;
  readonly deploymentDirectory: string;
  readonly scriptsLogFile: string;
}

/**
 * Runs a deployment's events on this machine, as the agent would, without a server.
 * @throws AlreadyRunning when an agent, or another local deployment, works in the directory
 */
export async function runLocal(run: LocalRun): Promise<LocalResult> {
  const { directory, specification, config } = run;
  const layout = layoutOf(directory, specification);
  makeDirectory(directory, DIRECTORY_MODE);
  const startedAt = new Date().toISOString();
  const lock = await becomeOnlyInstance(directory, () => ({
    processId: process.pid,
    agentVersion: AGENT_VERSION,
    startedAt,
    isStopping: run.signal.aborted,
    heldCommands: [],
  }));
  const host = createHost({ directory, config, isLocal: true });
  try {
    host.sweepOnStart();
    const events: LocalEvent[] = [];
    for (const event of run.events) {
      run.onStart(event);
      const ended = await runEvent(event, host, run);
      events.push(ended);
      run.onEnd(ended);
      if (ended.outcome.errorCode === AGENT_ERROR_CODES.success) continue;
      const { DeploymentId: deploymentId, DeploymentGroupId: deploymentGroupId } = specification;
      const failure = { deploymentId, deploymentGroupId, event, outcome: ended.outcome, specification };
      await host.afterFailure(failure, run.sink, run.signal);
      break;
    }
    return {
      events,
      failed: events.find(({ outcome }) => outcome.errorCode !== AGENT_ERROR_CODES.success),
      deploymentDirectory: layout.deploymentDirectory,
      scriptsLogFile: layout.scriptsLogFile,
    };
  } finally {
    host.close();
    await lock.release();
  }
}

const DIRECTORY_MODE = 0o755;

async function runEvent(
  event: string,
  host: Host,
  { directory, specification, events, sink, signal }: LocalRun,
): Promise<LocalEvent> {
  const began = performance.now();
  const command = { commandName: event, specification, bundleUrl: undefined };
  const isNoop = host.isNoop(command);
  let outcome = await host.run(command, sink, signal);
  if (event === "DownloadBundle" && outcome.errorCode === AGENT_ERROR_CODES.success) {
    try {
      checkHooks(layoutOf(directory, specification).archiveDirectory, specification.AppSpecFilename, events);
    } catch (error) {
      outcome = failed(error);
    }
  }
  return { event, isNoop, seconds: (performance.now() - began) / 1000, outcome };
}

/**
 * What the reference refuses at Install: hooks for events that will not come, and events of `--events` that are nobody's.
 * @throws AppSpecError or EventFailure
 */
export function checkHooks(archiveDirectory: string, appSpecFile: string, events: readonly string[]): AppSpec {
  const appSpec = readAppSpec(archiveDirectory, appSpecFile);
  refuseUnknownLifecycleEvents(appSpec, [...LOCAL_EVENTS, ON_FAILURE, ...events], basename(appSpecFile));
  for (const event of events) {
    if (LOCAL_EVENTS.includes(event) || hookScripts(appSpec, event).length > 0) continue;
    throw new EventFailure(
      `The event ${JSON.stringify(event)} of --events is none of CodeDeploy's, and ${appSpecFile} has no hook of this name. ` +
        `Correct it, or add the hook: CodeDeploy's events are ${LOCAL_EVENTS.join(", ")}.`,
    );
  }
  return appSpec;
}
