import { formatTable } from "../terminal/printing.ts";

/** One thing that was looked at. */
export interface Check {
  readonly subject: string;
  readonly outcome: "ok" | "warning" | "wrong";
  /** What is the case, with the cure where it is not as it should be. */
  readonly detail: string;
}

export function ok(subject: string, detail: string): Check {
  return { subject, outcome: "ok", detail };
}

export function warning(subject: string, detail: string): Check {
  return { subject, outcome: "warning", detail };
}

export function wrong(subject: string, detail: string): Check {
  return { subject, outcome: "wrong", detail };
}

export function formatChecks(checks: readonly Check[]): string {
  return formatTable(
    ["CHECK", "RESULT", "DETAIL"],
    checks.map(({ subject, outcome, detail }) => [subject, outcome, detail]),
  );
}
