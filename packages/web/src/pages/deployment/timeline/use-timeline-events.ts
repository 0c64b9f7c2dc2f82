import { deploymentEventWords } from "@sluice/model/deployment-event-words.ts";
import type { DeploymentEventView } from "@sluice/wire/sluice/console-api.ts";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useSignals } from "../../../api/live.ts";
import { createThrottle } from "../../../api/throttle.ts";
import { operationKey, pagesKey, usePages } from "../../../api/use-operation.ts";
import { useWatched } from "../../../api/watched.ts";
import type { StreamEvent } from "../grid/apply-events.ts";

const REFETCH_MILLISECONDS = 1000;

/** The deployment's own events, the oldest first. Those of its targets, of which there may be hundreds a second, fetch nothing. */
export function useTimelineEvents(deploymentId: string) {
  const client = useQueryClient();
  useWatched(pagesKey("Sluice", "ListDeploymentEvents", { deploymentId }));
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = usePages("Sluice", "ListDeploymentEvents", {
    deploymentId,
  });
  const throttle = useMemo(
    () =>
      createThrottle(REFETCH_MILLISECONDS, () =>
        client.invalidateQueries({ queryKey: operationKey("Sluice", "ListDeploymentEvents", { deploymentId }) }),
      ),
    [client, deploymentId],
  );
  useEffect(() => () => throttle.stop(), [throttle]);
  useSignals((signal) => {
    const isOne =
      signal.kind === "event" &&
      signal.deploymentId === deploymentId &&
      deploymentEventWords(signal.type, signal.body) !== undefined;
    if (isOne || signal.kind === "caught-up") throttle.ask();
  });
  const events = useMemo(() => data?.pages.flatMap((page) => page.events.map(streamEvent)) ?? [], [data]);
  return { events, isLoaded: data !== undefined, error, hasNextPage, fetchNextPage, isFetchingNextPage };
}

function streamEvent({ eventId, at, type, body }: DeploymentEventView): StreamEvent {
  return { eventId: Number(eventId), at, type, body: JSON.parse(body) };
}
