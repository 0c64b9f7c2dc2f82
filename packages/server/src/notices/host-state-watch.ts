import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import type { NoticeFeed } from "./notice-feed.ts";

const LOOK_MILLISECONDS = 1_000;
/** After each look the server belongs to others for so many times as long as it took: there may be ten thousand hosts. */
const REST_TIMES = 20;

export interface HostStateWatchParts {
  readonly feed: NoticeFeed;
  /** Of every host by its id. */
  readonly states: () => Promise<ReadonlyMap<string, HostState>>;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells when a host came, went, or changed its state: falling silent is no event, so somebody has to look. Looks each second while somebody
 * listens, more seldom where looking takes long, and never otherwise.
 */
export function watchHostStates({ feed, states, onError }: HostStateWatchParts): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  /** Counts who began to listen, so that a look from before is told to nobody. */
  let listening = 0;
  const look = async (turn: number, last?: ReadonlyMap<string, HostState>) => {
    const startedAt = performance.now();
    let current = last;
    try {
      current = await states();
      if (turn !== listening) return;
      if (last !== undefined && !isSame(last, current)) feed.publish({ kind: "changed", what: "hosts" });
    } catch (error) {
      onError(error);
    }
    if (turn !== listening) return;
    const rest = Math.max(LOOK_MILLISECONDS, REST_TIMES * (performance.now() - startedAt));
    timer = setTimeout(() => void look(turn, current), rest).unref();
  };
  const stop = () => {
    clearTimeout(timer);
    listening += 1;
  };
  feed.onListened((isListened) => {
    stop();
    if (isListened) void look(listening);
  });
  return { close: stop };
}

function isSame(one: ReadonlyMap<string, HostState>, other: ReadonlyMap<string, HostState>): boolean {
  return one.size === other.size && [...one].every(([hostId, state]) => other.get(hostId) === state);
}
