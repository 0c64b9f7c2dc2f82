import { isHost } from "./host-targets.ts";
import type { HostTarget, TargetState } from "./state.ts";

/** What a deployment's attempt left of a host: its health for the deployments that follow. */
export interface EndedAttempt {
  readonly targetId: string;
  readonly succeeded: boolean;
  /** What the host has installed after it. `whole`: the deployment's revision. `unknown`: Install did not end well. `as-before`: it did not begin. */
  readonly installed: "whole" | "unknown" | "as-before";
}

/** Attempted hosts have the health that their attempt gave them, a half-deployed one none; skipped ones are absent, and keep what they had. */
export function endedAttempts(targets: readonly TargetState[]): EndedAttempt[] {
  return targets
    .filter(isHost)
    .filter(isAttempted)
    .map((target) => ({
      targetId: target.targetId,
      succeeded: target.status === "Succeeded",
      installed: installedBy(target),
    }));
}

function isAttempted({ status, lifecycleEvents, restart }: HostTarget): boolean {
  const hasEnded = status === "Succeeded" || status === "Failed" || status === "Unknown";
  // A restart that was refused for the host never reached it.
  if (restart && "refused" in restart) return false;
  // A host whose traffic alone was moved has the revision that it had.
  return hasEnded && lifecycleEvents.some(({ name }) => name === "ApplicationStart");
}

function installedBy({ lifecycleEvents }: HostTarget): EndedAttempt["installed"] {
  const install = lifecycleEvents.find(({ name }) => name === "Install");
  if (install?.status === "Succeeded") return "whole";
  return install?.status === "Failed" || install?.status === "Unknown" ? "unknown" : "as-before";
}
