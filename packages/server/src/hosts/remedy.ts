import type { HostRow } from "../store/hosts.ts";
import { type ClockTrouble, clockCure, clockWords } from "./clock-trouble.ts";

/**
 * What a person can do about a silent host, as command lines.
 *
 * @param clock for which its calls are refused
 */
export function remedyFor(
  host: Pick<HostRow, "host_name" | "kind" | "agent" | "enrolled_at" | "last_seen_at">,
  clock?: ClockTrouble,
): string {
  if (clock !== undefined) {
    return `${clockCure(host.host_name, clock)}: ${clockWords(host.host_name, clock)}, so that calls are refused`;
  }
  if (host.agent === "aws")
    return `sudo systemctl restart codedeploy-agent on ${host.host_name}, or see sluice hosts list`;
  if (host.enrolled_at === null && host.last_seen_at === null) {
    const onPremises = host.kind === "on-premises" ? " --on-premises" : "";
    return (
      `sluice token create, then sluice agent enroll --server URL --token-file - --data DIR --name ${host.host_name}${onPremises} ` +
      `and sluice agent run --data DIR on ${host.host_name}`
    );
  }
  const run = `sluice agent run --data DIR on ${host.host_name}`;
  return host.last_seen_at === null ? run : `${run}, or see sluice hosts list`;
}
