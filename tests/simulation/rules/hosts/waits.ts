import type { Stage, Wait } from "@sluice/engine/state.ts";
import type { HostRule } from "../../hosts/watched-hosts.ts";

/** What a blue/green deployment waits for, seen in its events: nobody moves traffic unasked, and nobody is terminated early. */
export const WAITS: HostRule = {
  name: "a wait is over when its time is, or when somebody says so",
  watch: (_, violated) => {
    const continued = new Set<string>();
    const terminationFrom = new Map<string, number>();
    return {
      eventWritten({ id, head: { strategy } }, event) {
        if (strategy.type !== "blue-green") return;
        switch (event.type) {
          case "continueRequested":
            continued.add(`${id}/${(event.body as { readonly wait: Wait["kind"] }).wait}`);
            return;
          case "stageEntered": {
            const { stage } = event.body as { readonly stage: Stage };
            if (stage === "terminate") terminationFrom.set(id, event.at);
            if (stage === "allow" && strategy.readyWaitMilliseconds !== null && !continued.has(`${id}/ready`)) {
              violated(id, "moves traffic, and nobody has said that it may");
            }
            return;
          }
          case "originalsTerminated": {
            const waited = event.at - (terminationFrom.get(id) ?? event.at);
            const wait = strategy.terminationWaitMilliseconds ?? Number.POSITIVE_INFINITY;
            if (waited >= wait || continued.has(`${id}/termination`)) return;
            violated(id, `terminates the originals after ${waited} ms of ${wait}`);
          }
        }
      },
    };
  },
};
