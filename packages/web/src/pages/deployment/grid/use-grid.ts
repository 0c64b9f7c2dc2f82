import type { GridTarget } from "@sluice/wire/sluice/console-api.ts";
import { useEffect, useMemo } from "react";
import { call } from "../../../api/call.ts";
import { useSignals } from "../../../api/live.ts";
import { createGridStore, type GridAnswer, type GridStore } from "./grid-store.ts";

/** The grid of a deployment for as long as its page is open. Components that show it subscribe to `state` themselves. */
export function useGridStore(deploymentId: string): GridStore {
  const store = useMemo(() => createGridStore((signal) => readGrid(deploymentId, signal)), [deploymentId]);
  useEffect(() => {
    store.load();
    return () => store.close();
  }, [store]);
  useSignals((signal) => {
    if (signal.kind === "caught-up") store.load();
    else if (signal.kind === "event" && signal.deploymentId === deploymentId) store.receive(signal);
  });
  return store;
}

/** All pages. The position is that of the first: events since then are applied again to what came later, and end at the same. */
async function readGrid(deploymentId: string, signal: AbortSignal): Promise<GridAnswer> {
  const targets: GridTarget[] = [];
  let eventId: number | undefined;
  let nextToken: string | undefined;
  do {
    const page = await call("Sluice", "ListGridTargets", { deploymentId, nextToken }, signal);
    targets.push(...page.targets);
    eventId ??= Number(page.eventId);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return { targets, eventId };
}
