import type { LogTopic } from "./log-topic.ts";

/** What stands before a function's name where a target is named: services are named as they are. */
export const FUNCTION_MARK = "function:";

export interface PlatformSources {
  /** `CLUSTER:SERVICE`; absent: a function is deployed. */
  readonly service?: string | undefined;
  /** Absent: a service is deployed. */
  readonly functionName?: string | undefined;
  /** Lifecycle events to the functions that their hooks are. */
  readonly hooks: ReadonlyMap<string, string>;
}

/** Of ECS and Lambda: the service or the function, and the hooks, each with the output of its own. */
export function platformTopic({ service, functionName, hooks }: PlatformSources): LogTopic {
  const own = service ?? (functionName === undefined ? undefined : FUNCTION_MARK + functionName);
  const hookIds = [...new Set(hooks.values())].map((name) => FUNCTION_MARK + name).filter((id) => id !== own);
  const ids = own === undefined ? hookIds : [own, ...hookIds];
  return {
    kind: "platform",
    targets: ids.map((id) => ({ id, name: nameOf(id) })),
    selectionOf: (target, event) => {
      const hook = hooks.get(event ?? "");
      // A cell of the grid names the target and one of its events: the hook that runs in it is what prints.
      if (hook !== undefined && (target === undefined || !ids.includes(target) || target === own)) {
        return { targetId: FUNCTION_MARK + hook };
      }
      return { targetId: target !== undefined && ids.includes(target) ? target : own };
    },
    eventsOf: () => [],
    emptyWords: ({ targetId }) =>
      `${nameOf(targetId ?? "It")} has printed nothing. What it prints comes here by itself.`,
  };
}

function nameOf(id: string): string {
  return id.startsWith(FUNCTION_MARK) ? id.slice(FUNCTION_MARK.length) : id;
}

const HOOK = /["']?((?:Before|After)\w{1,40})["']?\s*:\s*["']?([\w:$-]{1,200})/g;

/** The functions that an AppSpec of ECS or Lambda, in YAML or JSON, names as hooks, by their events. */
export function hooksIn(appSpec: string): ReadonlyMap<string, string> {
  const hooks = new Map<string, string>();
  for (const [, event = "", named = ""] of appSpec.matchAll(HOOK)) {
    // Of an ARN the name stands behind `function:`, and a qualifier behind that.
    const name = /:function:([\w-]+)/.exec(named)?.[1] ?? named;
    hooks.set(event, name);
  }
  return hooks;
}
