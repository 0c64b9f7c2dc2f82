import type { GridTarget } from "@sluice/wire/sluice/console-api.ts";
import { type Observable, observable } from "../../../state/observable.ts";
import { applyEvents, makesTargets, type StreamEvent } from "./apply-events.ts";
import { EMPTY_GRID, type Grid, gridOf } from "./grid-row.ts";

export interface GridState {
  readonly grid: Grid;
  readonly isLoading: boolean;
  /** Of the last load; absent: it succeeded. */
  readonly error?: unknown;
}
export interface GridAnswer {
  readonly targets: readonly GridTarget[];
  readonly eventId: number;
}

/** The grid of one deployment: read once, and from then on kept by events. */
export interface GridStore {
  readonly state: Observable<GridState>;
  /** An event of the deployment, in the order of the stream. */
  receive(event: StreamEvent): void;
  /** Reads it anew: at first, and when events may have been missed. */
  load(): void;
  close(): void;
}

/** Events are applied together this often: at 200 a second forty at once cost what one costs, and nobody reads faster. */
const FLUSH_MILLISECONDS = 200;

export function createGridStore(read: (signal: AbortSignal) => Promise<GridAnswer>): GridStore {
  const state = observable<GridState>({ grid: EMPTY_GRID, isLoading: true });
  let waiting: StreamEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading: AbortController | undefined;

  const flush = () => {
    timer = undefined;
    // What comes while the grid is read is applied to what was read.
    if (loading !== undefined) return;
    const events = waiting;
    waiting = [];
    const now = state.get();
    const grid = applyEvents(now.grid, events);
    if (grid !== now.grid) state.set({ ...now, grid });
  };
  const load = async () => {
    loading?.abort();
    const mine = new AbortController();
    loading = mine;
    try {
      const { targets, eventId } = await read(mine.signal);
      if (mine.signal.aborted) return;
      state.set({ grid: applyEvents(gridOf(targets, eventId), waiting), isLoading: false });
      waiting = [];
    } catch (error) {
      if (mine.signal.aborted) return;
      state.set({ grid: state.get().grid, isLoading: false, error });
    }
    loading = undefined;
    flush();
  };
  return {
    state,
    receive(event) {
      waiting.push(event);
      if (makesTargets(event)) void load();
      else timer ??= setTimeout(flush, FLUSH_MILLISECONDS);
    },
    load: () => void load(),
    close() {
      loading?.abort();
      clearTimeout(timer);
    },
  };
}
