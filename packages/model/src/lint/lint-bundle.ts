import type { AppSpec } from "../app-spec/app-spec.ts";
import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { parseAppSpecDocument } from "../app-spec/app-spec-parser.ts";
import { readYamlDocument } from "../app-spec/yaml-document.ts";
import { isYamlMap } from "../app-spec/yaml-value.ts";
import { APP_SPEC_NAMES, type BundleListing } from "./bundle-listing.ts";
import { CHECKS, SCRIPT_CHECKS, WRITTEN_CHECKS } from "./checks.ts";
import type { Finding } from "./finding.ts";
import { installedPaths } from "./installed-paths.ts";
import { findingPlace, quoted, scriptsOf } from "./lint-subject.ts";
import { hintOn, unseenInText } from "./text-checks.ts";

export interface LintReport {
  /** By line; errors first where several are on one. */
  readonly findings: readonly Finding[];
  /** Null where agents refuse it. */
  readonly appSpec: AppSpec | null;
}

/**
 * What is to be said of an AppSpec before it is deployed.
 * @param bundle null: what is in the bundle is not known, and only the file itself is checked
 */
export function lintAppSpec(content: string | Uint8Array, bundle: BundleListing | null): LintReport {
  const findings: Finding[] = [...unseenInText(content)];
  let appSpec: AppSpec | null = null;
  try {
    const document = readYamlDocument(content);
    const { root, places } = document;
    if (isYamlMap(root)) {
      if (isForContainers(root)) return { findings: [forContainers()], appSpec: null };
      for (const { find } of WRITTEN_CHECKS) findings.push(...find({ root, places }));
      if (root.get("os") === "linux")
        for (const { find } of SCRIPT_CHECKS) findings.push(...find({ root, places, bundle }));
    }
    appSpec = parseAppSpecDocument(document);
    if (isYamlMap(root)) {
      const subject = { root, places, appSpec, bundle };
      // Paths and scripts of Windows have rules of their own.
      const installed = appSpec.os === "linux" ? installedPaths(subject) : null;
      for (const { find, os } of CHECKS) {
        if (os === undefined || os === appSpec.os) findings.push(...find(subject, installed));
      }
    }
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    findings.push({
      check: "refused",
      severity: "error",
      ...findingPlace(error.place),
      message: `${error.message}${hintOn(error.message)}`,
    });
  }
  return { findings: inOrder(findings), appSpec };
}

/** Why agents find no AppSpec in a bundle, and what to do. */
export function missingAppSpec({ entries }: BundleListing): Finding {
  const paths = [...entries.keys()];
  const inFolder = paths.find((path) => /\/appspec\.ya?ml$/.test(path));
  const misnamed = paths.find((path) => !path.includes("/") && /^app[-_. ]?spec\b/i.test(path));
  const cure =
    misnamed !== undefined
      ? `Rename ${quoted(misnamed)} to ${APP_SPEC_NAMES[0]}.`
      : inFolder !== undefined
        ? `It is at ${quoted(inFolder)}: pack the content of ${quoted(inFolder.slice(0, inFolder.lastIndexOf("/")))}.`
        : `Put an ${APP_SPEC_NAMES[0]} at its top.`;
  const message = `The bundle has no ${APP_SPEC_NAMES.join(" and no ")} at its top: every host fails at the first event after DownloadBundle. ${cure}`;
  return { check: "missing-app-spec", severity: "error", line: null, message };
}

function isForContainers(root: ReadonlyMap<unknown, unknown>): boolean {
  return !root.has("os") && (root.has("Resources") || root.has("resources"));
}

function forContainers(): Finding {
  const message =
    "This is an AppSpec for ECS or Lambda: a deployment to hosts needs os: linux, and files and hooks instead of Resources and Hooks.";
  return { check: "refused", severity: "error", line: null, message };
}

const SEVERITIES = ["error", "warning", "note"] as const;

function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return [...findings].sort(
    (one, other) =>
      (one.line ?? 0) - (other.line ?? 0) || rank(one) - rank(other) || (one.column ?? 0) - (other.column ?? 0),
  );
}

/** Where the scripts of an AppSpec are, as it has them; none of what is no YAML. */
export function scriptLocations(content: string | Uint8Array): readonly string[] {
  try {
    const { root, places } = readYamlDocument(content);
    return isYamlMap(root) ? scriptsOf({ root, places }).map(({ location }) => location) : [];
  } catch (error) {
    if (error instanceof AppSpecError) return [];
    throw error;
  }
}
