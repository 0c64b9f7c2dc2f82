import { lstatSync } from "node:fs";
import { type AppSpec, DIRECTORY_LINK_BEHAVIORS } from "@sluice/model/app-spec/app-spec.ts";
import { filePaths, permissionRule } from "@sluice/model/app-spec/install-values.ts";
import type { DeploymentLayout } from "../layout.ts";
import { lookUpAccounts } from "./apply-plan.ts";
import { checkEarlierCopies } from "./earlier-copies.ts";
import { Folders } from "./folders.ts";
import { goneAfterCleanup } from "./gone-after-cleanup.ts";
import { InstallPlan } from "./install-plan.ts";
import { Originals } from "./originals.ts";
import { type PermissionStep, permissionSteps, planPermissions } from "./permission-plan.ts";
import { checkPermissionPrograms } from "./permission-programs.ts";
import { readSources } from "./source-tree.ts";

export type PreviewedStep =
  | { readonly type: "remove"; readonly path: string }
  | { readonly type: "mkdir"; readonly directory: string }
  /** `source` is below the archive. */
  | { readonly type: "copy"; readonly source: string; readonly destination: string; readonly replaces: boolean }
  | PreviewedPermission
  /** What an earlier revision replaced. */
  | { readonly type: "putBack"; readonly path: string };

type PreviewedPermission = PermissionStep extends infer Step
  ? Step extends unknown
    ? Omit<Step, "target">
    : never
  : never;

/**
 * What an install would do, in its order, by the plan that it would make: as if the previous revision were removed. Nothing is changed.
 * @param layout of the group on this host, whose records are read
 * @throws EventFailure as the install would
 */
export async function previewInstall(
  archiveDirectory: string,
  { cleanupFile, originalsDirectory }: Pick<DeploymentLayout, "cleanupFile" | "originalsDirectory">,
  { appSpec, fileExistsBehavior }: { readonly appSpec: AppSpec; readonly fileExistsBehavior: string },
): Promise<readonly PreviewedStep[]> {
  const rules = appSpec.permissions.map(permissionRule);
  checkPermissionPrograms(rules);
  const behavior = appSpec.directoryLinkBehavior ?? DIRECTORY_LINK_BEHAVIORS[0];
  const { sources, directoryLinks } = await readSources(archiveDirectory, appSpec.files.map(filePaths), behavior);
  if (fileExistsBehavior !== "RETAIN") checkEarlierCopies(directoryLinks, cleanupFile);
  const originals = new Originals(originalsDirectory);
  const gone = goneAfterCleanup(cleanupFile, (path, walked) => originals.isUntouched(path, walked));
  const folders = new Folders();
  try {
    const plan = new InstallPlan(fileExistsBehavior, folders, gone);
    for (const source of sources) plan.addFiles(source);
    planPermissions(rules, plan);
    await lookUpAccounts(permissionSteps(rules, plan));
    return [
      ...[...gone].map((path) => ({ type: "remove", path }) as const),
      ...plan.steps.map((step) => previewOf(step, archiveDirectory)),
      ...[...permissionSteps(rules, plan)].map(({ target: _, ...step }) => step as PreviewedPermission),
      ...[...originals.paths()]
        .filter((path) => plan.copyTo(path) === undefined && !plan.directories.has(path))
        .filter((path) => gone.has(path) || !isThere(path, folders))
        .map((path) => ({ type: "putBack", path }) as const),
    ];
  } finally {
    folders.close();
  }
}

/** What is behind a link that is not followed counts as there: nothing is put back through it. */
function isThere(path: string, folders: Folders): boolean {
  try {
    return lstatSync(folders.at(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function previewOf(step: InstallPlan["steps"][number], archiveDirectory: string): PreviewedStep {
  if (step.type === "mkdir") return { type: "mkdir", directory: step.directory };
  const { source, destination, replaces } = step;
  return { type: "copy", source: source.slice(archiveDirectory.length + 1), destination, replaces };
}
