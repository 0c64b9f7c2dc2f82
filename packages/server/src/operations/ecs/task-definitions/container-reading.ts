import type { TaskDefinition } from "../../../store/columns/task-definition.ts";

/** What is known while a container of a task definition is read. */
export interface ContainerReading {
  /** `containerDefinitions[0]` */
  readonly path: string;
  readonly networkMode: TaskDefinition["networkMode"];
  readonly secretNames: readonly string[];
}
