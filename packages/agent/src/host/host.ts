import { hookScripts } from "@sluice/model/app-spec/hook-scripts.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { readAppSpec } from "./app-spec-file.ts";
import { adoptArchive } from "./archive/adopt-archive.ts";
import { unpackBundle } from "./archive/unpack-bundle.ts";
import { pruneCache } from "./bundle/bundle-cache.ts";
import { downloadBundle, forgetBundle } from "./bundle/download-bundle.ts";
import { takeLocalRevision } from "./bundle/local-revision.ts";
import { DeploymentsLog } from "./deployments-log.ts";
import { flushFileSystemOf } from "./durable-file.ts";
import { EventFailure, failed, succeeded, succeededWith } from "./event-failure.ts";
import { prepareOnFailure, runOnFailure } from "./hooks/on-failure.ts";
import { OutputPipes } from "./hooks/output-pipes.ts";
import { runHook } from "./hooks/run-hook.ts";
import { isHookEvent, isRestart, scriptSource, supplyingDirectory } from "./hooks/script-source.ts";
import { completeHostConfig, type HostConfig, type HostConfigInput, type HostLogger } from "./host-config.ts";
import { checkRevision } from "./install/check-revision.ts";
import { install } from "./install/install.ts";
import { effectiveFileExistsBehavior } from "./install/install-plan.ts";
import { type DeploymentLayout, ensureDirectory, layoutOf, writePointer } from "./layout.ts";
import type { CommandOutcome, FailedEvent, LifecycleCommand, OutputSink } from "./lifecycle-command.ts";
import { withRoom } from "./make-room.ts";
import { removeOldRevisions } from "./old-revisions.ts";
import { removeTree } from "./remove-tree.ts";
import { isLocalRevision, type Revision, revisionOf } from "./revision.ts";
import { sweep } from "./sweep.ts";

export interface Host {
  /** Runs one lifecycle event. Whatever the bundle, the AppSpec or a script does becomes an outcome; it never rejects. */
  run(command: LifecycleCommand, sink: OutputSink, signal: AbortSignal): Promise<CommandOutcome>;
  /**
   * Whether running the command would do nothing (`IsCommandNoop` of the acknowledgement). A broken AppSpec is not
   * nothing: `run` then says what is wrong with it.
   */
  isNoop(command: LifecycleCommand): boolean;
  /** The OnFailure hook of the revision of which an event failed. Never rejects. */
  afterFailure(failed: FailedEvent, sink: OutputSink, signal: AbortSignal): Promise<void>;
  /** Removes what a killed agent left half-made. To be called once, before the first `run`. */
  sweepOnStart(): void;
  /** Closes files; background processes of scripts keep their outputs. */
  close(): void;
}

export interface HostOptions {
  /** The agent's root directory (the reference agent's `:root_dir:`). Scripts of other users must be able to pass it. */
  readonly directory: string;
  readonly logger?: HostLogger | undefined;
  readonly config?: HostConfigInput;
  /** The commands are those of a person on this machine, not a server's: a revision may be a path, and an event any hook of the AppSpec. */
  readonly isLocal?: boolean | undefined;
}

/** What happens on a host when an event is its turn. Knows nothing of the server. */
export function createHost({ directory, logger, config: input = {}, isLocal = false }: HostOptions): Host {
  const config = completeHostConfig(input);
  const deploymentsLog = new DeploymentsLog(directory);
  const pipes = new OutputPipes(directory);
  const busy = new Set<string>();

  async function run(command: LifecycleCommand, sink: OutputSink, signal: AbortSignal): Promise<CommandOutcome> {
    const { commandName, specification } = command;
    let deploymentDirectory = "";
    try {
      signal.throwIfAborted();
      const layout = layoutOf(directory, specification);
      const context = { layout, config, signal, isLocal };
      deploymentDirectory = layout.deploymentDirectory;
      busy.add(deploymentDirectory);
      const room = { rootDirectory: directory, busy, say: (text: string) => say(sink, `${text}\n`) };
      if (isRestart(specification) && !isHookEvent(commandName)) {
        return checkRestart(commandName, specification, layout);
      }
      prepareOnFailure(layout, specification);
      if (commandName === "DownloadBundle")
        return await withRoom(() => runDownloadBundle(command, context, sink), room);
      if (commandName === "Install") return await withRoom(() => runInstall(command, context, sink), room);
      if (!isHookEvent(commandName) && !isLocal) throw new EventFailure(`Unsupported command type: ${commandName}.`);
      return await runHook(commandName, { ...context, specification, deploymentsLog, pipes, sink });
    } catch (error) {
      const outcome = failed(signal.aborted ? stopped(commandName, error) : error);
      logger?.warn({ err: error, commandName, deploymentId: specification.DeploymentId }, outcome.message);
      if (outcome.log !== "") say(sink, outcome.log);
      return outcome;
    } finally {
      busy.delete(deploymentDirectory);
    }
  }

  function isNoop({ commandName, specification }: LifecycleCommand): boolean {
    if (commandName === "DownloadBundle" || commandName === "Install") return false;
    if (!isHookEvent(commandName) && !isLocal) return true;
    try {
      const source = scriptSource(commandName, specification, layoutOf(directory, specification));
      return source === undefined || hookScripts(source.appSpec, commandName).length === 0;
    } catch {
      return false;
    }
  }

  return {
    run,
    isNoop,
    afterFailure: (failed, sink, signal) =>
      runOnFailure(failed, directory, { config, deploymentsLog, pipes, sink, signal }),
    sweepOnStart: () => sweep(directory),
    close: () => {
      deploymentsLog.close();
      pipes.close();
    },
  };
}

interface EventContext {
  readonly layout: DeploymentLayout;
  readonly config: HostConfig;
  readonly signal: AbortSignal;
  readonly isLocal: boolean;
}

async function runDownloadBundle(
  command: LifecycleCommand,
  context: EventContext,
  sink: OutputSink,
): Promise<CommandOutcome> {
  const { layout, config, signal, isLocal } = context;
  const { specification } = command;
  const local = isLocal && isLocalRevision(specification.Revision) ? specification.Revision : undefined;
  // Checked before anything is removed or made.
  const revision = local === undefined ? revisionOf(specification) : undefined;
  ensureDirectory(layout.groupDirectory);
  ensureDirectory(layout.deploymentDirectory);
  for (const problem of await removeOldRevisions(layout, config)) say(sink, `${problem}\n`);
  if (local !== undefined) await takeLocalRevision(layout, local, { limits: config.archiveLimits, signal });
  if (revision !== undefined) await fetchRevision(revision, command, context, sink);
  try {
    checkRevision(layout.archiveDirectory, specification.AppSpecFilename ?? "");
  } catch (error) {
    await removeTree(layout.archiveDirectory);
    throw error;
  }
  await flushFileSystemOf(layout.archiveDirectory);
  ensureDirectory(layout.instructionsDirectory);
  writePointer(layout.mostRecentInstallFile, layout.deploymentDirectory);
  return succeeded();
}

async function fetchRevision(
  revision: Revision,
  { specification, bundleUrl }: LifecycleCommand,
  { layout, config, signal }: EventContext,
  sink: OutputSink,
): Promise<void> {
  if (specification.BundleSha256Unknown !== undefined) {
    say(
      sink,
      `The bundle's SHA-256 is not known, so the download is not verified: ${specification.BundleSha256Unknown}.\n`,
    );
  }
  pruneCache(layout.bundlesDirectory, config);
  const onReuse = (sha256: string) =>
    say(sink, `The bundle is on this host already (SHA-256 ${sha256}), so it was not downloaded.\n`);
  const onRetry = (reason: string, delayMilliseconds: number) =>
    say(sink, `The download failed: ${reason}. Retrying in ${delayMilliseconds / 1000} s.\n`);
  const request = { revision, specification, bundleUrl, config, signal, onRetry, onReuse };
  const { bundleType } = revision;
  const unpack = () => unpackBundle(layout, { bundleType, limits: config.archiveLimits, signal });
  const { wasThere, kept } = await downloadBundle(layout, request);
  try {
    await unpack();
    await kept;
  } catch (error) {
    await kept.catch(() => {});
    // The bundle is no worse for it, and is needed when there is room.
    if (fullDisk(error) === "local") throw error;
    forgetBundle(layout);
    if (!wasThere || signal.aborted) throw error;
    // What an earlier run left was spoilt since; a fresh one may be good.
    const fresh = await downloadBundle(layout, { ...request, mayReuse: false });
    await unpack();
    await fresh.kept;
  }
}

/** The AWS agent's plan of a restart has a DownloadBundle, which that agent makes a copy in: this one runs the scripts where they are. */
function checkRestart(
  commandName: string,
  specification: DeploymentSpecification,
  layout: DeploymentLayout,
): CommandOutcome {
  if (commandName !== "DownloadBundle") {
    throw new EventFailure(`${commandName} is no part of a restart, which downloads and installs nothing.`);
  }
  supplyingDirectory(commandName, specification, layout);
  return succeeded();
}

async function runInstall(
  { specification }: LifecycleCommand,
  context: EventContext,
  sink: OutputSink,
): Promise<CommandOutcome> {
  const { layout, config, signal } = context;
  await adoptArchive(layout.deploymentDirectory);
  const appSpec = readAppSpec(layout.archiveDirectory, specification.AppSpecFilename ?? "");
  const fileExistsBehavior = effectiveFileExistsBehavior(
    appSpec.fileExistsBehavior,
    specification.AgentActionOverrides?.AgentOverrides?.FileExistsBehavior,
  );
  const maxEntries = config.archiveLimits.entries;
  const notes = await install(layout, { appSpec, fileExistsBehavior, maxEntries, signal });
  writePointer(layout.lastSuccessfulInstallFile, layout.deploymentDirectory);
  for (const note of notes) say(sink, `${note}\n`);
  return succeededWith(notes);
}

function stopped(commandName: string, cause: unknown): unknown {
  if (cause instanceof EventFailure) return cause;
  return new EventFailure(`${commandName} was stopped because the agent is stopping.`, { cause });
}

function say(sink: OutputSink, text: string): void {
  try {
    sink.write({ stream: "agent", scriptName: "", text });
  } catch {
    // The outcome carries the same words.
  }
}
