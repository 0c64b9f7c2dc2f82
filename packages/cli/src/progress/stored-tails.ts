import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import type { DeploymentView } from "./deployment-view.ts";

interface Wanted {
  /** Of which output came otherwise: `eventKey` of each. */
  readonly known: ReadonlySet<string>;
  readonly targetId?: string | undefined;
  readonly lifecycleEvent?: string | undefined;
}

export function eventKey(targetId: string, lifecycleEvent: string): string {
  return `${targetId} ${lifecycleEvent}`;
}

/**
 * The ends of logs that agents sent with what failed: of an agent that does not stream, such as AWS's, all that there is. As log entries, which have
 * no other output beside them.
 */
export function storedTails(view: DeploymentView, wanted: Wanted): LogEntry[] {
  const { known, targetId, lifecycleEvent } = wanted;
  return view.targets
    .filter(({ id }) => targetId === undefined || id === targetId)
    .flatMap((target) =>
      target.events.flatMap(({ name, failure, endedAt }) => {
        const isWanted = lifecycleEvent === undefined || name === lifecycleEvent;
        if (!isWanted || !failure?.logTail || known.has(eventKey(target.id, name))) return [];
        const { scriptName, logTail: text } = failure;
        const at = endedAt ?? view.completedAt ?? view.createdAt;
        return [
          { targetId: target.id, hostName: target.name, lifecycleEvent: name, at, stream: "agent", scriptName, text },
        ];
      }),
    );
}
