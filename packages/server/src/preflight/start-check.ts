import { alarmError } from "@sluice/engine/messages.ts";
import type { Obstacle, TargetCandidate } from "@sluice/engine/observation.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { RevisionFacts } from "@sluice/engine/ports/revision-source.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { AlarmWatch as WatchedAlarms } from "@sluice/engine/state.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { someOf } from "@sluice/model/some-of.ts";
import { unknownAlarms } from "../alarms/alarm-watch.ts";

/** Hosts that load balancers are asked about at one time. */
const HOSTS_AT_ONCE = 16;
/** Hosts that a message names before it counts the rest. */
const MAX_NAMED_HOSTS = 5;

/** What is found before anything is touched. An obstacle keeps the deployment from starting; a warning does not. */
export interface StartCheck {
  readonly obstacle?: Obstacle;
  readonly warnings: readonly string[];
}

/** What the load balancers say of one host. */
export interface ObservedHost {
  readonly host: RoutedHost;
  readonly traffic: readonly HostTraffic[];
}

const NOTHING_FOUND: StartCheck = { warnings: [] };

/** In the order of `hosts`. Rejects when a balancer cannot be asked. */
export async function observeBalancers(
  trafficRouter: TrafficRouter,
  hosts: readonly RoutedHost[],
  signal: AbortSignal,
): Promise<readonly ObservedHost[]> {
  const observed: ObservedHost[] = [];
  for (let from = 0; from < hosts.length; from += HOSTS_AT_ONCE) {
    const part = hosts.slice(from, from + HOSTS_AT_ONCE);
    observed.push(
      ...(await Promise.all(part.map(async (host) => ({ host, traffic: await trafficRouter.observe(host, signal) })))),
    );
  }
  return observed;
}

/** Every load balancer has to know every host, and there has to be one: traffic that cannot be moved back is not moved away. */
export function checkBalancers(observed: readonly ObservedHost[]): StartCheck {
  if (observed.some(({ host }) => host.groups.length === 0)) {
    const message =
      "The deployment moves its hosts' traffic, but names no load balancer and no target group: give its deployment group a loadBalancerInfo, and deploy again.";
    return { obstacle: failedBy("ELASTIC_LOAD_BALANCING_INVALID", message), warnings: [] };
  }
  const unknown = observed.flatMap(({ host, traffic }) =>
    traffic.filter(({ state }) => state === "unknown").map((one) => ({ host, traffic: one })),
  );
  if (unknown.length === 0) return NOTHING_FOUND;
  const stories = unknown.map(
    ({ host, traffic }) => `${host.hostName} in ${traffic.group}: ${traffic.detail.replace(/\.$/, "")}`,
  );
  const message = `The load balancer does not know every host of the deployment, so their traffic could not be moved. ${someOf(stories, MAX_NAMED_HOSTS, "; ")}.`;
  return { obstacle: failedBy("ELASTIC_LOAD_BALANCING_INVALID", message), warnings: [] };
}

/** An alarm that fires already stops the deployment before it begins, and so does one that nobody knows, unless that is ignored. */
export function checkAlarms(
  { names, ignoresPollFailure }: WatchedAlarms,
  readings: readonly AlarmReading[],
): StartCheck {
  const firing = readings.filter(({ state }) => state === "alarm");
  if (firing.length > 0) return { obstacle: { status: "Stopped", error: alarmError(firing) }, warnings: [] };
  const byName = new Map(readings.map((reading) => [reading.name, reading]));
  const unknown = names.filter((name) => (byName.get(name)?.state ?? "unknown") === "unknown");
  if (unknown.length === 0) return NOTHING_FOUND;
  const reason = unknownAlarms(unknown, byName);
  if (ignoresPollFailure) return { warnings: [reason] };
  const message = `The deployment was not started because its alarms cannot be watched. ${reason} Name alarms that exist, or set ignorePollAlarmFailure in the alarm configuration.`;
  return { obstacle: { status: "Stopped", error: { code: "ALARM_ACTIVE", message } }, warnings: [] };
}

/**
 * A bundle that is certainly not there, or is another one, would fail on every host after its ApplicationStop. Where hosts may hold
 * the revision from an earlier deployment (`isKnown`) that is not certain.
 */
export function checkBundle(revision: RevisionLocation, facts: RevisionFacts, isKnown: boolean): StartCheck {
  const problem = bundleProblem(revision, facts);
  if (problem === null) return NOTHING_FOUND;
  if (isKnown) return { warnings: [`${problem} Only hosts that still hold it can deploy it.`] };
  const code = facts.outcome === "missing" ? facts.code : undefined;
  const cure = code === undefined ? " Upload it, or deploy a revision that exists." : "";
  const message = `The deployment was not started, since its hosts could not fetch their bundle. ${problem}${cure}`;
  return { obstacle: failedBy(code ?? "REVISION_MISSING", message), warnings: [] };
}

/** What is the matter with a bundle, as a sentence; null: nothing that is certain. */
export function bundleProblem(revision: RevisionLocation, facts: RevisionFacts): string | null {
  const label = bundleLabel(revision);
  if (facts.outcome === "missing") return `${label} is missing: ${facts.reason}.`;
  if (facts.outcome !== "found" || revision.revisionType !== "S3") return null;
  const wanted = revision.s3Location.eTag?.replaceAll('"', "");
  if (wanted === undefined || facts.eTag === undefined || facts.eTag === wanted) return null;
  return `${label} was replaced: its ETag is ${facts.eTag}, and the revision names ${wanted}.`;
}

export function bundleLabel(revision: RevisionLocation): string {
  switch (revision.revisionType) {
    case "S3":
      return `s3://${revision.s3Location.bucket}/${revision.s3Location.key}`;
    case "GitHub":
      return `github.com/${revision.gitHubLocation.repository} at ${revision.gitHubLocation.commitId}`;
    case "String":
    case "AppSpecContent":
      return "the AppSpec in the request";
    default: {
      const never: never = revision;
      return never;
    }
  }
}

/** The first obstacle, and all warnings. */
export function joinChecks(checks: readonly StartCheck[]): StartCheck {
  const obstacle = checks.find((check) => check.obstacle)?.obstacle;
  return { ...(obstacle ? { obstacle } : {}), warnings: checks.flatMap(({ warnings }) => warnings) };
}

export function hostsOf(candidates: readonly TargetCandidate[]) {
  return candidates.map(({ targetId, hostName }) => ({ hostId: targetId, hostName }));
}

function failedBy(code: string, message: string): Obstacle {
  return { status: "Failed", error: { code, message } };
}
