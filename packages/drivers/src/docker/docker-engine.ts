import type { ContainerEngine } from "@sluice/engine/ports/container-engine.ts";
import type { Driver } from "../driver.ts";
import { removeContainer, stopContainer } from "./container-end.ts";
import { createContainerList } from "./container-list.ts";
import { readContainerLogs } from "./container-logs.ts";
import { startContainer } from "./container-start.ts";
import { DEFAULT_SOCKET, DOCKER_SETTINGS, type DockerSettings } from "./docker-settings.ts";
import { openEngineApi } from "./engine-api.ts";
import { watchEvents } from "./engine-events.ts";
import { isStatus } from "./engine-fault.ts";
import { hideSecrets } from "./hidden-secrets.ts";
import { createImagePulls } from "./image-pulls.ts";
import { createInstallationNetwork } from "./installation-network.ts";
import { findContainer } from "./own-container.ts";
import { createStartTurns, startClaimOf } from "./start-turns.ts";

export interface DockerDependencies {
  /** What tells this installation's containers from all others of the engine. Always the same for one installation. */
  readonly installation: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ends what outlives the calls that asked for it: pulls. */
  readonly signal: AbortSignal;
}

/** Containers by the Docker Engine API, 20.10 and newer, over its UNIX socket. */
export const dockerEngine: Driver<"container-engine", DockerSettings, DockerDependencies, ContainerEngine> = {
  port: "container-engine",
  name: "docker",
  configSchema: DOCKER_SETTINGS,
  create: (settings, { installation, now, signal: lifetime }) => {
    const api = openEngineApi(settings.socket ?? DEFAULT_SOCKET);
    const starting = {
      api,
      installation,
      settings,
      network: createInstallationNetwork(api, installation, settings.subnet),
      pulls: createImagePulls(api, lifetime),
    };
    const ending = { api, installation, now, stops: new Map<string, number>() };
    const containers = createContainerList(api, installation);
    const inTurn = createStartTurns();
    return {
      list: (signal) => containers.read(signal),
      start: async (plan, signal) => {
        const claim = await startClaimOf(installation, plan);
        return inTurn(claim, signal, () => startContainer(plan, claim, starting, signal));
      },
      stop: (containerId, signal) => stopContainer(containerId, ending, signal),
      remove: (containerId, signal) => removeContainer(containerId, ending, signal),
      logs: async (containerId, query, signal) => {
        const found = await findContainer(api, installation, containerId, signal);
        if (found.kind !== "own") return [];
        try {
          const lines = await readContainerLogs(api, containerId, query, signal);
          return await hideSecrets(lines, settings.secrets ?? {});
        } catch (error) {
          if (isStatus(error, 404)) return [];
          throw error;
        }
      },
      watch: (onChange, signal) =>
        watchEvents(
          api,
          installation,
          (containerId) => {
            containers.forget(containerId);
            onChange();
          },
          signal,
        ),
    };
  },
};
