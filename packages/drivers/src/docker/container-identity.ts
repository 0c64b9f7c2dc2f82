import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";

/** By which containers, networks and volumes are known as this installation's. */
export const INSTALLATION_LABEL = "sluice.installation";
export const TASK_LABEL = "sluice.task";
export const CONTAINER_LABEL = "sluice.container";
export const ROLE_LABEL = "sluice.role";

export type ContainerIdentity = Pick<ContainerPlan, "taskId" | "containerName" | "role">;

export function identityLabels(installation: string, { taskId, containerName, role }: ContainerIdentity) {
  return { ...taskLabels(installation, taskId), [CONTAINER_LABEL]: containerName, [ROLE_LABEL]: role };
}

export function taskLabels(installation: string, taskId: string) {
  return { [INSTALLATION_LABEL]: installation, [TASK_LABEL]: taskId };
}

/**
 * Whose the container is; undefined: not this installation's. An image may carry any label, and so the name has to say the same.
 * @param name without the engine's leading slash
 */
export function identityOf(
  installation: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): ContainerIdentity | undefined {
  const taskId = labels[TASK_LABEL];
  const containerName = labels[CONTAINER_LABEL];
  const role = labels[ROLE_LABEL];
  if (labels[INSTALLATION_LABEL] !== installation || taskId === undefined || containerName === undefined)
    return undefined;
  if (role !== "application" && role !== "sandbox") return undefined;
  const identity = { taskId, containerName, role } as const;
  return engineNameOf(installation, identity) === name ? identity : undefined;
}

/** What the engine calls it, which takes each name once. A task has one sandbox. */
export function engineNameOf(installation: string, { taskId, containerName, role }: ContainerIdentity): string {
  const last = role === "sandbox" ? ".sandbox" : encoded(containerName);
  return `sluice-${encoded(installation)}-${encoded(taskId)}-${last}`;
}

export function networkNameOf(installation: string): string {
  return `sluice-${encoded(installation)}`;
}

/** Of an empty folder that goes with the task, shared by its containers. */
export function volumeNameOf(installation: string, taskId: string, volumeName: string): string {
  return `sluice-${encoded(installation)}-${encoded(taskId)}-${encoded(volumeName)}`;
}

/** The filter of the engine's lists. */
export function installationFilter(installation: string): Readonly<Record<"filters", string>> {
  return { filters: JSON.stringify({ label: [`${INSTALLATION_LABEL}=${installation}`] }) };
}

/** The engine's names have letters, digits, `_`, `.` and `-`; here a dot begins what was something else. */
function encoded(part: string): string {
  return part.replaceAll(/[^A-Za-z0-9_-]/g, (character) => `.${Buffer.from(character).toString("hex")}.`);
}
