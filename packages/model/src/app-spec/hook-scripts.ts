import type { AppSpec, HookScript } from "./app-spec.ts";
import { AppSpecError } from "./app-spec-error.ts";
import { inspectYaml } from "./yaml-value.ts";

/** Ours alone: the hook that runs on a host on which a deployment of the revision failed. It is no lifecycle event. */
export const ON_FAILURE = "OnFailure";
/** Of the agent's word in an event's output before that of the hook; its other words of the hook begin with the name, too. */
export const ON_FAILURE_BEGINS = `${ON_FAILURE} runs, `;

/** The scripts of an event in the order in which they run; none when the file does not name the event. */
export function hookScripts(appSpec: Pick<AppSpec, "hooks">, event: string): readonly HookScript[] {
  return Object.hasOwn(appSpec.hooks, event) ? (appSpec.hooks[event] ?? []) : [];
}

/** The hooks for events that are not among `lifecycleEvents`, in the order of the file. Names are case-sensitive. */
export function findUnknownLifecycleEvents(
  appSpec: Pick<AppSpec, "hooks">,
  lifecycleEvents: readonly string[],
): readonly string[] {
  const known = new Set(lifecycleEvents);
  return Object.keys(appSpec.hooks).filter((event) => !known.has(event));
}

/** Such a hook would never run, so the deployment must not go on as if it had. */
export function refuseUnknownLifecycleEvents(
  appSpec: Pick<AppSpec, "hooks">,
  lifecycleEvents: readonly string[],
  fileName = "appspec.yml",
): void {
  const unknown = findUnknownLifecycleEvents(appSpec, lifecycleEvents);
  if (unknown.length === 0) return;
  throw new AppSpecError(`${fileName} file contains unknown lifecycle events: ${inspectYaml(unknown)}`);
}
