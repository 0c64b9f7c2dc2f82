import { darkAt } from "@sluice/engine/observation.ts";
import { compareVersions } from "@sluice/model/compare-versions.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { HostState, HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { type HostRow, tagsOf } from "../store/hosts.ts";
import { clockSentence } from "./clock-trouble.ts";
import type { Liveness } from "./liveness.ts";

/** The truth about a host, which listings, the console and metrics show. */
export function hostState(row: HostRow, liveness: Liveness, now: number): HostState {
  if (row.retired_at !== null) return "retired";
  const observed = liveness.livenessOf(row);
  if (observed.silentSince === null) return "declared";
  if (observed.lastSeenAt === null) return "enrolled";
  if (darkAt(observed) <= now) return "dark";
  // Silent for its grace, or gone with a goodbye, as the clock has it; but this server could not hear in all of that time.
  const isUnheard =
    observed.lastSeenAt + observed.graceMilliseconds <= now || liveness.withHeard(row).goodbye_at !== null;
  return isUnheard ? "unknown" : "alive";
}

/** Of the AWS agent, which has versions of its own, nobody can say it. */
function isAgentBehind({ agent, agent_version: version }: HostRow): boolean {
  return agent === "sluice" && version !== null && compareVersions(version, SLUICE_VERSION) < 0;
}

export function hostSummary(row: HostRow, liveness: Liveness, now: number, runningCommands: number): HostSummary {
  const current = liveness.withHeard(row);
  const clock = liveness.clockTrouble(row.host_id);
  return {
    hostId: row.host_id,
    hostName: row.host_name,
    kind: row.kind,
    state: hostState(row, liveness, now),
    tags: tagsOf(row),
    zone: row.zone ?? undefined,
    address: row.address ?? undefined,
    agentVersion: current.agent_version ?? undefined,
    ...(isAgentBehind(current) && { isAgentBehind: true }),
    declaredAt: new Date(row.declared_at),
    enrolledAt: row.enrolled_at === null ? undefined : new Date(row.enrolled_at),
    lastSeenAt: current.last_seen_at === null ? undefined : new Date(current.last_seen_at),
    clockOffsetSeconds: clock?.secondsAhead,
    // This server's own is told once, and not of each host.
    clockTrouble:
      clock && clock.whose !== "server" ? clockSentence(hostLabel(row.host_name, row.host_id), clock) : undefined,
    runningCommands,
  };
}
