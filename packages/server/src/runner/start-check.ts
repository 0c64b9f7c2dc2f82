import { alarmError } from "@sluice/engine/messages.ts";
import type { Obstacle, TargetCandidate } from "@sluice/engine/observation.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { AlarmWatch as WatchedAlarms } from "@sluice/engine/state.ts";
import { unknownAlarms } from "./alarm-watch.ts";

/** Hosts that load balancers are asked about at one time. */
const HOSTS_AT_ONCE = 16;
/** Hosts that a message names before it counts the rest. */
const NAMED_HOSTS_MAX = 5;

/** What is found before anything is touched. An obstacle keeps the deployment from starting; a warning does not. */
export interface StartCheck {
  readonly obstacle?: Obstacle;
  readonly warnings: readonly string[];
}

/** Whether every load balancer knows every host: traffic that cannot be moved back is not moved away. Rejects when one cannot be asked. */
export async function checkBalancers(
  trafficRouter: TrafficRouter,
  hosts: readonly RoutedHost[],
  signal: AbortSignal,
): Promise<StartCheck> {
  const unknown: { readonly host: RoutedHost; readonly traffic: HostTraffic }[] = [];
  for (let from = 0; from < hosts.length; from += HOSTS_AT_ONCE) {
    const part = hosts.slice(from, from + HOSTS_AT_ONCE);
    const observed = await Promise.all(part.map((host) => trafficRouter.observe(host, signal)));
    part.forEach((host, index) => {
      for (const traffic of observed[index] ?? []) if (traffic.state === "unknown") unknown.push({ host, traffic });
    });
  }
  if (unknown.length === 0) return { warnings: [] };
  const stories = unknown
    .slice(0, NAMED_HOSTS_MAX)
    .map(({ host, traffic }) => `${host.hostName} in ${traffic.group}: ${traffic.detail.replace(/\.$/, "")}`);
  const more = unknown.length > NAMED_HOSTS_MAX ? `; and ${unknown.length - NAMED_HOSTS_MAX} more` : "";
  const message = `The load balancer does not know every host of the deployment, so their traffic could not be moved. ${stories.join("; ")}${more}.`;
  return {
    obstacle: { status: "Failed", error: { code: "ELASTIC_LOAD_BALANCING_INVALID", message } },
    warnings: [],
  };
}

/** An alarm that fires already stops the deployment before it begins. Rejects when alarms must be readable and cannot be asked for. */
export async function checkAlarms(
  alarmReader: AlarmReader,
  { names, ignoresPollFailure }: WatchedAlarms,
  signal: AbortSignal,
): Promise<StartCheck> {
  let readings: Awaited<ReturnType<AlarmReader["read"]>>;
  try {
    readings = await alarmReader.read(names, signal);
  } catch (error) {
    if (!ignoresPollFailure) throw error;
    return { warnings: [`The alarms could not be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const firing = readings.filter(({ state }) => state === "alarm");
  if (firing.length > 0) return { obstacle: { status: "Stopped", error: alarmError(firing) }, warnings: [] };
  const byName = new Map(readings.map((reading) => [reading.name, reading]));
  const unknown = names.filter((name) => (byName.get(name)?.state ?? "unknown") === "unknown");
  if (unknown.length === 0) return { warnings: [] };
  const reason = unknownAlarms(unknown, byName);
  if (ignoresPollFailure) return { warnings: [reason] };
  const message = `The deployment was not started because its alarms cannot be watched. ${reason} Name alarms that exist, or set ignorePollAlarmFailure in the alarm configuration.`;
  return { obstacle: { status: "Stopped", error: { code: "ALARM_ACTIVE", message } }, warnings: [] };
}

/** The first obstacle, and all warnings. */
export function joinChecks(checks: readonly StartCheck[]): StartCheck {
  const obstacle = checks.find((check) => check.obstacle)?.obstacle;
  return { ...(obstacle ? { obstacle } : {}), warnings: checks.flatMap(({ warnings }) => warnings) };
}

export function hostsOf(candidates: readonly TargetCandidate[]) {
  return candidates.map(({ targetId, hostName }) => ({ hostId: targetId, hostName }));
}
