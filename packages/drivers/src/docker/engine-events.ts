import { setTimeout as pause } from "node:timers/promises";
import { INSTALLATION_LABEL } from "./container-identity.ts";
import type { EngineApi } from "./engine-api.ts";

/** Not those of a health check's every run, which come by the second. */
const EVENTS = ["create", "start", "die", "destroy", "oom", "health_status", "pause", "unpause", "rename"];
const LEAST_BACK_OFF_MILLISECONDS = 100;
const MAX_BACK_OFF_MILLISECONDS = 5_000;
/** A stream that was silent for so long is opened anew: the engine may have hung meanwhile. */
const SILENCE_MILLISECONDS = 5 * 60_000;
const MAX_EVENT_CHARACTERS = 1024 * 1024;

/**
 * Calls `onEvent` with the id of a container to which something happened, and with undefined when anything may have happened unseen:
 * each time that the engine is heard again, and when it is heard no longer, so that whoever looks then finds out whether it is away.
 * Returns when the signal ends.
 */
export async function watchEvents(
  api: EngineApi,
  installation: string,
  onEvent: (containerId: string | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  const filters = { type: ["container"], event: EVENTS, label: [`${INSTALLATION_LABEL}=${installation}`] };
  const request = { method: "GET", path: "/events", query: { filters: JSON.stringify(filters) } } as const;
  let backOffMilliseconds = LEAST_BACK_OFF_MILLISECONDS;
  let wasHeard = false;
  while (!signal.aborted) {
    let isHeard = false;
    try {
      const stream = await api.open(request, signal, SILENCE_MILLISECONDS);
      backOffMilliseconds = LEAST_BACK_OFF_MILLISECONDS;
      isHeard = true;
      onEvent(undefined);
      for await (const line of linesOf(stream as AsyncIterable<Buffer>)) onEvent(containerIn(line));
    } catch {
      // The engine is away, and whoever asks it for anything is told why.
    }
    // An engine that is ending may still have answered after its stream broke: it is told again when it refuses the next one.
    if ((isHeard || wasHeard) && !signal.aborted) onEvent(undefined);
    wasHeard = isHeard;
    await pause(backOffMilliseconds, undefined, { signal }).catch(() => {});
    backOffMilliseconds = Math.min(backOffMilliseconds * 2, MAX_BACK_OFF_MILLISECONDS);
  }
}

/** A JSON object a line. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_EVENT_CHARACTERS) throw new Error("a line of the engine's has no end");
    yield* lines.filter((line) => line.trim() !== "");
  }
  if (rest.trim() !== "") yield rest;
}

function containerIn(line: string): string | undefined {
  try {
    return (JSON.parse(line) as { readonly Actor?: { readonly ID?: string } }).Actor?.ID;
  } catch {
    return undefined;
  }
}
