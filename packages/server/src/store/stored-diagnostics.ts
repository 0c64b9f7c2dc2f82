import type { Diagnostics } from "@sluice/model/diagnostics.ts";

/** 0: what an event that ran no script, or a quiet one, says when it went well; otherwise whole. */
export type StoredDiagnostics = 0 | Diagnostics;

const QUIET: Diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" };

export function storeDiagnostics(diagnostics: Diagnostics): StoredDiagnostics {
  const { errorCode, scriptName, message, logTail } = diagnostics;
  const isQuiet =
    errorCode === QUIET.errorCode && scriptName === "" && message === QUIET.message && logTail === QUIET.logTail;
  return isQuiet ? 0 : diagnostics;
}

export function restoreDiagnostics(stored: StoredDiagnostics): Diagnostics {
  return stored === 0 ? QUIET : stored;
}
