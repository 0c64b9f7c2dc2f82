import type { Stage, Wait } from "@sluice/engine/state.ts";
import { RULES } from "../../violation.ts";
import type { Watched, WatchedEvent, WatcherParts } from "../../watched.ts";

/** What a blue/green deployment waits for, seen in its events: nobody moves traffic unasked, and nobody is terminated early. */
export function checkWait({ onViolation }: WatcherParts, watched: Watched, event: WatchedEvent): void {
  const { id, continued } = watched;
  const { strategy } = watched.head;
  if (strategy.type !== "blue-green") return;
  switch (event.type) {
    case "continueRequested":
      continued.add((event.body as { readonly wait: Wait["kind"] }).wait);
      return;
    case "stageEntered": {
      const { stage } = event.body as { readonly stage: Stage };
      if (stage === "terminate") watched.terminationFrom = event.at;
      if (stage === "allow" && strategy.readyWaitMilliseconds !== null && !continued.has("ready")) {
        onViolation(RULES.waits, id, "moves traffic, and nobody has said that it may");
      }
      return;
    }
    case "originalsTerminated": {
      const waited = event.at - (watched.terminationFrom ?? event.at);
      const wait = strategy.terminationWaitMilliseconds ?? Number.POSITIVE_INFINITY;
      if (waited < wait && !continued.has("termination")) {
        onViolation(RULES.waits, id, `terminates the originals after ${waited} ms of ${wait}`);
      }
    }
  }
}
