import { startTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import { readyExpiredError } from "../../messages.ts";
import type { ShiftTarget } from "./phase.ts";

/** The replacement is there, and its test traffic has moved; production traffic waits for ContinueDeployment, and not for ever. */
export function awaitLeave(draft: Draft, target: ShiftTarget, waitMilliseconds: number): void {
  const { wait, continued } = draft.state;
  if (wait === null) {
    draft.decide({ type: "readyWaitStarted", until: draft.now + waitMilliseconds });
    return;
  }
  if (continued !== "ready") {
    if (draft.now < wait.until) return;
    draft.decide({ type: "admissionHalted", halt: "stop", error: readyExpiredError(draft.state) });
    return;
  }
  draft.decide({ type: "waitEnded" }, startTarget(target));
}
