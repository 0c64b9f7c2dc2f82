import type { Action, Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import {
  type GroupWeight,
  noTraffic,
  type PairTraffic,
  type PairWeights,
  type TargetGroupPair,
  type WeightedRouter,
  weightsOfPair,
  weightsTrouble,
} from "@sluice/engine/ports/weighted-router.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import { refusedAsFailed } from "../aws/port-answers.ts";
import {
  ROLE_CLIENT_SETTINGS,
  type RoleCaller,
  type RoleClientSettings,
  roleCaller,
  sessionsOf,
} from "../aws/role-caller.ts";
import type { Driver } from "../driver.ts";
import type { Elbv2Client } from "./elbv2-client.ts";
import { arnsOf, type Elbv2Call, findGroups, findListener, placeTrouble } from "./find-pair.ts";
import { type GroupArns, type Percents, percentsOf, splitActions, wholeActions } from "./forward-action.ts";
import { type PairForward, percentsAt, protocolOf } from "./pair-listener.ts";

export interface Elbv2WeightedRouterDependencies {
  /** Epoch milliseconds: sessions of roles expire. */
  readonly now: () => number;
}

/** Forward actions and rules of AWS's application and network load balancers. */
export const elbv2WeightedRouter: Driver<
  "weighted-router",
  RoleClientSettings,
  Elbv2WeightedRouterDependencies,
  WeightedRouter
> = {
  port: "weighted-router",
  name: "elbv2",
  configSchema: ROLE_CLIENT_SETTINGS,
  create: (settings, { now }) => {
    const open = async (config: object) => (await import("./elbv2-client.ts")).openElbv2(config);
    const caller = roleCaller(settings, "elasticloadbalancing", open, sessionsOf(settings, now));
    return {
      describe: async (pair, signal) => {
        signal.throwIfAborted();
        return describePair(callFor(caller, pair), pair, signal);
      },
      splitProduction: async (pair, weights, signal) => {
        signal.throwIfAborted();
        return splitListener(callFor(caller, pair), pair, pair.productionListener, weights, signal);
      },
      sendTest: async (pair, targetGroup, signal) => {
        signal.throwIfAborted();
        if (pair.testListener === null) return { outcome: "failed", reason: "the pair has no test listener" };
        if (!pair.targetGroups.includes(targetGroup)) {
          return { outcome: "failed", reason: `the target group ${targetGroup} is not of the pair` };
        }
        const weights = weightsOfPair(pair, targetGroup, 100);
        return splitListener(callFor(caller, pair), pair, pair.testListener, weights, signal);
      },
    };
  },
};

function callFor(caller: RoleCaller<Elbv2Client>, { serviceRoleArn, productionListener }: TargetGroupPair): Elbv2Call {
  return caller({ serviceRoleArn, purpose: productionListener.split("/").slice(-3).join("-") });
}

async function describePair(call: Elbv2Call, pair: TargetGroupPair, signal: AbortSignal): Promise<PairTraffic> {
  const { productionListener, testListener } = pair;
  try {
    const groups = await findGroups(call, pair, signal);
    if ("problem" in groups) return unusable(groups.problem);
    const production = await findListener(call, groups.found, productionListener, signal);
    if ("problem" in production) {
      return unusable(production.problem, "isElsewhere" in production ? noTraffic(pair) : undefined);
    }
    const arns = arnsOf(groups.found);
    const ofProduction = percentsAt(production.found.forwards, arns);
    const given = ofProduction ? weightsOf(pair, ofProduction) : noTraffic(pair);
    const test = testListener === null ? null : await findListener(call, groups.found, testListener, signal);
    if (test && "problem" in test) return unusable(test.problem, given);
    const trouble = placeTrouble(groups.found, production.found.listener, test?.found.listener);
    if (trouble !== undefined) return unusable(trouble, given);
    const ofTest = test && percentsAt(test.found.forwards, arns);
    if (!ofProduction || (test && !ofTest)) {
      const name = ofProduction ? testListener : productionListener;
      return unusable(
        `the listener ${name} forwards to both groups with weight 0: give the one that serves a weight`,
        given,
      );
    }
    return {
      outcome: "known",
      protocol: protocolOf(production.found.listener),
      production: weightsOf(pair, ofProduction),
      test: ofTest ? weightsOf(pair, ofTest) : null,
    };
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    if (error.deploymentCode !== undefined)
      throw new PortRefusal(error.deploymentCode, error.message, { cause: error });
    return unusable(error.message);
  }
}

async function splitListener(
  call: Elbv2Call,
  pair: TargetGroupPair,
  name: string,
  weights: PairWeights,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const trouble = weightsTrouble(pair, weights);
  if (trouble !== undefined) return { outcome: "failed", reason: trouble };
  return refusedAsFailed(async (): Promise<PortOutcome> => {
    const groups = await findGroups(call, pair, signal);
    if ("problem" in groups) return { outcome: "failed", reason: groups.problem };
    const read = await findListener(call, groups.found, name, signal);
    if ("problem" in read) return { outcome: "failed", reason: read.problem };
    const arns = arnsOf(groups.found);
    const percents = percentsIn(pair, weights);
    for (const forward of read.found.forwards) {
      const problem = await change(call, read.found.listener, forward, { arns, percents }, signal);
      if (problem !== undefined) return { outcome: "failed", reason: `the listener ${name}: ${problem}` };
    }
    return { outcome: "done" };
  });
}

interface Split {
  readonly arns: GroupArns;
  readonly percents: Percents;
}

/** One default action or rule. What forwards so already is left alone. Returns why it cannot be changed. */
async function change(
  call: Elbv2Call,
  listener: Listener,
  { ruleArn, actions }: PairForward,
  { arns, percents }: Split,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isNetwork = protocolOf(listener) === "network";
  if (isNetwork && !percents.includes(100)) {
    return "it is one of a network load balancer, which moves all traffic at once: use CodeDeployDefault.ECSAllAtOnce";
  }
  if (isSplit(actions, { arns, percents }, isNetwork)) return undefined;
  const split = isNetwork ? { actions: wholeActions(actions, arns, percents) } : splitActions(actions, arns, percents);
  if ("problem" in split) return split.problem;
  if (ruleArn === null) {
    const input = { ListenerArn: listener.ListenerArn, DefaultActions: split.actions };
    await call("ModifyListener", signal, (client, options) => client.modifyListener(input, options));
  } else {
    const input = { RuleArn: ruleArn, Actions: split.actions };
    await call("ModifyRule", signal, (client, options) => client.modifyRule(input, options));
  }
  return undefined;
}

/** Both groups are named, as far as the listener can name both, and with these very weights. */
function isSplit(actions: readonly Action[], { arns, percents }: Split, isNetwork: boolean): boolean {
  return actions.some((action) => {
    const named = (action.ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn);
    if (isNetwork) return percentsOf(action, arns)?.[0] === percents[0];
    const weights = arns.map((arn) => action.ForwardConfig?.TargetGroups?.find((one) => one.TargetGroupArn === arn));
    return arns.every((arn, at) => named.includes(arn) && weights[at]?.Weight === percents[at]);
  });
}

function weightsOf({ targetGroups: [first, second] }: TargetGroupPair, [ofFirst, ofSecond]: Percents): PairWeights {
  return [
    { targetGroup: first, percent: ofFirst },
    { targetGroup: second, percent: ofSecond },
  ];
}

function percentsIn({ targetGroups }: TargetGroupPair, weights: PairWeights): Percents {
  const percentOf = (group: string) => weights.find(({ targetGroup }) => targetGroup === group)?.percent ?? 0;
  return [percentOf(targetGroups[0]), percentOf(targetGroups[1])];
}

function unusable(reason: string, production?: readonly GroupWeight[]): PairTraffic {
  return { outcome: "unusable", reason, production };
}
