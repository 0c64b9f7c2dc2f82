import type { DescribeInstancesCommandOutput } from "@aws-sdk/client-ec2";
import type { TerminationReport } from "@sluice/engine/ports/fleet.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { Ec2Client } from "./ec2-client.ts";

export interface Ec2TerminationReport extends TerminationReport {
  /** Those of `kept` that EC2 does not know in this region: they may be somebody else's to switch off. */
  readonly unknown: readonly string[];
}

/** The most values that one filter of DescribeInstances takes. */
const INSTANCES_PER_QUESTION = 200;
/** States with no way back. */
const TERMINATED_STATES: ReadonlySet<string | undefined> = new Set(["shutting-down", "terminated"]);

/**
 * Terminates the instances that EC2 knows. An instance that was terminated more than an hour ago is one that EC2 does not know any more,
 * and so `kept` as unknown: nothing proves that it ever was ours.
 */
export async function terminateInstances(
  hostIds: readonly string[],
  call: AwsCaller<Ec2Client>,
  region: string,
  signal: AbortSignal,
): Promise<Ec2TerminationReport> {
  signal.throwIfAborted();
  const wanted = [...new Set(hostIds)];
  const terminated: string[] = [];
  const kept: { hostId: string; reason: string }[] = [];
  const unknown: string[] = [];
  for (let from = 0; from < wanted.length; from += INSTANCES_PER_QUESTION) {
    const part = wanted.slice(from, from + INSTANCES_PER_QUESTION);
    const states = await statesOf(part, call, signal);
    const living = part.filter((id) => states.has(id) && !TERMINATED_STATES.has(states.get(id)));
    const refusals = await terminateLiving(living, call, signal);
    for (const hostId of part) {
      const refusal = refusals.get(hostId);
      if (!states.has(hostId)) {
        unknown.push(hostId);
        kept.push({ hostId, reason: `EC2 has no instance ${hostId} in ${region}` });
      } else if (refusal !== undefined) kept.push({ hostId, reason: refusal });
      else terminated.push(hostId);
    }
  }
  return { terminated, kept, unknown };
}

/** By a filter, since unknown ids that are asked for by name are refused together with all others. */
async function statesOf(ids: readonly string[], call: AwsCaller<Ec2Client>, signal: AbortSignal) {
  const states = new Map<string, string>();
  let token: string | undefined;
  do {
    const page: DescribeInstancesCommandOutput = await call("DescribeInstances", signal, (client, options) =>
      client.describeInstances(
        { Filters: [{ Name: "instance-id", Values: [...ids] }], ...(token ? { NextToken: token } : {}) },
        options,
      ),
    );
    for (const { InstanceId, State } of (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])) {
      if (InstanceId) states.set(InstanceId, State?.Name ?? "");
    }
    token = page.NextToken;
  } while (token);
  return states;
}

/** The refusals by instance. One that is protected makes EC2 refuse its neighbours too, so these are then asked for one by one. */
async function terminateLiving(
  ids: readonly string[],
  call: AwsCaller<Ec2Client>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  try {
    await call("TerminateInstances", signal, (client, options) =>
      client.terminateInstances({ InstanceIds: [...ids] }, options),
    );
    return new Map();
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    const [first, ...others] = ids;
    if (first !== undefined && others.length === 0) return new Map([[first, error.message]]);
  }
  const refusals = new Map<string, string>();
  for (const id of ids)
    for (const [one, reason] of await terminateLiving([id], call, signal)) refusals.set(one, reason);
  return refusals;
}
