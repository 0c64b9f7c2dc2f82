import { isHost } from "./host-targets.ts";
import type { HostTarget, TargetState } from "./state.ts";

/** What a deployment's attempt left of a host: its health for the deployments that follow. */
export interface EndedAttempt {
  readonly targetId: string;
  readonly succeeded: boolean;
}

/** Attempted hosts have the health that their attempt gave them, a half-deployed one none; skipped ones are absent, and keep what they had. */
export function endedAttempts(targets: readonly TargetState[]): EndedAttempt[] {
  return targets
    .filter(isHost)
    .filter(isAttempted)
    .map(({ targetId, status }) => ({ targetId, succeeded: status === "Succeeded" }));
}

function isAttempted({ status, lifecycleEvents }: HostTarget): boolean {
  const hasEnded = status === "Succeeded" || status === "Failed" || status === "Unknown";
  // A host whose traffic alone was moved has the revision that it had.
  return hasEnded && lifecycleEvents.some(({ name }) => name === "Install");
}
