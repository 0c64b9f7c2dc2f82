import { wholeText } from "./ansi.ts";
import type { LogLine } from "./log-line.ts";
import type { ShelvedLog } from "./log-shelf.ts";

/** Saves a log as a file of plain text. Each line says whose it is where there are several. */
export async function saveLog(deploymentId: string, { selection, source }: ShelvedLog): Promise<void> {
  const lines = await source.readWhole();
  const { targetId, event } = selection;
  const text = lines.map((line) => `${before(line, selection)}${wholeText(line.raw)}\n`);
  const name = [deploymentId, targetId, event]
    .filter(Boolean)
    .join("-")
    .replace(/[^\w.-]+/g, "-");
  const url = URL.createObjectURL(new Blob(text, { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.log`;
  link.click();
  // The browser has its copy once the click is dealt with.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function before({ at, hostName, lifecycleEvent }: LogLine, { targetId, event }: ShelvedLog["selection"]): string {
  const whose = [targetId === undefined && hostName, event === undefined && lifecycleEvent].filter(Boolean);
  return [at.toISOString(), ...whose, ""].join(" ");
}
