import type { ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import { findTasks } from "../store/ecs/tasks.ts";
import type { Store } from "../store/open-store.ts";
import type { ContainerWork } from "./container-work.ts";

export interface OrphanParts {
  readonly store: Store;
  readonly facts: ReadonlyMap<string, readonly ContainerFacts[]>;
  /** Of a task that a service has. */
  readonly isKnown: (taskId: string) => boolean;
  readonly work: Pick<ContainerWork, "do">;
}

/**
 * Stops and removes containers of this installation whose task is not stored: a database that was restored from a backup does not know what
 * was started after it. A task is stored before its first container is made, so that none is taken for one.
 */
export async function removeOrphans({ store, facts, isKnown, work }: OrphanParts): Promise<void> {
  const unknown = [...facts.keys()].filter((taskId) => !isKnown(taskId));
  if (unknown.length === 0) return;
  const stored = new Set((await findTasks(store.db, unknown)).map((row) => row.task_id));
  for (const taskId of unknown.filter((id) => !stored.has(id))) {
    for (const { containerId, state } of facts.get(taskId) ?? []) {
      work.do({ kind: state === "running" ? "stop" : "remove", taskId, containerId });
    }
  }
}
