import { engineNameOf, identityLabels } from "./container-identity.ts";
import type { InspectedContainer } from "./inspected-container.ts";

export const INSTALLATION = "a1";
export const IDENTITY = { taskId: "0".repeat(32), containerName: "web", role: "application" } as const;
const NEVER = "0001-01-01T00:00:00Z";

/** One that was made and not started. */
export function newInspected(state: Partial<InspectedContainer["State"]> = {}): InspectedContainer {
  return {
    Id: "c1",
    Name: `/${engineNameOf(INSTALLATION, IDENTITY)}`,
    Image: "sha256:1",
    State: {
      Status: "created",
      ExitCode: 0,
      OOMKilled: false,
      Error: "",
      StartedAt: NEVER,
      FinishedAt: NEVER,
      ...state,
    },
    Config: { Labels: identityLabels(INSTALLATION, IDENTITY), StopTimeout: 30 },
    NetworkSettings: { Networks: { "sluice-a1": { IPAddress: "" } }, Ports: {} },
    Mounts: [],
  };
}

/** As the engine's list shows it. */
export function newListed({ Id, Name, Config, State }: InspectedContainer, Status: string): object {
  return { Id, Names: [Name], Labels: Config.Labels, State: State.Status, Status, NetworkSettings: { Networks: {} } };
}
