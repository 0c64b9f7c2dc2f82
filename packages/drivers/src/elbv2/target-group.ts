import type { TargetDescription, TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";

/** What a driver has to know of a target group. */
export interface KnownTargetGroup {
  readonly arn: string;
  /** `instance` or `ip`; others take no hosts. */
  readonly targetType: string;
  /** Of targets that are registered without one of their own. */
  readonly port: number | undefined;
}

/** How a binding registers hosts. */
export interface TargetSettings {
  /** Absent: the target group's own port. */
  readonly targetPort?: number | undefined;
  /** `all` for addresses outside the balancer's VPC. */
  readonly availabilityZone?: string | undefined;
}

export type HostTarget = { readonly target: TargetDescription } | { readonly problem: string };

export function knownTargetGroup({ TargetGroupArn, TargetType, Port }: TargetGroup): KnownTargetGroup | undefined {
  if (TargetGroupArn === undefined) return undefined;
  return { arn: TargetGroupArn, targetType: TargetType ?? "instance", port: Port };
}

/** The host as a target of the group, always with its port: the balancer takes the same host on two ports for two targets. */
export function targetOf(host: RoutedHost, group: KnownTargetGroup, settings: TargetSettings): HostTarget {
  const port = settings.targetPort ?? group.port;
  const Port = port === undefined ? {} : { Port: port };
  switch (group.targetType) {
    case "instance":
      if (host.hostId.startsWith("i-")) return { target: { Id: host.hostId, ...Port } };
      return {
        problem: `it takes EC2 instances, and ${host.hostName} (${host.hostId}) is not one: use one of the target type ip`,
      };
    case "ip": {
      if (host.address === null)
        return { problem: `it takes addresses, and none is known of ${host.hostName} (${host.hostId})` };
      const zone = settings.availabilityZone ? { AvailabilityZone: settings.availabilityZone } : {};
      return { target: { Id: host.address, ...Port, ...zone } };
    }
    default:
      return {
        problem: `its target type is ${group.targetType}, and hosts go only into groups of the types instance and ip`,
      };
  }
}
