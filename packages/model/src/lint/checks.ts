import type { AppSpecOs } from "../app-spec/app-spec.ts";
import {
  collidingFiles,
  oddDestinations,
  refusedEntries,
  secondAppSpec,
  sourcesThatCannotBe,
  unusableFiles,
} from "./file-checks.ts";
import type { Finding } from "./finding.ts";
import { eventsThatRunNothing, misreadSudo, misreadTimeouts, noValidation } from "./hook-checks.ts";
import type { InstalledPaths } from "./installed-paths.ts";
import { repeatedKeys, unknownKeys } from "./key-checks.ts";
import { type BundledAppSpec, findingPlace, type LintSubject, type WrittenAppSpec } from "./lint-subject.ts";
import { exceptsThatMiss, misreadModes, pointlessPermissions, unusablePermissions } from "./permission-checks.ts";
import {
  programsWithoutModes,
  scriptsThatCannotRun,
  scriptsThatRunOtherwise,
  servicesLeftRunning,
  unusableScripts,
} from "./script-checks.ts";

/** Looks at the file alone, also at one that agents refuse: a misspelt key may be why. */
export interface WrittenCheck {
  readonly names: readonly string[];
  readonly find: (written: WrittenAppSpec) => readonly Finding[];
}

/** Looks at scripts in the bundle, also of a file that agents refuse for something else: who mends that is to find out both at once. */
export interface ScriptCheck {
  readonly names: readonly string[];
  readonly find: (written: BundledAppSpec) => readonly Finding[];
}

/** Looks at an AppSpec that agents accept, and at the bundle where that is known. */
export interface Check {
  readonly names: readonly string[];
  readonly find: (subject: LintSubject, installed: InstalledPaths | null) => readonly Finding[];
  /** Only for AppSpecs of this system. */
  readonly os?: AppSpecOs;
}

export const WRITTEN_CHECKS: readonly WrittenCheck[] = [
  { names: ["unknown-key"], find: unknownKeys },
  { names: ["repeated-key"], find: repeatedKeys },
  { names: ["unknown-event"], find: eventsThatRunNothing },
  { names: ["mode"], find: misreadModes },
];

/** Of AppSpecs for Linux. */
export const SCRIPT_CHECKS: readonly ScriptCheck[] = [
  { names: ["missing-script", "unusable-script", "outside"], find: scriptsThatCannotRun },
  { names: ["script-start", "not-executable"], find: scriptsThatRunOtherwise },
  { names: ["left-running", "foreground"], find: servicesLeftRunning },
];

export const CHECKS: readonly Check[] = [
  { names: ["windows"], find: forWindows, os: "windows" },
  { names: ["refused-entry"], find: refusedEntries },
  { names: ["timeout"], find: misreadTimeouts },
  { names: ["sudo"], find: misreadSudo, os: "linux" },
  { names: ["no-validation"], find: noValidation },
  { names: ["unusable-value"], find: unusableScripts, os: "linux" },
  { names: ["no-modes"], find: programsWithoutModes, os: "linux" },
  { names: ["unusable-value"], find: unusableFiles },
  { names: ["missing-source", "outside"], find: sourcesThatCannotBe, os: "linux" },
  { names: ["destination"], find: oddDestinations, os: "linux" },
  { names: ["same-destination"], find: collidingFiles, os: "linux" },
  { names: ["unusable-value"], find: unusablePermissions },
  { names: ["permission-object", "permission-pattern", "permission-twice"], find: pointlessPermissions, os: "linux" },
  { names: ["permission-except"], find: exceptsThatMiss, os: "linux" },
  { names: ["second-app-spec"], find: secondAppSpec },
];

/** Every name that a finding may have. */
export const CHECK_NAMES: readonly string[] = [
  ...new Set([
    "refused",
    "missing-app-spec",
    "byte-order-mark",
    "line-ends",
    ...[...WRITTEN_CHECKS, ...SCRIPT_CHECKS, ...CHECKS].flatMap(({ names }) => names),
  ]),
];

function forWindows({ root, places }: LintSubject): Finding[] {
  const message =
    "os: windows is for the AWS agent on Windows: hosts with the Sluice agent run Linux, and fail at the first event after DownloadBundle. Its paths and scripts are not checked.";
  const place = findingPlace(places.member(root, "os"));
  return [{ check: "windows", severity: "error", ...place, message, onlyFor: "sluice-agent" }];
}
