import { parseSessions } from "../haproxy-runtime/balancer-state.ts";
import { askHaproxyMaster, type RuntimeSocket } from "../haproxy-runtime/runtime-socket.ts";

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
  const workers = parseOldWorkers(await askHaproxyMaster(master, "show proc", signal));
  if (workers.length === 0) return null;
  const sums = new Map<string, number>();
  for (const pid of workers) {
    const answer = await askHaproxyMaster(master, `@!${pid} show stat -1 4 -1`, signal);
    for (const [server, sessions] of parseSessions(answer)) sums.set(server, (sums.get(server) ?? 0) + sessions);
  }
  return sums;
}
