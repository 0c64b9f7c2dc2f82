import type { DescribeInstancesCommandOutput } from "@aws-sdk/client-ec2";
import type { TerminationAnswer } from "@sluice/engine/ports/fleet.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { Ec2Client } from "./ec2-client.ts";

export interface Ec2TerminationAnswer extends TerminationAnswer {
  /** Those of `kept` that EC2 does not know in this region: they may be somebody else's to switch off. */
  readonly unknown: readonly string[];
}

/** What became of one instance. */
type Fate =
  | { readonly outcome: "terminated" }
  | { readonly outcome: "kept" | "unanswered" | "unknown"; readonly reason: string };

/** The most values that one filter of DescribeInstances takes. */
const INSTANCES_PER_QUESTION = 200;
/** States with no way back. */
const TERMINATED_STATES: ReadonlySet<string | undefined> = new Set(["shutting-down", "terminated"]);

/**
 * Terminates the instances that EC2 knows. An instance that was terminated more than an hour ago is one that EC2 does not know any more,
 * and so `kept` as unknown: nothing proves that it ever was ours. Rejects only when it was told to stop before it began.
 */
export async function terminateInstances(
  hostIds: readonly string[],
  call: AwsCaller<Ec2Client>,
  region: string,
  signal: AbortSignal,
): Promise<Ec2TerminationAnswer> {
  signal.throwIfAborted();
  const wanted = [...new Set(hostIds)];
  const fates = new Map<string, Fate>();
  for (let from = 0; from < wanted.length; from += INSTANCES_PER_QUESTION) {
    const part = wanted.slice(from, from + INSTANCES_PER_QUESTION);
    for (const [hostId, fate] of await terminatePart(part, call, region, signal)) fates.set(hostId, fate);
  }
  return answerOf(fates);
}

function answerOf(fates: ReadonlyMap<string, Fate>): Ec2TerminationAnswer {
  const of = (...outcomes: readonly Fate["outcome"][]) =>
    [...fates].flatMap(([hostId, fate]) =>
      outcomes.includes(fate.outcome) ? { hostId, reason: "reason" in fate ? fate.reason : "" } : [],
    );
  const idsOf = (outcome: Fate["outcome"]) => of(outcome).map(({ hostId }) => hostId);
  return {
    terminated: idsOf("terminated"),
    kept: of("kept", "unknown"),
    unanswered: of("unanswered"),
    unknown: idsOf("unknown"),
  };
}

/** A part that EC2 does not answer says nothing about the others. */
async function terminatePart(
  part: readonly string[],
  call: AwsCaller<Ec2Client>,
  region: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  let states: ReadonlyMap<string, string>;
  try {
    states = await statesOf(part, call, signal);
  } catch (error) {
    return new Map(part.map((hostId) => [hostId, unanswered(error)]));
  }
  const living = part.filter((id) => states.has(id) && !TERMINATED_STATES.has(states.get(id)));
  const fates = await terminateLiving(living, call, signal);
  return new Map(
    part.map((hostId): [string, Fate] => {
      if (states.has(hostId)) return [hostId, fates.get(hostId) ?? { outcome: "terminated" }];
      return [hostId, { outcome: "unknown", reason: `EC2 has no instance ${hostId} in ${region}` }];
    }),
  );
}

function unanswered(error: unknown): Fate {
  return { outcome: "unanswered", reason: reasonOf(error) };
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

/** By instance. One that is protected makes EC2 refuse its neighbours too, so these are then asked for one by one. */
async function terminateLiving(
  ids: readonly string[],
  call: AwsCaller<Ec2Client>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const all = (fate: Fate) => new Map(ids.map((id) => [id, fate]));
  if (ids.length === 0) return new Map();
  try {
    await call("TerminateInstances", signal, (client, options) =>
      client.terminateInstances({ InstanceIds: [...ids] }, options),
    );
    return all({ outcome: "terminated" });
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) return all(unanswered(error));
    if (ids.length === 1) return all({ outcome: "kept", reason: error.message });
  }
  const fates = new Map<string, Fate>();
  for (const id of ids) for (const [one, fate] of await terminateLiving([id], call, signal)) fates.set(one, fate);
  return fates;
}
