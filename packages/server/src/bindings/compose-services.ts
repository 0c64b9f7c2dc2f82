import { TASK_SETS_PORT } from "./bound-task-sets.ts";
import type { ComposedServices, ServicesParts } from "./composed-services.ts";

/** The driver of task sets that this server is itself, on a Docker Engine. */
export const DOCKER = "docker";

/** Undefined where no binding names the driver `docker` of task sets; then nothing of it is loaded. */
export async function composeServices(parts: ServicesParts): Promise<ComposedServices | undefined> {
  const binding = parts.config.bindings.find(({ port, driver }) => port === TASK_SETS_PORT && driver === DOCKER);
  if (!binding) return undefined;
  const { openLocalServices } = await import("./open-local-services.ts");
  return openLocalServices(binding.settings, parts);
}
