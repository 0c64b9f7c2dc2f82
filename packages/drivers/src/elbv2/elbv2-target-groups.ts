import type {
  TargetDescription,
  TargetHealth,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { Elbv2Client } from "./elbv2-client.ts";
import { type KnownTargetGroup, knownTargetGroup } from "./target-group.ts";

const GROUP_NOT_FOUND = "TargetGroupNotFound";

/** Target groups by the names that deployment groups use, or by ARN, and what is asked of them. Each method is one call to AWS. */
export class Elbv2TargetGroups {
  readonly #call: AwsCaller<Elbv2Client>;
  /** A group's ARN, type and port never change: what is remembered is wrong only once the group is gone. */
  readonly #known = new Map<string, KnownTargetGroup>();

  constructor(call: AwsCaller<Elbv2Client>) {
    this.#call = call;
  }

  /** Throws an AwsCallError that is a refusal when there is none. */
  async find(name: string, signal: AbortSignal): Promise<KnownTargetGroup> {
    const remembered = this.#known.get(name);
    if (remembered) return remembered;
    const input = name.startsWith("arn:") ? { TargetGroupArns: [name] } : { Names: [name] };
    const { TargetGroups } = await this.#call("DescribeTargetGroups", signal, (client, options) =>
      client.describeTargetGroups(input, options),
    );
    const group = TargetGroups?.[0] && knownTargetGroup(TargetGroups[0]);
    if (!group) {
      const reason = "the answer names no such target group";
      throw new AwsCallError(reason, { code: GROUP_NOT_FOUND, reason, isRefusal: true });
    }
    this.#known.set(name, group);
    return group;
  }

  /** Whatever is remembered of a group of this name belongs to one that is gone. True when there was such a memory. */
  forget(name: string): boolean {
    return this.#known.delete(name);
  }

  async health(
    group: KnownTargetGroup,
    target: TargetDescription,
    signal: AbortSignal,
  ): Promise<TargetHealth | undefined> {
    // The zone is not part of what a target is called.
    const { Id, Port } = target;
    const input = { TargetGroupArn: group.arn, Targets: [Port === undefined ? { Id } : { Id, Port }] };
    const answer = await this.#call("DescribeTargetHealth", signal, (client, options) =>
      client.describeTargetHealth(input, options),
    );
    return answer.TargetHealthDescriptions?.[0]?.TargetHealth;
  }

  /** Every target of the group that is registered or drains. */
  async allTargets(group: KnownTargetGroup, signal: AbortSignal): Promise<readonly TargetHealthDescription[]> {
    const answer = await this.#call("DescribeTargetHealth", signal, (client, options) =>
      client.describeTargetHealth({ TargetGroupArn: group.arn }, options),
    );
    return answer.TargetHealthDescriptions ?? [];
  }

  async register(group: KnownTargetGroup, target: TargetDescription, signal: AbortSignal): Promise<void> {
    await this.#call("RegisterTargets", signal, (client, options) =>
      client.registerTargets({ TargetGroupArn: group.arn, Targets: [target] }, options),
    );
  }

  async deregister(group: KnownTargetGroup, { Id, Port }: TargetDescription, signal: AbortSignal): Promise<void> {
    const target = Port === undefined ? { Id } : { Id, Port };
    await this.#call("DeregisterTargets", signal, (client, options) =>
      client.deregisterTargets({ TargetGroupArn: group.arn, Targets: [target] }, options),
    );
  }
}

export function isGroupNotFound(error: unknown): boolean {
  return error instanceof AwsCallError && error.code.startsWith(GROUP_NOT_FOUND);
}
