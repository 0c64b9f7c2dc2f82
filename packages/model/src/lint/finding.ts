import { visibleLine } from "../visible-text.ts";

/**
 * `error`: every host would fail. `warning`: it is accepted, and does not do what it seems to say. `note`: worth knowing, and often meant so;
 * deployments do not mention it.
 */
export type Severity = "error" | "warning" | "note";

export interface Finding {
  /** The check's name, which the reference page lists. */
  readonly check: string;
  readonly severity: Severity;
  /** In the AppSpec, counted from 1; null where the AppSpec itself is missing, or lacks something. */
  readonly line: number | null;
  /** In that line, counted from 1; absent: the whole line. */
  readonly column?: number;
  /** Sentences: what is there, what will happen, what was probably meant. */
  readonly message: string;
  /** Only hosts with the Sluice agent are concerned; those with the AWS agent do it. */
  readonly onlyFor?: "sluice-agent";
}

export type FindingPlace = Pick<Finding, "line" | "column">;

/** `appspec.yml line 7: …`. Names in it come from the bundle, so what steers a terminal is written out. */
export function describeFinding(fileName: string, { line, message }: Pick<Finding, "line" | "message">): string {
  return visibleLine(line === null ? `${fileName}: ${message}` : `${fileName} line ${line}: ${message}`);
}
