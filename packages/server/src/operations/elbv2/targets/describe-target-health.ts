import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealth,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { serverIdOf } from "../../../balancing/plan-balancer.ts";
import type { TargetReading } from "../../../balancing/target-health.ts";
import { balancersOfGroups, readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import { requireTargetGroup } from "../checks/found.ts";
import { checkMembers, refused } from "../checks/members.ts";
import type { Elbv2Context, Elbv2Operation } from "../elbv2-context.ts";
import { targetHealthView } from "../views/target-health-view.ts";
import { type AskedTarget, readTargets } from "./target-input.ts";

/** A target of the group now: a task's, or one that was registered. */
interface KnownTarget {
  readonly serverId: string;
  readonly address: string;
  readonly port: number;
  readonly isDraining: boolean;
}

const NOT_REGISTERED: TargetHealth = {
  State: "unused",
  Reason: "Target.NotRegistered",
  Description: "Target is not registered to the target group",
};

/** As the balancer sees them. Targets that are named and not registered are `unused`. */
export const describeTargetHealth: Elbv2Operation<DescribeTargetHealthInput, DescribeTargetHealthOutput> = async (
  input,
  context,
) => {
  checkMembers(input, {
    TargetGroupArn: "read",
    Targets: "read",
    Include: refused("is not supported: the balancer finds no anomalies and has no overrides."),
  });
  const rows = await readBalancingRows(context.store.db);
  const group = requireTargetGroup(rows, input.TargetGroupArn);
  const known = await knownTargets(group, rows.targets, context);
  const isUsed = balancersOfGroups(rows).has(group.arn);
  const describe = (target: KnownTarget): TargetHealthDescription => ({
    Target: { Id: target.address, Port: target.port },
    HealthCheckPort: String(group.healthCheck.port ?? target.port),
    TargetHealth: targetHealthView(readingOf(target, group, isUsed, context)),
  });
  const asked = readTargets(input.Targets ?? []);
  if (asked.length === 0) return { TargetHealthDescriptions: known.map(describe) };
  return { TargetHealthDescriptions: asked.flatMap((target) => describeAsked(target, group, known, describe)) };
};

function describeAsked(
  { id, port }: AskedTarget,
  group: TargetGroup,
  known: readonly KnownTarget[],
  describe: (target: KnownTarget) => TargetHealthDescription,
): TargetHealthDescription[] {
  const found = known.filter((target) => target.address === id && (port === undefined || port === target.port));
  if (found.length > 0) return found.map(describe);
  return [{ Target: { Id: id, Port: port ?? group.port }, TargetHealth: NOT_REGISTERED }];
}

/** A wish that the balancer has not heard of yet counts already. */
function readingOf(
  { serverId, isDraining }: KnownTarget,
  { arn }: TargetGroup,
  isUsed: boolean,
  { balancing: { loop } }: Elbv2Context,
): TargetReading {
  if (!isUsed) return { state: "unused", detail: "", sessions: 0 };
  const reading = loop.ofServer(arn, serverId);
  if (isDraining) return { ...reading, state: "draining" };
  return reading.state === "unused" || reading.state === "draining" ? { ...reading, state: "initial" } : reading;
}

async function knownTargets(
  { arn }: TargetGroup,
  targets: Awaited<ReturnType<typeof readBalancingRows>>["targets"],
  { balancing }: Elbv2Context,
): Promise<readonly KnownTarget[]> {
  const tasks = (await balancing.tasks()).filter(({ targetGroupArn }) => targetGroupArn === arn);
  const registered = targets.filter(({ targetGroupArn }) => targetGroupArn === arn);
  return [
    ...tasks.map(({ taskId, address, port, isDraining }) => ({ serverId: taskId, address, port, isDraining })),
    ...registered.map((target) => ({
      serverId: serverIdOf(target),
      address: target.address,
      port: target.port,
      isDraining: target.drainingSince !== null,
    })),
  ];
}
