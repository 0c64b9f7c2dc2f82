import type { NetworkConfiguration } from "@aws-sdk/client-ecs";
import type { NamedNetwork } from "../../../store/columns/ecs-columns.ts";
import { invalid } from "./member-rules.ts";
import { requireOneOf } from "./one-of.ts";

/** AWS' own. */
export const MAX_SUBNETS = 16;
export const MAX_SECURITY_GROUPS = 5;

/** What a caller, who may, names of AWS' networks; undefined: nothing. */
export function readNetwork(asked: NetworkConfiguration | undefined): NamedNetwork | undefined {
  const vpc = asked?.awsvpcConfiguration;
  if (!vpc) return undefined;
  const { subnets = [], securityGroups = [], assignPublicIp = "DISABLED" } = vpc;
  checkCount(subnets, "subnets", MAX_SUBNETS);
  checkCount(securityGroups, "securityGroups", MAX_SECURITY_GROUPS);
  if (subnets.length === 0) throw invalid("networkConfiguration.awsvpcConfiguration.subnets can not be empty.");
  return {
    subnets,
    securityGroups,
    assignPublicIp: requireOneOf(assignPublicIp, "networkConfiguration.awsvpcConfiguration.assignPublicIp", [
      "ENABLED",
      "DISABLED",
    ]),
  };
}

/** As ECS shows it. */
export function shownNetwork(network: NamedNetwork | undefined): { networkConfiguration?: NetworkConfiguration } {
  if (!network) return {};
  const { subnets, securityGroups, assignPublicIp } = network;
  return {
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups], assignPublicIp },
    },
  };
}

function checkCount(names: readonly string[], member: string, maximum: number): void {
  if (names.length <= maximum) return;
  throw invalid(
    `networkConfiguration.awsvpcConfiguration.${member} has ${names.length} entries: at most ${maximum} are allowed.`,
  );
}
