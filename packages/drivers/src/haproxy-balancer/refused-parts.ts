import type { BalancerPlan, GroupPlan, ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { UnsupportedPlan } from "./config-word.ts";

/** Why a plan cannot be HAProxy's configuration, as a sentence without a full stop; undefined: it can. */
export type PlanCheck = (plan: BalancerPlan) => Promise<string | undefined>;

export interface ServablePlan {
  /** What passes the check: all that is wished for, but for what is refused. */
  readonly served: BalancerPlan;
  /** Why, by the id of a listener or of a target group. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Finds what makes a plan refused, part by part, so that one listener does not keep the others from their changes. What is refused is
 * served as it was before where that is possible, and else left out. Throws an {@link UnsupportedPlan} where no single part is to blame.
 *
 * @param askBefore for what was served until now and can be served still; null: nothing
 */
export async function servablePlan(
  wish: BalancerPlan,
  askBefore: () => Promise<BalancerPlan | null>,
  check: PlanCheck,
): Promise<ServablePlan> {
  const whole = await check(wish);
  if (whole === undefined) return { served: wish, refused: new Map() };
  const before = await askBefore();
  const refused = new Map<string, string>();
  const groups = await servableGroups(wish, before, check, refused);
  const served = await servableListeners({ ...wish, groups }, before, check, refused);
  const rest = refused.size === 0 ? whole : await check(served);
  if (rest !== undefined) throw new UnsupportedPlan(rest);
  return { served, refused };
}

async function servableGroups(
  { groups }: BalancerPlan,
  before: BalancerPlan | null,
  check: PlanCheck,
  refused: Map<string, string>,
): Promise<readonly GroupPlan[]> {
  const alone = (some: readonly GroupPlan[]) => check({ listeners: [], groups: some });
  const reasons = await refusedAmong(groups, alone);
  const found: GroupPlan[] = [];
  for (const group of groups) {
    const reason = reasons.get(group);
    const old = before?.groups.find(({ groupId }) => groupId === group.groupId);
    // The servers that there are now count for more than those that there were.
    const forms = reason === undefined ? [group] : old ? [{ ...old, servers: group.servers }, old] : [];
    const form = reason === undefined ? group : await firstAccepted(forms, (one) => alone([one]));
    if (form) found.push(form);
    if (reason !== undefined) refused.set(group.groupId, withConsequence(reason, form !== undefined));
  }
  return found;
}

/** `plan` has groups that pass the check. */
async function servableListeners(
  plan: BalancerPlan,
  before: BalancerPlan | null,
  check: PlanCheck,
  refused: Map<string, string>,
): Promise<BalancerPlan> {
  const present = new Set(plan.groups.map(({ groupId }) => groupId));
  const isWhole = (listener: ListenerPlan) => groupIdsOf(listener).every((groupId) => present.has(groupId));
  const reasons = await refusedAmong(plan.listeners.filter(isWhole), (listeners) => check({ ...plan, listeners }));
  let served: BalancerPlan = { ...plan, listeners: plan.listeners.filter((one) => isWhole(one) && !reasons.has(one)) };
  for (const listener of plan.listeners) {
    const { listenerId } = listener;
    const troubled = groupIdsOf(listener).find((groupId) => refused.has(groupId));
    const ofGroup = troubled === undefined ? undefined : `its target group ${troubled}: ${refused.get(troubled)}`;
    if (served.listeners.includes(listener)) {
      if (ofGroup !== undefined) refused.set(listenerId, ofGroup);
      continue;
    }
    const old = withOld(served, before, listenerId);
    const isAccepted = old !== undefined && (await check(old)) === undefined;
    if (isAccepted) served = old;
    refused.set(listenerId, withConsequence(reasons.get(listener) ?? ofGroup ?? "it has no target group", isAccepted));
  }
  // In the order of the wish, so that what is served as before is the same configuration as before.
  const ids = plan.listeners.map(({ listenerId }) => listenerId);
  return {
    ...served,
    listeners: served.listeners.toSorted((one, other) => ids.indexOf(one.listenerId) - ids.indexOf(other.listenerId)),
  };
}

/** With a listener as it was, and the groups that it had; undefined: there was none, or another one has its port now. */
function withOld(served: BalancerPlan, before: BalancerPlan | null, listenerId: string): BalancerPlan | undefined {
  const old = before?.listeners.find((listener) => listener.listenerId === listenerId);
  if (!old || served.listeners.some(({ port }) => port === old.port)) return undefined;
  const missing = new Set(groupIdsOf(old));
  for (const { groupId } of served.groups) missing.delete(groupId);
  const groups = before!.groups.filter(({ groupId }) => missing.has(groupId));
  return { listeners: [...served.listeners, old], groups: [...served.groups, ...groups] };
}

/** Halves, and halves of those that are refused: what one of many makes refused is found in few checks. */
async function refusedAmong<Part>(
  parts: readonly Part[],
  check: (parts: readonly Part[]) => Promise<string | undefined>,
): Promise<ReadonlyMap<Part, string>> {
  if (parts.length === 0) return new Map();
  const reason = await check(parts);
  if (reason === undefined) return new Map();
  if (parts.length === 1) return new Map([[parts[0]!, reason]]);
  const middle = Math.ceil(parts.length / 2);
  const first = await refusedAmong(parts.slice(0, middle), check);
  return new Map([...first, ...(await refusedAmong(parts.slice(middle), check))]);
}

async function firstAccepted<Form>(
  forms: readonly Form[],
  check: (form: Form) => Promise<string | undefined>,
): Promise<Form | undefined> {
  for (const form of forms) if ((await check(form)) === undefined) return form;
  return undefined;
}

function groupIdsOf({ rules, defaultAction }: ListenerPlan): readonly string[] {
  return [defaultAction, ...rules.map(({ action }) => action)].flatMap((action) =>
    action.kind === "forward" ? action.groups.map(({ groupId }) => groupId) : [],
  );
}

function withConsequence(reason: string, isServedAsBefore: boolean): string {
  return `${reason}; until that is mended it is ${isServedAsBefore ? "served as it was before" : "left out"}`;
}
