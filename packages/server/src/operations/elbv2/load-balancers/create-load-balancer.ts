import { isIP } from "node:net";
import type { CreateLoadBalancerInput, CreateLoadBalancerOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { loadBalancerArn } from "@sluice/model/elb-arn.ts";
import { MAX_LOAD_BALANCERS } from "@sluice/model/elb-limits.ts";
import type { BalancerPlace } from "../../../balancing/local-balancing.ts";
import { type LoadBalancer, saveLoadBalancer } from "../../../store/elb/load-balancers.ts";
import { changeBalancing } from "../change-balancing.ts";
import { checkMembers, invalid, refused, requireOneOf, requireOnly } from "../checks/members.ts";
import { newElbId } from "../checks/new-elb-id.ts";
import { requireElbName } from "../checks/resource-name.ts";
import { readTags } from "../checks/tag-input.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { loadBalancerView } from "../views/load-balancer-view.ts";
import { loadBalancerState } from "./load-balancer-state.ts";

/** Asked again with the same settings it gives the one that there is, as AWS does. */
export const createLoadBalancer: Elbv2Operation<CreateLoadBalancerInput, CreateLoadBalancerOutput> = async (
  input,
  context,
) => {
  const asked = readLoadBalancer(input, context.balancing.place);
  const arn = loadBalancerArn(context, asked.type, asked.name, newElbId(context));
  const created: LoadBalancer = { ...asked, arn, createdAt: context.now(), attributes: {} };
  const loadBalancer = await changeBalancing(context, async ({ loadBalancers }, db) => {
    const existing = loadBalancers.find(({ name }) => name === asked.name);
    if (existing && isSame(existing, asked)) return existing;
    if (existing) {
      throw new CallerFault(
        "DuplicateLoadBalancerName",
        `A load balancer with the same name '${asked.name}' exists, but with different settings`,
      );
    }
    if (loadBalancers.length >= MAX_LOAD_BALANCERS) {
      throw new CallerFault(
        "TooManyLoadBalancers",
        `There are ${MAX_LOAD_BALANCERS} load balancers already, which is the most allowed: delete one that is not used.`,
      );
    }
    await saveLoadBalancer(db, created);
    return created;
  });
  const state = loadBalancerState(context);
  const { place } = context.balancing;
  return { LoadBalancers: [loadBalancerView(loadBalancer, { place, region: context.region, state })] };
};

type Asked = Omit<LoadBalancer, "arn" | "createdAt" | "attributes">;

const OF_AWS_NETWORKS = refused(
  "is not supported: the load balancer runs on this machine, whose addresses are its own.",
);

function readLoadBalancer(input: CreateLoadBalancerInput, { address, ignoresAwsOnly }: BalancerPlace): Asked {
  checkMembers(input, {
    Name: "read",
    Subnets: "read",
    SubnetMappings: "read",
    SecurityGroups: "read",
    Scheme: "read",
    Tags: "read",
    Type: "read",
    IpAddressType: "read",
    CustomerOwnedIpv4Pool: OF_AWS_NETWORKS,
    EnablePrefixForIpv6SourceNat: OF_AWS_NETWORKS,
    IpamPools: OF_AWS_NETWORKS,
  });
  const name = requireElbName(input.Name, "Load balancer");
  const type = requireOneOf(input.Type ?? "application", "Type", ["application", "network"]);
  requireOnly(input.IpAddressType, "ipv4", "IpAddressType", "the address is that of the binding in sluice.yml");
  const { SecurityGroups: securityGroups = [] } = input;
  if (securityGroups.length > 0 && !ignoresAwsOnly) {
    throw invalid(
      "SecurityGroups is AWS' own: nothing on this machine filters by them. To go on, leave it out, or add awsOnly: ignore to the settings of the driver haproxy in sluice.yml and restart the server with --config sluice.yml.",
    );
  }
  for (const group of securityGroups) {
    if (!/^sg-[0-9a-z-]{1,40}$/.test(group))
      throw invalid(`SecurityGroups '${group}' is not the id of a security group.`);
  }
  return {
    name,
    type,
    scheme: readScheme(input.Scheme, address),
    subnets: readSubnets(input),
    securityGroups,
    tags: readTags(input.Tags, "DuplicateTagKeys"),
  };
}

/** Whether the world reaches it is said by the binding's address alone: what would be a lie is refused. */
function readScheme(scheme = "internet-facing", address: string): LoadBalancer["scheme"] {
  const read = requireOneOf(scheme, "Scheme", ["internet-facing", "internal"]);
  if (read === "internal" && !isInternal(address)) {
    throw new CallerFault(
      "InvalidScheme",
      `Scheme 'internal' is not true here: the load balancer listens on ${address}, which others may reach. Bind driver haproxy to a private address in sluice.yml (settings: { address: 127.0.0.1 }), or leave Scheme out.`,
    );
  }
  return read;
}

function isInternal(address: string): boolean {
  if (isIP(address) === 6) return /^(::1$|f[cd]|fe80)/i.test(address);
  return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|localhost$)/.test(address);
}

/** Names that are shown again: there is one network here. */
function readSubnets({ Subnets = [], SubnetMappings = [] }: CreateLoadBalancerInput): readonly string[] {
  if (Subnets.length > 0 && SubnetMappings.length > 0)
    throw invalid("Subnets and SubnetMappings are both given: give one.");
  const mapped = SubnetMappings.map((mapping, index) => {
    checkMembers(
      mapping,
      {
        SubnetId: "read",
        AllocationId: OF_AWS_NETWORKS,
        PrivateIPv4Address: OF_AWS_NETWORKS,
        IPv6Address: OF_AWS_NETWORKS,
        SourceNatIpv6Prefix: OF_AWS_NETWORKS,
      },
      `SubnetMappings.member.${index + 1}.`,
    );
    return mapping.SubnetId ?? "";
  });
  const subnets = [...Subnets, ...mapped];
  const wrong = subnets.find((subnet) => !/^subnet-[0-9a-z-]{1,40}$/.test(subnet));
  if (wrong !== undefined) throw new CallerFault("InvalidSubnet", `Subnets '${wrong}' is not the id of a subnet.`);
  return subnets;
}

function isSame(existing: LoadBalancer, { type, scheme, subnets, securityGroups }: Asked): boolean {
  const settings = (of: Pick<Asked, "type" | "scheme" | "subnets" | "securityGroups">) =>
    JSON.stringify([of.type, of.scheme, [...of.subnets].sort(), [...of.securityGroups].sort()]);
  return settings(existing) === settings({ type, scheme, subnets, securityGroups });
}
