import type { HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { LaterState } from "./local-functions.ts";

/** Of a log, what a deployment quotes. */
const MAX_QUOTED_LINES = 3;
const MAX_QUOTED_CHARACTERS = 200;
/** Lambda's own lines, which say nothing of why. */
const FRAME = /^(START|END|REPORT) RequestId: /;
/** Before what a function in JavaScript has written: when, and in which call. The deployment says both. */
const WRITTEN = /^\d{4}-\S+Z\t[\da-f-]{36}\t/;

/** What has become of a hook's execution, as a deployment is told. What the function wrote is shown as it may be shown to a person. */
export function hookRunOf(state: LaterState): HookRun {
  switch (state.state) {
    case "waiting":
      return { state: "running", detail: state.reason === "" ? "" : quoted(state.reason) };
    case "running":
      return { state: "running", detail: "" };
    case "answered":
      return { state: "ended", detail: lastLines(state.logTail), logTail: state.logTail };
    case "failed": {
      const { errorType, errorMessage, logTail } = state;
      const fault = [errorType, errorMessage].filter((words) => words !== "").map(quoted);
      const lines = lastLines(logTail);
      const detail = fault.join(": ") + (lines === "" ? "" : `; its log ends with: ${lines}`);
      return { state: "broken", detail, logTail };
    }
  }
}

function lastLines(logTail: string): string {
  const lines = logTail.split("\n").filter((line) => line.trim() !== "" && !FRAME.test(line));
  return lines.slice(-MAX_QUOTED_LINES).map(quoted).join(" | ");
}

function quoted(text: string): string {
  const line = visibleLine(text.trim().replace(WRITTEN, "").replaceAll("\t", " "));
  return line.length > MAX_QUOTED_CHARACTERS ? `${line.slice(0, MAX_QUOTED_CHARACTERS).toWellFormed()}…` : line;
}
