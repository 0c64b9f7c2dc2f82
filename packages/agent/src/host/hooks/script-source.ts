import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { readAppSpec } from "../app-spec-file.ts";
import { EventFailure } from "../event-failure.ts";
import { ARCHIVE_DIRECTORY_NAME, type DeploymentLayout, readPointer } from "../layout.ts";

type Supplier = "current" | "lastSuccessful" | "mostRecent";

/** Which revision's scripts an event runs (`hook_executor.rb`). */
const SUPPLIERS: Readonly<Record<string, Supplier>> = {
  BeforeBlockTraffic: "lastSuccessful",
  AfterBlockTraffic: "lastSuccessful",
  ApplicationStop: "lastSuccessful",
  BeforeInstall: "current",
  AfterInstall: "current",
  ApplicationStart: "current",
  ValidateService: "current",
  BeforeAllowTraffic: "current",
  AfterAllowTraffic: "current",
};

/** A rolled-back blue/green deployment has no install phase: its hosts run what they already have. */
const BLUE_GREEN_ROLLBACK_SUPPLIERS: Readonly<Record<string, Supplier>> = {
  ...SUPPLIERS,
  BeforeBlockTraffic: "mostRecent",
  AfterBlockTraffic: "mostRecent",
  BeforeAllowTraffic: "lastSuccessful",
  AfterAllowTraffic: "lastSuccessful",
};

export function isHookEvent(commandName: string): boolean {
  return Object.hasOwn(SUPPLIERS, commandName);
}

export interface ScriptSource {
  readonly deploymentDirectory: string;
  readonly archiveDirectory: string;
  readonly appSpec: AppSpec;
}

/**
 * The archive and AppSpec that supply an event's scripts, or undefined when the group has no earlier install to supply
 * them. An archive of this very deployment, once it is on the host, always wins.
 * @throws EventFailure when the AppSpec is missing, or the parser's error when it is broken
 */
export function scriptSource(
  eventName: string,
  specification: DeploymentSpecification,
  layout: DeploymentLayout,
): ScriptSource | undefined {
  const deploymentDirectory = supplyingDirectory(eventName, specification, layout);
  if (deploymentDirectory === undefined) return undefined;
  return sourceIn(deploymentDirectory, specification, layout);
}

export function sourceIn(
  deploymentDirectory: string,
  specification: DeploymentSpecification,
  layout: DeploymentLayout,
): ScriptSource {
  const archiveDirectory = join(deploymentDirectory, ARCHIVE_DIRECTORY_NAME);
  const isInstalled = deploymentDirectory !== layout.deploymentDirectory || isRestart(specification);
  const appSpec = readAppSpec(archiveDirectory, specification.AppSpecFilename ?? "", { isInstalled });
  return { deploymentDirectory, archiveDirectory, appSpec };
}

export function isRestart({ ReuseArchiveFromDeploymentId }: DeploymentSpecification): boolean {
  return ReuseArchiveFromDeploymentId !== undefined;
}

function archiveMissing({ archiveDirectory, deploymentDirectory }: DeploymentLayout): string {
  return (
    `The archive of deployment ${basename(deploymentDirectory)}, whose scripts the restart runs, is not on this host: ${archiveDirectory} does not exist. ` +
    "Deploy the revision to the host again, which brings its archive back, and then restart."
  );
}

/**
 * The deployment whose scripts an event runs; undefined where none has been installed.
 * @throws EventFailure when what a restart needs is gone
 */
export function supplyingDirectory(
  eventName: string,
  specification: DeploymentSpecification,
  layout: DeploymentLayout,
): string | undefined {
  if (existsSync(layout.archiveDirectory)) return layout.deploymentDirectory;
  if (isRestart(specification)) throw new EventFailure(archiveMissing(layout));
  const isBlueGreenRollback =
    specification.DeploymentCreator === "codeDeployRollback" && specification.DeploymentType === "BLUE_GREEN";
  const supplier = (isBlueGreenRollback ? BLUE_GREEN_ROLLBACK_SUPPLIERS : SUPPLIERS)[eventName];
  switch (supplier) {
    case "lastSuccessful":
      return readPointer(layout.lastSuccessfulInstallFile);
    case "mostRecent":
      return readPointer(layout.mostRecentInstallFile);
    default:
      return layout.deploymentDirectory;
  }
}
