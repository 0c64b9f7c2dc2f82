import type { ContainerEngine } from "@sluice/engine/ports/container-engine.ts";
import type { Driver } from "../driver.ts";
import { removeContainer, stopContainer } from "./container-end.ts";
import { engineNameOf } from "./container-identity.ts";
import { createContainerList } from "./container-list.ts";
import { readContainerLogs } from "./container-logs.ts";
import { hasFolders, startContainer } from "./container-start.ts";
import { DEFAULT_SOCKET, DOCKER_SETTINGS, type DockerSettings } from "./docker-settings.ts";
import { openEngineApi } from "./engine-api.ts";
import { watchEvents } from "./engine-events.ts";
import { isStatus } from "./engine-fault.ts";
import { hideSecrets } from "./hidden-secrets.ts";
import { createImagePulls } from "./image-pulls.ts";
import { createInstallationNetwork } from "./installation-network.ts";
import { findContainer } from "./own-container.ts";

export interface DockerDependencies {
  /** What tells this installation's containers from all others of the engine. Always the same for one installation. */
  readonly installation: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Containers by the Docker Engine API, 20.10 and newer, over its UNIX socket. */
export const dockerEngine: Driver<"container-engine", DockerSettings, DockerDependencies, ContainerEngine> = {
  port: "container-engine",
  name: "docker",
  configSchema: DOCKER_SETTINGS,
  create: (settings, { installation, now }) => {
    const api = openEngineApi(settings.socket ?? DEFAULT_SOCKET);
    const starting = {
      api,
      installation,
      settings,
      network: createInstallationNetwork(api, installation, settings.subnet),
      pulls: createImagePulls(api),
    };
    const ending = { api, installation, now, stops: new Map<string, number>() };
    const containers = createContainerList(api, installation);
    const inTurn = createTurns();
    return {
      list: (signal) => containers.read(signal),
      start: (plan, signal) => {
        const turn = hasFolders(plan) ? "folders" : engineNameOf(installation, plan);
        return inTurn(turn, () => startContainer(plan, starting, signal));
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

/** Whoever comes under one name waits for those before. */
function createTurns() {
  const turns = new Map<string, Promise<unknown>>();
  return async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    const turn = (turns.get(name) ?? Promise.resolve()).then(act, act);
    turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(name) === turn) turns.delete(name);
    }
  };
}
