import type { HostRow } from "../store/hosts.ts";
import { type ClockTrouble, clockCure, clockWords, SET_CLOCK } from "./clock-trouble.ts";

type SilentHost = Pick<HostRow, "host_name" | "kind" | "agent" | "enrolled_at" | "last_seen_at">;

/**
 * What a person can do about a silent host, as command lines.
 *
 * @param clock for which its calls are refused
 */
export function remedyFor(host: SilentHost, clock?: ClockTrouble): string {
  if (clock !== undefined) {
    return `${clockCure(host.host_name, clock)}: ${clockWords(host.host_name, clock)}, so that calls are refused`;
  }
  if (host.agent !== "aws" && isNeverHeard(host)) {
    return `sluice token create, then ${enrolCommand(host, "URL")} and ${RUN} on ${host.host_name}`;
  }
  const run = `${host.agent === "aws" ? RESTART_AWS_AGENT : RUN} on ${host.host_name}`;
  return host.agent !== "aws" && host.last_seen_at === null ? run : `${run}, or see sluice hosts list`;
}

/**
 * The same as one command to paste into a shell of the host.
 *
 * @param serverUrl by which the host reaches this server
 */
export function remedyCommand(host: SilentHost, serverUrl: string, clock?: ClockTrouble): string {
  if (clock !== undefined) return SET_CLOCK;
  if (host.agent === "aws") return RESTART_AWS_AGENT;
  return isNeverHeard(host) ? `${enrolCommand(host, serverUrl)} && ${RUN}` : RUN;
}

const RUN = "sluice agent run --data DIR";
const RESTART_AWS_AGENT = "sudo systemctl restart codedeploy-agent";

function isNeverHeard({ enrolled_at, last_seen_at }: SilentHost): boolean {
  return enrolled_at === null && last_seen_at === null;
}

function enrolCommand({ host_name, kind }: SilentHost, serverUrl: string): string {
  const onPremises = kind === "on-premises" ? " --on-premises" : "";
  return `sluice agent enroll --server ${serverUrl} --token-file - --data DIR --name ${host_name}${onPremises}`;
}
