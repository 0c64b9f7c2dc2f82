import type { Listener, Rule, TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { Elbv2Client } from "./elbv2-client.ts";
import type { GroupArns } from "./forward-action.ts";
import { type PairForward, pairForwards, protocolOf } from "./pair-listener.ts";

export type Elbv2Call = AwsCaller<Elbv2Client>;

/** A listener, and what of it forwards to the pair. */
export interface PairListener {
  readonly listener: Listener;
  readonly forwards: readonly PairForward[];
}

/** It is there, and all that it forwards goes to others. */
interface ListenerElsewhere {
  readonly problem: string;
  readonly isElsewhere: true;
}

export type Found<Value> = { readonly found: Value } | { readonly problem: string };

/** Both groups of the pair, in its order, by name or ARN. */
export async function findGroups(
  call: Elbv2Call,
  { targetGroups }: TargetGroupPair,
  signal: AbortSignal,
): Promise<Found<readonly [TargetGroup, TargetGroup]>> {
  const found: TargetGroup[] = [];
  for (const name of targetGroups) {
    const input = name.startsWith("arn:") ? { TargetGroupArns: [name] } : { Names: [name] };
    const answer = await nothingIfMissing(/^TargetGroupNotFound/, () =>
      call("DescribeTargetGroups", signal, (client, options) => client.describeTargetGroups(input, options)),
    );
    const group = answer?.TargetGroups?.[0];
    if (!group?.TargetGroupArn) return { problem: `there is no target group ${name}` };
    found.push(group);
  }
  return { found: found as unknown as readonly [TargetGroup, TargetGroup] };
}

export async function findListener(
  call: Elbv2Call,
  groups: readonly [TargetGroup, TargetGroup],
  name: string,
  signal: AbortSignal,
): Promise<Found<PairListener> | ListenerElsewhere> {
  const answer = await nothingIfMissing(/^(ListenerNotFound|ValidationError)/, () =>
    call("DescribeListeners", signal, (client, options) => client.describeListeners({ ListenerArns: [name] }, options)),
  );
  const listener = answer?.Listeners?.[0];
  if (!listener) return { problem: `there is no listener ${name}` };
  // Listeners of a network load balancer have no rules beside the default.
  const rules = protocolOf(listener) === "network" ? [] : await allRules(call, name, signal);
  const forwards = pairForwards(listener, rules, arnsOf(groups));
  if (forwards.length > 0) return { found: { listener, forwards } };
  const names = groups.map(({ TargetGroupName, TargetGroupArn }) => TargetGroupName ?? TargetGroupArn);
  return { problem: `the listener ${name} forwards to neither ${names.join(" nor ")}`, isElsewhere: true };
}

async function allRules(call: Elbv2Call, ListenerArn: string, signal: AbortSignal): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  let Marker: string | undefined;
  do {
    const input = Marker === undefined ? { ListenerArn } : { ListenerArn, Marker };
    const page = await call("DescribeRules", signal, (client, options) => client.describeRules(input, options));
    rules.push(...(page.Rules ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== "");
  return rules;
}

/** Both listeners are on one balancer, and neither group is on another. */
export function placeTrouble(
  groups: readonly TargetGroup[],
  { LoadBalancerArn: balancer }: Listener,
  test: Listener | undefined,
): string | undefined {
  if (test && test.LoadBalancerArn !== balancer) {
    return `the production listener is on the load balancer ${balancer} and the test listener on ${test.LoadBalancerArn}: both have to be on one`;
  }
  for (const { TargetGroupName, LoadBalancerArns = [] } of groups) {
    const other = LoadBalancerArns.find((arn) => arn !== balancer);
    if (other)
      return `the target group ${TargetGroupName} is also behind the load balancer ${other}, and has to be behind ${balancer} alone`;
  }
  return undefined;
}

async function nothingIfMissing<Answer>(code: RegExp, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AwsCallError && code.test(error.code)) return undefined;
    throw error;
  }
}

export function arnsOf([first, second]: readonly [TargetGroup, TargetGroup]): GroupArns {
  return [first.TargetGroupArn ?? "", second.TargetGroupArn ?? ""];
}
