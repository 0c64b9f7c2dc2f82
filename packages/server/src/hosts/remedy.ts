import type { HostRow } from "../store/hosts.ts";

/** What a person can do about a silent host, as command lines. */
export function remedyFor(
  host: Pick<HostRow, "host_name" | "kind" | "agent" | "enrolled_at" | "last_seen_at">,
): string {
  if (host.agent === "aws") return `sudo systemctl restart codedeploy-agent on ${host.host_name}, or see sluice hosts`;
  if (host.enrolled_at === null && host.last_seen_at === null) {
    const onPremises = host.kind === "on-premises" ? " --on-premises" : "";
    return (
      `sluice token create, then sluice agent enroll --server URL --token TOKEN --data DIR --name ${host.host_name}${onPremises} ` +
      `and sluice agent run --data DIR on ${host.host_name}`
    );
  }
  return `sluice agent run --data DIR on ${host.host_name}, or see sluice hosts`;
}
