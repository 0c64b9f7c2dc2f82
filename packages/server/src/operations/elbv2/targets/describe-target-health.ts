import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealth,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type FunctionTrouble, functionTrouble } from "../../../balancing/function-target.ts";
import { serverIdOf } from "../../../balancing/plan-balancer.ts";
import type { TargetReading } from "../../../balancing/target-health.ts";
import { balancersOfGroups, readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import { requireTargetGroup } from "../checks/found.ts";
import { checkMembers, refused } from "../checks/members.ts";
import type { Elbv2Context, Elbv2Operation } from "../elbv2-context.ts";
import { functionHealthView, targetHealthView } from "../views/target-health-view.ts";
import { type AskedTarget, readTargets } from "./target-input.ts";

/** A target of the group now: a task's, or one that was registered. */
interface KnownTarget {
  readonly serverId: string;
  readonly address: string;
  readonly port: number;
  readonly isDraining: boolean;
}

const NO_FUNCTIONS: FunctionTrouble = { kind: "missing", words: "this server runs no functions" };
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
  const troubles = await functionTroubles(group, known, context);
  const describe = (target: KnownTarget): TargetHealthDescription =>
    group.targetType === "lambda"
      ? {
          Target: { Id: target.address },
          TargetHealth: functionHealthView(
            readingOf(target, group, isUsed, context),
            group,
            troubles.get(target.address),
          ),
        }
      : describeAddress(target);
  const describeAddress = (target: KnownTarget): TargetHealthDescription => ({
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
  const target = group.targetType === "lambda" ? { Id: id } : { Id: id, Port: port ?? group.port };
  return [{ Target: target, TargetHealth: NOT_REGISTERED }];
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

/** By ARN: what keeps functions from being invoked that were registered once. */
async function functionTroubles(
  { arn, targetType }: TargetGroup,
  targets: readonly KnownTarget[],
  { store, balancing }: Elbv2Context,
): Promise<ReadonlyMap<string, FunctionTrouble>> {
  const troubles = new Map<string, FunctionTrouble>();
  if (targetType !== "lambda") return troubles;
  for (const { address } of targets) {
    const trouble = balancing.hasFunctions ? await functionTrouble(store.db, address, arn) : NO_FUNCTIONS;
    if (trouble) troubles.set(address, trouble);
  }
  return troubles;
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
