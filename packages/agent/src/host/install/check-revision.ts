import { checkScriptValues, filePaths, permissionRule } from "@sluice/model/app-spec/install-values.ts";
import { readAppSpec } from "../app-spec-file.ts";
import { checkScriptInside } from "../hooks/run-script.ts";
import { checkPermissionPrograms } from "./permission-programs.ts";
import { checkSource } from "./source-tree.ts";

/**
 * Refuses what Install, or a hook, would refuse whatever the host holds, as soon as the bundle is there: no script of the revision has run by then,
 * and the old revision is still installed. An AppSpec that is missing or broken is left to the next event, which says so in the reference agent's
 * words before anything runs.
 * @throws EventFailure or AppSpecError
 */
export function checkRevision(archiveDirectory: string, appSpecFileName: string): void {
  const appSpec = readable(() => readAppSpec(archiveDirectory, appSpecFileName));
  if (appSpec === undefined) return;
  for (const file of appSpec.files) checkSource(archiveDirectory, filePaths(file));
  checkPermissionPrograms(appSpec.permissions.map(permissionRule));
  for (const scripts of Object.values(appSpec.hooks)) {
    for (const script of scripts) {
      checkScriptValues(script);
      checkScriptInside(script, archiveDirectory);
    }
  }
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
