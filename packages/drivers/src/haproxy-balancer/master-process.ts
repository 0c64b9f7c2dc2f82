import { setTimeout as pause } from "node:timers/promises";
import { parseSessions } from "../haproxy-runtime/balancer-state.ts";
import { askHaproxyMaster, HaproxyUnreachable, type RuntimeSocket } from "../haproxy-runtime/runtime-socket.ts";

/** A master does not listen while it replaces itself, which a reload makes it do. */
const ABSENCE_MILLISECONDS = 10_000;
const PAUSE_MILLISECONDS = 20;

export async function askMaster(master: RuntimeSocket, command: string, signal: AbortSignal): Promise<string> {
  const givesUpAt = performance.now() + ABSENCE_MILLISECONDS;
  for (;;) {
    try {
      return await askHaproxyMaster(master, command, signal);
    } catch (error) {
      if (!isAbsent(error) || performance.now() > givesUpAt) throw error;
      await pause(PAUSE_MILLISECONDS);
    }
  }
}

/** Nobody listens there. One that is only slow to answer still serves. */
export function isAbsent(error: unknown): boolean {
  if (!(error instanceof HaproxyUnreachable)) return false;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ECONNREFUSED";
}

/** Workers that were replaced and still have connections, of an answer to `show proc`. */
export function parseOldWorkers(text: string): readonly number[] {
  const [, old = ""] = text.split("# old workers\n");
  const lines = old.split("# programs")[0]!.split("\n");
  return lines.flatMap((line) => {
    const [pid, type] = line.trim().split(/\s+/);
    return type === "worker" ? [Number(pid)] : [];
  });
}

/** By `backend/server`, over all workers that were replaced; null: there are none. */
export async function readOldSessions(
  master: RuntimeSocket,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | null> {
  const workers = parseOldWorkers(await askMaster(master, "show proc", signal));
  if (workers.length === 0) return null;
  const sums = new Map<string, number>();
  for (const pid of workers) {
    const answer = await askMaster(master, `@!${pid} show stat -1 4 -1`, signal);
    for (const [server, sessions] of parseSessions(answer)) sums.set(server, (sums.get(server) ?? 0) + sessions);
  }
  return sums;
}
