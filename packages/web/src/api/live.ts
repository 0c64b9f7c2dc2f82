import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { onSignal } from "./event-stream.ts";
import type { ChangedNoun, LiveSignal } from "./live-signal.ts";
import { createThrottle } from "./throttle.ts";
import { useWatched } from "./watched.ts";

/** What makes a page's data old. */
export interface Interest {
  /** Events of this deployment, or of `any`. */
  readonly deployment?: string | undefined;
  /** Output of this deployment's scripts. */
  readonly logs?: string | undefined;
  readonly changed?: readonly ChangedNoun[] | undefined;
}

const REFETCH_MILLISECONDS = 1000;

export function isOfInterest(signal: LiveSignal, { deployment, logs, changed }: Interest): boolean {
  switch (signal.kind) {
    case "event":
      return deployment === "any" || deployment === signal.deploymentId;
    case "logs":
      return logs === signal.deploymentId;
    case "changed":
      return changed?.includes(signal.what) ?? false;
    case "caught-up":
      return true;
  }
}

/**
 * Fetches what is under `queryKey` again when something of interest happens: at most once a second, and after each time that the stream or the
 * page was away.
 */
export function useLive(queryKey: QueryKey, interest: Interest | undefined): void {
  const client = useQueryClient();
  useWatched(queryKey, interest !== undefined);
  const latest = useRef({ queryKey, interest });
  latest.current = { queryKey, interest };
  useEffect(() => {
    const throttle = createThrottle(REFETCH_MILLISECONDS, () =>
      client.invalidateQueries({ queryKey: latest.current.queryKey }),
    );
    const stop = onSignal((signal) => {
      const { interest: wanted } = latest.current;
      if (wanted !== undefined && isOfInterest(signal, wanted)) throttle.ask();
    });
    return () => {
      stop();
      throttle.stop();
    };
  }, [client]);
}

/** For pages that read signals themselves, such as a log that appends. The listener may change between renders. */
export function useSignals(listener: (signal: LiveSignal) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => onSignal((signal) => latest.current(signal)), []);
}
