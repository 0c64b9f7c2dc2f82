import { accessSync, constants, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { HookScript } from "@sluice/model/app-spec/app-spec.ts";
import { hookScripts } from "@sluice/model/app-spec/hook-scripts.ts";
import { readAppSpec } from "../host/app-spec-file.ts";
import { EventFailure, failed } from "../host/event-failure.ts";
import { scriptSource } from "../host/hooks/script-source.ts";
import { createHost } from "../host/host.ts";
import { completeHostConfig } from "../host/host-config.ts";
import { effectiveFileExistsBehavior } from "../host/install/install-plan.ts";
import { type PreviewedStep, previewInstall } from "../host/install/preview-install.ts";
import { type DeploymentLayout, layoutOf } from "../host/layout.ts";
import { surplusRevisions } from "../host/old-revisions.ts";
import { removeTree } from "../host/remove-tree.ts";
import { checkHooks, type LocalRun } from "./run-local.ts";

export interface PreviewedScript extends HookScript {
  readonly isExecutable: boolean;
}

export interface PreviewedEvent {
  readonly event: string;
  /** Of a hook: what would run, and the earlier deployment whose scripts these are, where they are not the new revision's. */
  readonly scripts: readonly PreviewedScript[];
  readonly scriptsOf?: string | undefined;
  /** Of DownloadBundle: directories of old revisions that would be removed. */
  readonly oldRevisions: readonly string[];
  /** Of Install. */
  readonly steps: readonly PreviewedStep[];
  /** Why it would fail; nothing comes after it then. */
  readonly failure?: string | undefined;
}

/**
 * What {@link runLocal} would do: by the same code, with the revision in a directory of the system's for temporary files, which is removed again. On the
 * host nothing is changed, and no script runs.
 */
export async function previewLocal(
  run: Pick<LocalRun, "directory" | "specification" | "events" | "config" | "sink" | "signal">,
): Promise<readonly PreviewedEvent[]> {
  const temporary = mkdtempSync(join(tmpdir(), "sluice-local-dry-run-"));
  try {
    const previewed: PreviewedEvent[] = [];
    for (const event of run.events) {
      const one = await previewEvent(event, temporary, run);
      previewed.push(one);
      if (one.failure !== undefined) break;
    }
    return previewed;
  } finally {
    await removeTree(temporary);
  }
}

async function previewEvent(
  event: string,
  temporary: string,
  run: Parameters<typeof previewLocal>[0],
): Promise<PreviewedEvent> {
  const { directory, specification } = run;
  const nothing = { event, scripts: [], oldRevisions: [], steps: [] };
  const here = layoutOf(directory, specification);
  const there = layoutOf(temporary, specification);
  try {
    if (event === "DownloadBundle") {
      await takeRevision(temporary, there, run);
      return { ...nothing, oldRevisions: await surplusRevisions(here, completeHostConfig(run.config)) };
    }
    if (event === "Install") {
      const appSpec = readAppSpec(there.archiveDirectory, specification.AppSpecFilename);
      const asked = specification.AgentActionOverrides?.AgentOverrides?.FileExistsBehavior;
      const fileExistsBehavior = effectiveFileExistsBehavior(appSpec.fileExistsBehavior, asked);
      return {
        ...nothing,
        steps: await previewInstall(there.archiveDirectory, here, { appSpec, fileExistsBehavior }),
      };
    }
    // Before the revision is there, the host's own records say whose scripts run.
    const source = scriptSource(event, specification, existsSync(there.archiveDirectory) ? there : here);
    if (source === undefined) return nothing;
    const scripts = hookScripts(source.appSpec, event).map((script) =>
      previewScript(script, source.archiveDirectory, run),
    );
    const isFormer = source.deploymentDirectory !== there.deploymentDirectory;
    return { ...nothing, scripts, scriptsOf: isFormer ? basename(source.deploymentDirectory) : undefined };
  } catch (error) {
    return { ...nothing, failure: failed(error).message.replaceAll(temporary, directory) };
  }
}

async function takeRevision(
  temporary: string,
  { archiveDirectory }: DeploymentLayout,
  run: Parameters<typeof previewLocal>[0],
): Promise<void> {
  const { specification, config, sink, signal, events } = run;
  const host = createHost({ directory: temporary, config, isLocal: true });
  try {
    const command = { commandName: "DownloadBundle", specification, bundleUrl: undefined };
    const { errorCode, message } = await host.run(command, sink, signal);
    if (errorCode !== 0) throw new EventFailure(message);
  } finally {
    host.close();
  }
  checkHooks(archiveDirectory, specification.AppSpecFilename, events);
}

function previewScript(
  script: HookScript,
  archiveDirectory: string,
  { config }: Parameters<typeof previewLocal>[0],
): PreviewedScript {
  const path = join(archiveDirectory, script.location);
  if (!existsSync(path)) throw new EventFailure(`Script does not exist at specified location: ${path}`);
  const isExecutable = mayExecute(path);
  if (!isExecutable && config.strictScripts) {
    throw new EventFailure(
      `Script at specified location: ${script.location} is not executable, and agent.json sets strictScripts. Run chmod +x on it.`,
    );
  }
  return { ...script, isExecutable };
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
