import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import type { NoticeFeed } from "./notice-feed.ts";

const LOOK_MILLISECONDS = 1_000;

export interface HostStateWatchParts {
  readonly feed: NoticeFeed;
  /** Of every host by its id. */
  readonly states: () => Promise<ReadonlyMap<string, HostState>>;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells when a host came, went, or changed its state: falling silent is no event, so somebody has to look. Looks each second while somebody
 * listens, and never otherwise.
 */
export function watchHostStates({ feed, states, onError }: HostStateWatchParts): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let last: ReadonlyMap<string, HostState> | undefined;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      const now = await states();
      if (last !== undefined && !isSame(last, now)) feed.publish({ kind: "changed", what: "hosts" });
      last = now;
    } catch (error) {
      onError(error);
    } finally {
      isLooking = false;
    }
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    last = undefined;
  };
  feed.onListened((isListened) => {
    stop();
    if (!isListened) return;
    void look();
    timer = setInterval(() => void look(), LOOK_MILLISECONDS).unref();
  });
  return { close: stop };
}

function isSame(one: ReadonlyMap<string, HostState>, other: ReadonlyMap<string, HostState>): boolean {
  return one.size === other.size && [...one].every(([hostId, state]) => other.get(hostId) === state);
}
