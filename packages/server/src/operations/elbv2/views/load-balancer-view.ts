import type { LoadBalancerState, LoadBalancer as LoadBalancerView } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { BalancerPlace } from "../../../balancing/local-balancing.ts";
import type { LoadBalancer } from "../../../store/elb/load-balancers.ts";
import type { Elbv2Context } from "../elbv2-context.ts";

export function loadBalancerView(
  { arn, name, type, createdAt, scheme, subnets, securityGroups }: LoadBalancer,
  {
    place,
    region,
    state,
  }: { readonly place: BalancerPlace; readonly state: LoadBalancerState } & Pick<Elbv2Context, "region">,
): LoadBalancerView {
  return {
    LoadBalancerArn: arn,
    DNSName: reachableAddress(place.address),
    CreatedTime: new Date(createdAt),
    LoadBalancerName: name,
    Scheme: scheme,
    State: state,
    Type: type,
    AvailabilityZones: subnets.map((SubnetId) => ({ ZoneName: region, SubnetId })),
    SecurityGroups: type === "application" ? [...securityGroups] : undefined,
    IpAddressType: "ipv4",
  };
}

/** Who listens on every address is reached on this machine by its loopback. */
function reachableAddress(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
