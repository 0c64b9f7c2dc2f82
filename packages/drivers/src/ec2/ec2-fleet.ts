import type { DescribeInstancesCommandOutput, Filter, Instance } from "@aws-sdk/client-ec2";
import { type Fleet, type FleetHost, type FleetSelection, selectHosts } from "@sluice/engine/ports/fleet.ts";
import { type TagFilter, tagFilterType } from "@sluice/model/tag-filter.ts";
import { awsCaller } from "../aws/aws-caller.ts";
import { AWS_CLIENT_SETTINGS, type AwsClientSettings } from "../aws/aws-client-settings.ts";
import type { Driver } from "../driver.ts";
import { type Ec2TerminationAnswer, terminateInstances } from "./ec2-termination.ts";

/**
 * A stopped instance is a target that fails, not one that is passed over. Those that shut down or are terminated never come back, and
 * EC2 lists them for an hour still.
 */
const LIVING_STATES = ["pending", "running", "stopping", "stopped"];

/** The most that DescribeInstances gives at once. */
const INSTANCES_PER_PAGE = 1_000;
/** The most values that one filter of DescribeInstances takes. */
const VALUES_PER_FILTER = 200;

export interface Ec2Fleet extends Fleet {
  /** As a HostTerminator does it; says also which hosts EC2 does not know. */
  terminate(hostIds: readonly string[], signal: AbortSignal): Promise<Ec2TerminationAnswer>;
}

/** EC2 instances by their tags, in the account and region of the settings. It knows no on-premises instances. */
export const ec2Fleet: Driver<"fleet", AwsClientSettings, object, Ec2Fleet> = {
  port: "fleet",
  name: "ec2",
  configSchema: AWS_CLIENT_SETTINGS,
  create: (settings) => {
    const call = awsCaller(settings, "ec2", async (config) => (await import("./ec2-client.ts")).openEc2(config));
    return {
      resolveTargets: async (selection, signal) => {
        signal.throwIfAborted();
        const filters = instanceFilters(selection);
        if (filters === undefined) return [];
        const hosts = new Map<string, FleetHost>();
        let token: string | undefined;
        do {
          const page: DescribeInstancesCommandOutput = await call("DescribeInstances", signal, (client, options) =>
            client.describeInstances(
              { Filters: filters, MaxResults: INSTANCES_PER_PAGE, ...(token ? { NextToken: token } : {}) },
              options,
            ),
          );
          for (const instance of instancesOf(page)) hosts.set(instance.hostId, instance);
          token = page.NextToken;
        } while (token);
        return selectHosts([...hosts.values()], selection);
      },
      terminate: (hostIds, signal) => terminateInstances(hostIds, call, settings.region, signal),
    };
  },
};

/**
 * What EC2 leaves out for us: it need only give every host that the selection means, which is then matched exactly by the port's own
 * rule. Undefined when the selection means no instance.
 */
function instanceFilters(selection: FleetSelection): Filter[] | undefined {
  const filters: readonly TagFilter[] = [
    ...(selection.ec2TagFilters ?? []),
    ...(selection.ec2TagSet?.ec2TagSetList ?? []).flat(),
  ];
  if (filters.length === 0) return undefined;
  const living: Filter = { Name: "instance-state-name", Values: LIVING_STATES };
  const keys = new Set(filters.map((filter) => (tagFilterType(filter) === "VALUE_ONLY" ? undefined : filter.Key)));
  const isNarrow = !keys.has(undefined) && keys.size <= VALUES_PER_FILTER;
  return isNarrow
    ? [living, { Name: "tag-key", Values: [...keys].map((key) => looseFilterValue(key ?? "")) }]
    : [living];
}

/** `*` and `?` in a filter's value mean any text and any character, themselves included; a backslash would quote what follows it. */
function looseFilterValue(text: string): string {
  return text.replaceAll("\\", "?");
}

function instancesOf(page: DescribeInstancesCommandOutput): FleetHost[] {
  return (page.Reservations ?? [])
    .flatMap((reservation) => reservation.Instances ?? [])
    .filter((instance) => instance.State?.Name !== "terminated" && instance.State?.Name !== "shutting-down")
    .flatMap((instance) => (instance.InstanceId ? [hostOf(instance, instance.InstanceId)] : []));
}

function hostOf(instance: Instance, hostId: string): FleetHost {
  const tags = (instance.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value }));
  return {
    hostId,
    hostName: tags.find(({ Key }) => Key === "Name")?.Value || hostId,
    kind: "instance",
    tags,
    zone: instance.Placement?.AvailabilityZone ?? null,
  };
}
