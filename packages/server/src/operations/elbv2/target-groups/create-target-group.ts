import type { CreateTargetGroupInput, CreateTargetGroupOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { targetGroupArn } from "@sluice/model/elb-arn.ts";
import { MAX_TARGET_GROUPS } from "@sluice/model/elb-limits.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import { balancersOfGroups } from "../../../store/elb/balancing-rows.ts";
import { saveTargetGroup, type TargetGroup } from "../../../store/elb/target-groups.ts";
import { changeBalancing } from "../change-balancing.ts";
import { checkMembers, invalid, refused, requireOneOf, requireOnly, requireWithin } from "../checks/members.ts";
import { newElbId } from "../checks/new-elb-id.ts";
import { requireElbName } from "../checks/resource-name.ts";
import { readTags } from "../checks/tag-input.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { targetGroupView } from "../views/target-group-view.ts";
import { readHealthCheck, readIsChecked, usualFunctionCheck, usualHealthCheck } from "./health-check-input.ts";

/** Stored for functions, and shown to nobody. */
const HTTP_PORT = 80;

/** Asked again with the same settings it gives the one that there is, as AWS does. */
export const createTargetGroup: Elbv2Operation<CreateTargetGroupInput, CreateTargetGroupOutput> = async (
  input,
  context,
) => {
  const asked = readTargetGroup(input);
  const arn = targetGroupArn(context, asked.name, newElbId(context));
  const created: TargetGroup = { ...asked, arn, createdAt: context.now(), attributes: {} };
  return changeBalancing(context, async (rows, db) => {
    const existing = rows.targetGroups.find(({ name }) => name === asked.name);
    if (existing && settingsOf(existing) === settingsOf(asked)) {
      return { TargetGroups: [targetGroupView(existing, [...(balancersOfGroups(rows).get(existing.arn) ?? [])])] };
    }
    if (existing) {
      throw new CallerFault(
        "DuplicateTargetGroupName",
        `A target group with the same name '${asked.name}' exists, but with different settings`,
      );
    }
    if (rows.targetGroups.length >= MAX_TARGET_GROUPS) {
      throw new CallerFault(
        "TooManyTargetGroups",
        `There are ${MAX_TARGET_GROUPS} target groups already, which is the most allowed: delete one that is not used.`,
      );
    }
    await saveTargetGroup(db, created);
    return { TargetGroups: [targetGroupView(created, [])] };
  });
};

type Asked = Omit<TargetGroup, "arn" | "createdAt" | "attributes">;

function readTargetGroup(input: CreateTargetGroupInput): Asked {
  checkMembers(input, {
    Name: "read",
    Protocol: "read",
    ProtocolVersion: "read",
    Port: "read",
    VpcId: "read",
    HealthCheckProtocol: "read",
    HealthCheckPort: "read",
    HealthCheckEnabled: "read",
    HealthCheckPath: "read",
    HealthCheckIntervalSeconds: "read",
    HealthCheckTimeoutSeconds: "read",
    HealthyThresholdCount: "read",
    UnhealthyThresholdCount: "read",
    Matcher: "read",
    TargetType: "read",
    Tags: "read",
    IpAddressType: "read",
    TargetControlPort: refused("is not supported: targets are not asked how much they can take."),
  });
  const name = requireElbName(input.Name, "Target group");
  const targetType = readTargetType(input.TargetType);
  if (targetType === "lambda") return readFunctionGroup(name, input);
  if (input.Protocol === undefined) throw invalid("A protocol must be specified");
  const protocol = requireOneOf(input.Protocol, "Protocol", ["HTTP", "TCP"]);
  if (input.Port === undefined) throw invalid("A port must be specified");
  if (protocol === "TCP" && input.ProtocolVersion !== undefined)
    throw invalid("ProtocolVersion is not for protocol TCP.");
  requireOnly(input.ProtocolVersion, "HTTP1", "ProtocolVersion", "targets are spoken to by HTTP/1.1");
  requireOnly(input.IpAddressType, "ipv4", "IpAddressType", "tasks have addresses of IPv4");
  if (input.VpcId !== undefined && !/^vpc-[0-9a-z-]{1,40}$/.test(input.VpcId)) {
    throw invalid(`The VPC ID '${input.VpcId.slice(0, 100)}' is not valid`);
  }
  return {
    name,
    protocol,
    port: requireWithin(input.Port, "Port", 1, MAX_PORT),
    vpcId: input.VpcId ?? null,
    targetType,
    healthCheck: readHealthCheck(input, usualHealthCheck(protocol)),
    isChecked: readIsChecked(input.HealthCheckEnabled, { targetType, isChecked: true }),
    tags: readTags(input.Tags),
  };
}

/** A function has neither a port nor a network. It is not checked unless that is asked for, as with AWS. */
function readFunctionGroup(name: string, input: CreateTargetGroupInput): Asked {
  for (const member of ["Protocol", "ProtocolVersion", "Port", "VpcId", "IpAddressType"] as const) {
    if (input[member] === undefined) continue;
    throw invalid(`${member} cannot be specified for target groups with target type 'lambda': leave it out.`);
  }
  return {
    name,
    protocol: "HTTP",
    port: HTTP_PORT,
    vpcId: null,
    targetType: "lambda",
    healthCheck: readHealthCheck(input, usualFunctionCheck(), "lambda"),
    isChecked: readIsChecked(input.HealthCheckEnabled, { targetType: "lambda", isChecked: false }),
    tags: readTags(input.Tags),
  };
}

function readTargetType(targetType = "instance"): TargetGroup["targetType"] {
  if (targetType === "alb")
    throw invalid("TargetType 'alb' is not supported: a load balancer here has no other one behind it. Use 'ip'.");
  return requireOneOf(targetType, "TargetType", ["ip", "instance", "lambda"]);
}

function settingsOf({ protocol, port, vpcId, targetType, healthCheck: check, isChecked }: Asked): string {
  return JSON.stringify([
    protocol,
    port,
    vpcId,
    targetType,
    [check.protocol, check.path, check.matcher, check.port, check.intervalSeconds, check.timeoutSeconds],
    [check.healthyCount, check.unhealthyCount, isChecked],
  ]);
}
