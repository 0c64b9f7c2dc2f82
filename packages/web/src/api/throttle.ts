export interface Throttle {
  /** Does it now, or when the last time is long enough ago; however often it is asked for meanwhile, once. */
  ask(): void;
  stop(): void;
}

export function createThrottle(milliseconds: number, act: () => unknown): Throttle {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    last = performance.now();
    act();
  };
  return {
    ask() {
      if (timer !== undefined) return;
      const wait = last + milliseconds - performance.now();
      if (wait <= 0) run();
      else timer = setTimeout(run, wait);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
