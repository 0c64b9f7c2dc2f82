import { type ContainerIdentity, identityOf } from "./container-identity.ts";
import type { EngineApi } from "./engine-api.ts";
import { isStatus } from "./engine-fault.ts";
import type { InspectedContainer } from "./inspected-container.ts";

/** `absent`: there is none. `foreign`: it is not this installation's, and nothing is done to it. */
export type FoundContainer =
  | { readonly kind: "own"; readonly inspected: InspectedContainer; readonly identity: ContainerIdentity }
  | { readonly kind: "foreign" }
  | { readonly kind: "absent" };

/** @param name its id, or what the engine calls it */
export async function findContainer(
  api: EngineApi,
  installation: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundContainer> {
  try {
    const path = `/containers/${encodeURIComponent(name)}/json`;
    const inspected = (await api.ask({ method: "GET", path }, signal)) as InspectedContainer;
    const identity = identityOf(installation, inspected.Name.slice(1), inspected.Config.Labels ?? {});
    return identity ? { kind: "own", inspected, identity } : { kind: "foreign" };
  } catch (error) {
    if (isStatus(error, 404)) return { kind: "absent" };
    throw error;
  }
}

export function foreignReason(name: string): string {
  return `the container ${name} is not of this installation`;
}
