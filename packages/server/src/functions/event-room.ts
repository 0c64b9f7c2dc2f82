import type { EventRoom } from "../store/lambda/events.ts";

/**
 * How many asynchronous invocations a server may begin yet. A function gets at most half of the places that the others leave, so that one
 * with a long queue keeps no other waiting.
 */
export function eventRoom(total: number, running: ReadonlyMap<string, number>): EventRoom {
  const counts = new Map(running);
  const shutOut = new Set<string>();
  let all = 0;
  for (const count of counts.values()) all += count;
  const shareOf = (own: number) => Math.max(1, Math.ceil((total - (all - own)) / 2));
  for (const [functionName, own] of counts) if (own >= shareOf(own)) shutOut.add(functionName);
  return {
    get size() {
      return Math.max(0, total - all);
    },
    get shutOut() {
      return [...shutOut];
    },
    admit(functionName) {
      const own = counts.get(functionName) ?? 0;
      if (all >= total || own >= shareOf(own)) {
        shutOut.add(functionName);
        return false;
      }
      counts.set(functionName, own + 1);
      all++;
      return true;
    },
  };
}
