import type { PreviewedEvent, PreviewedScript } from "@sluice/agent/local/preview-local.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";

type Step = PreviewedEvent["steps"][number];

const WORDS_COLUMNS = "replace".length;

/** A line for each event, and one for each thing that it would do. */
export function dryRunLines({
  event,
  scripts,
  scriptsOf,
  oldRevisions,
  steps,
  failure,
}: PreviewedEvent): readonly string[] {
  if (failure !== undefined) return [`${event} would fail: ${failure}`];
  if (event === "DownloadBundle") {
    return [
      `${event} would copy the revision`,
      ...oldRevisions.map((directory) => `  ${word("remove")} ${directory} (an old revision)`),
    ];
  }
  if (event === "Install")
    return [
      `${event} would change ${steps.length === 0 ? "nothing" : "this"}`,
      ...steps.map((step) => `  ${stepWords(step)}`),
    ];
  if (scripts.length === 0) return [`${event} has nothing to run`];
  return [
    `${event} would run, of ${scriptsOf ?? "the new revision"}`,
    ...scripts.map((script) => `  ${word("run")} ${scriptWords(script)}`),
  ];
}

function scriptWords({ location, timeoutSeconds, runas, sudo, isExecutable }: PreviewedScript): string {
  const notes = [
    ...(runas === null ? [] : [`as ${runas}`]),
    ...(sudo ? ["with sudo"] : []),
    `for at most ${timeoutSeconds} s`,
    ...(isExecutable ? [] : ["made executable first"]),
  ];
  return `${visibleLine(location)} (${notes.join(", ")})`;
}

function stepWords(step: Step): string {
  switch (step.type) {
    case "remove":
      return `${word("remove")} ${visibleLine(step.path)}`;
    case "putBack":
      return `${word("restore")} ${visibleLine(step.path)} (which an earlier revision replaced)`;
    case "mkdir":
      return `${word("mkdir")} ${visibleLine(step.directory)}`;
    case "copy":
      return `${word(step.replaces ? "replace" : "copy")} ${visibleLine(step.destination)} (with ${visibleLine(step.source)})`;
    case "chmod":
      return `${word("chmod")} ${step.mode} ${visibleLine(step.file)}`;
    case "chown":
      return `${word("chown")} ${step.owner ?? ""}${step.group === null ? "" : `:${step.group}`} ${visibleLine(step.file)}`;
    case "setfacl":
      return `${word("setfacl")} ${step.acl.join(",")} ${visibleLine(step.file)}`;
    case "semanage":
      return `${word("semanage")} ${JSON.stringify(step.context)} ${visibleLine(step.file)}`;
  }
}

function word(text: string): string {
  return text.padEnd(WORDS_COLUMNS);
}
