import { dockerEngine } from "@sluice/drivers/docker/docker-engine.ts";
import { DEFAULT_SOCKET, type DockerSettings } from "@sluice/drivers/docker/docker-settings.ts";
import { localTaskSets } from "../services/local-task-sets.ts";
import { newTaskSetId } from "../services/new-task-set-id.ts";
import { ServiceLoop } from "../services/service-loop.ts";
import { TaskLogs } from "../services/task-logs.ts";
import { databaseId } from "../store/own-database.ts";
import type { ComposedServices, ServicesParts } from "./composed-services.ts";

/**
 * @param bound as the driver's schema checked them. A database that was restored from a backup has a new id: what the one that it is a copy
 *   of has started is none of its own, and is not touched.
 */
export async function openLocalServices(bound: object, parts: ServicesParts): Promise<ComposedServices> {
  const settings: DockerSettings = bound;
  const { store, timers, scope, owner, randomText, targets, wakes, log, onError } = parts;
  const ignoresAwsOnly = settings.awsOnly === "ignore";
  const end = new AbortController();
  const installation = await databaseId(store);
  const engine = dockerEngine.create(settings, { installation, now: timers.now, signal: end.signal });
  const loop = new ServiceLoop({ store, engine, timers, changes: wakes, targets, owner, log, onError });
  return {
    services: {
      place: {
        socket: settings.socket ?? DEFAULT_SOCKET,
        folders: settings.folders ?? [],
        secretNames: Object.keys(settings.secrets ?? {}),
        ignoresAwsOnly,
      },
      wakes,
    },
    taskSets: localTaskSets({
      store,
      engine,
      view: loop.view,
      work: loop.work,
      targets,
      changes: wakes,
      scope,
      ignoresAwsOnly,
      newTaskSetId: () => newTaskSetId(randomText),
      now: timers.now,
    }),
    logs: new TaskLogs({ store, engine }),
    start: () => loop.start(),
    close: async () => {
      await loop.close();
      end.abort(new Error("the server stops"));
    },
  };
}
