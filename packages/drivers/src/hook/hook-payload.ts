import type { HookInvocation } from "@sluice/engine/ports/hook-invoker.ts";

/** What a hook is told, as CodeDeploy documents it, and nothing else. */
export function hookPayload({ deploymentId, executionId }: HookInvocation): string {
  return JSON.stringify({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId });
}
