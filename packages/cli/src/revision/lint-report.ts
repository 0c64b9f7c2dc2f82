import type { Finding, Severity } from "@sluice/model/lint/finding.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { LintedPath } from "./lint-target.ts";

export interface LintCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

export function countFindings(findings: readonly Finding[]): LintCounts {
  const of = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  return { errors: of("error"), warnings: of("warning"), notes: of("note") };
}

/** `FILE:LINE:COLUMN: SEVERITY CHECK: MESSAGE` for each finding, as compilers write it, and a last line that sums up. */
export function formatLinted({ file, findings, platform, isBundleChecked, unchecked }: LintedPath): string {
  const lines = findings.map(
    (finding) => `${placeOf(file, finding)}: ${finding.severity} ${finding.check}: ${finding.message}`,
  );
  const counts = countFindings(findings);
  const told = [
    counted(counts.errors, "error"),
    ...(counts.warnings > 0 ? [counted(counts.warnings, "warning")] : []),
    ...(counts.notes > 0 ? [counted(counts.notes, "note")] : []),
  ];
  const left =
    unchecked !== undefined
      ? `not checked: ${unchecked}`
      : platform === "Server" && !isBundleChecked
        ? `${told.join(", ")}. Only the file was checked: name its directory to check the scripts and sources, too`
        : told.join(", ");
  return [...lines, `${file}: ${left}.`].map(visibleLine).join("\n");
}

/** Of what the file lacks, the file alone. */
function placeOf(file: string, { line, column }: Finding): string {
  if (line === null) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}

/** Findings with the file that each is in, for programs. */
export function lintedForJson({ path, platform, file, findings, isBundleChecked, unchecked }: LintedPath) {
  return {
    path,
    platform,
    file,
    isBundleChecked,
    ...(unchecked === undefined ? {} : { unchecked }),
    ...countFindings(findings),
    findings: findings.map(({ check, severity, line, column, message, onlyFor }) => ({
      check,
      severity,
      line,
      column: column ?? null,
      message,
      ...(onlyFor === undefined ? {} : { onlyFor }),
    })),
  };
}
