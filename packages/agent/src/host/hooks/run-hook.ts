import { hookScripts } from "@sluice/model/app-spec/hook-scripts.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { AGENT_ERROR_CODES } from "@sluice/model/diagnostics.ts";
import { adoptArchive } from "../archive/adopt-archive.ts";
import type { DeploymentsLog } from "../deployments-log.ts";
import { EventFailure, failed, succeeded } from "../event-failure.ts";
import type { HostConfig } from "../host-config.ts";
import { ownAccount } from "../install/accounts.ts";
import { bareDeploymentId, type DeploymentLayout } from "../layout.ts";
import type { CommandOutcome, OutputSink } from "../lifecycle-command.ts";
import { EventLog } from "./event-log.ts";
import { readHostEnvironment } from "./host-environment.ts";
import { withOlderRevision } from "./older-revision.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { OutputStream } from "./output-stream.ts";
import { runScript } from "./run-script.ts";
import { type Environment, isMaskedVariable, scriptEnvironment, withAccount } from "./script-environment.ts";
import { type ScriptSource, sourceIn, supplyingDirectory } from "./script-source.ts";
import { type OutputMask, outputMask } from "./secret-mask.ts";

export interface HookContext {
  readonly specification: DeploymentSpecification;
  readonly layout: DeploymentLayout;
  readonly config: HostConfig;
  readonly deploymentsLog: DeploymentsLog;
  readonly pipes: OutputPipes;
  readonly sink: OutputSink;
  readonly signal: AbortSignal;
}

/** Runs an event's scripts one after the other; the first that fails ends the event. No scripts: it succeeds at once. */
export async function runHook(eventName: string, context: HookContext): Promise<CommandOutcome> {
  const { specification, layout, signal } = context;
  const supplier = supplyingDirectory(eventName, specification, layout);
  if (supplier === undefined) return succeeded();
  const older = supplier === layout.deploymentDirectory ? undefined : supplier;
  try {
    const outcome = await runScriptsOf(sourceIn(supplier, specification, layout), eventName, context);
    if (older === undefined || signal.aborted || outcome.errorCode === AGENT_ERROR_CODES.success) return outcome;
    return { ...outcome, message: withOlderRevision(outcome.message, eventName, older) };
  } catch (error) {
    if (older === undefined || signal.aborted) throw error;
    const { message, ...details } = failed(error);
    throw new EventFailure(withOlderRevision(message, eventName, older), {
      ...details,
      hint: details.log,
      cause: error,
    });
  }
}

/** @param more variables beside the event's, and how long all scripts together may take */
export async function runScriptsOf(
  source: ScriptSource,
  eventName: string,
  context: HookContext,
  more: { readonly environment?: Readonly<Record<string, string>>; readonly maxSeconds?: number } = {},
): Promise<CommandOutcome> {
  const { specification, layout, config } = context;
  const scripts = hookScripts(source.appSpec, eventName);
  if (scripts.length === 0) return succeeded();
  await adoptArchive(source.deploymentDirectory);

  const output = new OutputStream(context.sink, config.timing.outputBatch);
  const agentEnvironment = config.environment ?? process.env;
  const own = scriptEnvironment(eventName, specification, agentEnvironment, config.scriptEnvironment);
  const environment = withAccount({ ...own, ...more.environment }, await ownAccount());
  const mask = maskOf(environment, agentEnvironment, specification, config);
  const log = new EventLog(layout.scriptsLogFile, bareDeploymentId(specification), context.deploymentsLog, mask);
  const endsAt = performance.now() + (more.maxSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
  try {
    log.append([`LifecycleEvent - ${eventName}`]);
    for (const script of scripts) {
      const secondsLeft = Math.max(Math.ceil((endsAt - performance.now()) / 1_000), 1);
      await runScript(
        { ...script, timeoutSeconds: Math.min(script.timeoutSeconds, secondsLeft) },
        {
          archiveDirectory: source.archiveDirectory,
          environment,
          log,
          mask,
          output,
          pipes: context.pipes,
          timing: config.timing,
          strictScripts: config.strictScripts,
          signal: context.signal,
        },
      );
      output.flush();
    }
    return succeeded(log.tail());
  } catch (error) {
    return failed(error, log.tail());
  } finally {
    output.end();
    log.close();
  }
}

/** Of variables by their names, of what scripts see and of what the agent itself has; and the agent's own keys, which no script has from it. */
function maskOf(
  environment: Readonly<Record<string, string>>,
  agentEnvironment: Environment,
  { GitHubAccessToken }: DeploymentSpecification,
  { maskedVariables, maskKnownSecrets, gitHubToken, s3Credentials }: HostConfig,
): OutputMask {
  const all = { ...readHostEnvironment(), ...agentEnvironment, ...environment };
  const named = Object.entries(all).flatMap(([name, value]) =>
    value !== undefined && isMaskedVariable(name, value, maskedVariables) ? [value] : [],
  );
  const keys = [GitHubAccessToken, gitHubToken, s3Credentials?.secretAccessKey, s3Credentials?.sessionToken];
  return outputMask([...named, ...keys.filter((key) => key !== undefined)], maskKnownSecrets);
}
