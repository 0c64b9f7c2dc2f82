import { invariant } from "@sluice/model/invariant.ts";
import { apply } from "./apply.ts";
import type { EffectReport } from "./effect-report.ts";
import type { DeploymentEvent, Effect } from "./event.ts";
import { ALWAYS_HEARD } from "./heard-time.ts";
import { darkAt, type HostLiveness, type Observation, type TargetResolution } from "./observation.ts";
import { plan } from "./plan.ts";
import { receiveReport } from "./receive-report.ts";
import { type DeploymentError, type DeploymentState, isTerminal, type Stage, type TargetState } from "./state.ts";
import { advancePolicyOf } from "./strategies/rollouts.ts";
import { trafficEffectKey } from "./traffic-effects.ts";

/** What happens, in its order. Times are milliseconds. */
export type RehearsalStep =
  /** Hosts that begin together, and go on when all of them are through. */
  | { readonly kind: "hosts"; readonly stage: Stage; readonly targetIds: readonly string[] }
  /** The deployment as a whole waits; for `ready` it is a person, and the time is the most that it waits. */
  | {
      readonly kind: "wait";
      readonly wait: "ready" | "termination" | "baking";
      readonly zone: string | null;
      readonly milliseconds: number;
    }
  | { readonly kind: "terminate"; readonly targetIds: readonly string[] };

export interface Rehearsal {
  /** The deployment as it ends; its targets are null when it never starts. */
  readonly end: DeploymentState;
  readonly steps: readonly RehearsalStep[];
  /** Hosts that are alive and got something to do, in the order in which they did. */
  readonly touched: readonly string[];
}

const DONE: EffectReport = { outcome: "done", detail: "" };
/** No command of a rehearsal is acknowledged twice, so one name for all offers will do. */
const OFFER = "rehearsal";
/** A deployment has a few waits and stages besides its hosts; more rounds than this are a loop. */
const ROUNDS_BESIDES_HOSTS = 100;

/**
 * Plays a deployment that was not started yet forward, by the planner itself: hosts that are dark now fail when their turn comes, every
 * other host, balancer and machine does what it is asked at once, and a person continues what waits for leave. Changes nothing.
 */
export function rehearse(
  created: DeploymentState,
  resolution: TargetResolution,
  hosts: ReadonlyMap<string, HostLiveness>,
  now: number,
): Rehearsal {
  const played = new PlayedForward(created, resolution, hosts, now);
  const hostCount =
    resolution.outcome === "resolved" ? resolution.candidates.length + (resolution.replacements?.length ?? 0) : 0;
  // Each host is at work at most three times: deployed to, let in, taken out; and each event of a balancer is a round.
  for (let rounds = 0; !isTerminal(played.state.status); rounds += 1) {
    invariant(rounds <= ROUNDS_BESIDES_HOSTS + 6 * hostCount, "a rehearsed deployment comes to its end");
    played.plan();
    if (!isTerminal(played.state.status)) played.workOrWait();
  }
  return { end: played.state, steps: played.steps, touched: [...played.touched] };
}

/**
 * Why the deployment would not start, or would fail before a host that is alive was given anything to do; null: it would touch hosts.
 * What happens to it after that is `end`.
 */
export function startObstacle({ end, touched }: Rehearsal): DeploymentError | null {
  return end.error !== null && touched.length === 0 ? end.error : null;
}

class PlayedForward {
  state: DeploymentState;
  readonly steps: RehearsalStep[] = [];
  readonly touched = new Set<string>();
  readonly #resolution: TargetResolution;
  readonly #dark: ReadonlyMap<string, HostLiveness | undefined>;
  /** Hosts that cannot be restarted: nothing of them is ever begun. */
  readonly #refused: ReadonlySet<string>;
  #now: number;
  readonly #reports = new Map<string, EffectReport>();

  constructor(
    created: DeploymentState,
    resolution: TargetResolution,
    hosts: ReadonlyMap<string, HostLiveness>,
    now: number,
  ) {
    this.state = created;
    this.#resolution = resolution;
    this.#now = now;
    const { candidates, replacements = [] } =
      resolution.outcome === "resolved" ? resolution : { candidates: [], replacements: [] };
    this.#refused = new Set(
      candidates.flatMap(({ targetId, restart }) => (restart && "refused" in restart ? [targetId] : [])),
    );
    this.#dark = new Map(
      [...candidates, ...replacements]
        .filter(({ targetId }) => darkAt(hosts.get(targetId), created.createdAt) <= now)
        .map(({ targetId }) => [targetId, hosts.get(targetId)]),
    );
  }

  /** Whether the host would get anything to do. */
  #isReached(targetId: string): boolean {
    return !this.#dark.has(targetId) && !this.#refused.has(targetId);
  }

  plan(): void {
    const { events, effects } = plan(this.state, this.#observation(), this.#now);
    const from = this.steps.length;
    for (const event of events) this.#take(event, from);
    for (const effect of effects) this.#carryOut(effect);
  }

  /** Hosts first; when none has anything to do, the deployment waits for time or for a person. */
  workOrWait(): void {
    const { targets, wait, continued } = this.state;
    const busy = (targets ?? []).filter(({ command }) => command !== null);
    if (busy.length > 0) {
      this.state = { ...this.state, targets: (targets ?? []).map((target) => this.#work(target)) };
    } else if (wait?.kind === "ready" && continued !== "ready") {
      this.state = apply(this.state, { type: "continueRequested", wait: "ready" }, this.#now);
    } else if (wait !== null) {
      this.#now = Math.max(this.#now, wait.until);
    }
  }

  #take(event: DeploymentEvent, planBegan: number): void {
    const before = this.state;
    this.state = apply(before, event, this.#now);
    switch (event.type) {
      case "commandOffered": {
        const status = before.targets?.find(({ targetId }) => targetId === event.targetId)?.status;
        if (this.#refused.has(event.targetId)) return;
        if (status === "Pending" || status === "Ready") this.#begins(event.targetId, planBegan);
        if (this.#isReached(event.targetId)) this.touched.add(event.targetId);
        return;
      }
      case "bakingStarted":
        this.#waits("baking", event.until, event.zone);
        return;
      case "readyWaitStarted":
        this.#waits("ready", event.until, null);
        return;
      case "terminationWaitStarted":
        this.#waits("termination", event.until, null);
        return;
    }
  }

  /** Hosts that one plan admits to one stage begin together. */
  #begins(targetId: string, planBegan: number): void {
    const { stage } = this.state;
    const last = this.steps.length > planBegan ? this.steps.at(-1) : undefined;
    if (last?.kind === "hosts" && last.stage === stage) {
      this.steps.splice(-1, 1, { ...last, targetIds: [...last.targetIds, targetId] });
    } else this.steps.push({ kind: "hosts", stage, targetIds: [targetId] });
  }

  #waits(wait: "ready" | "termination" | "baking", until: number, zone: string | null): void {
    if (until > this.#now) this.steps.push({ kind: "wait", wait, zone, milliseconds: until - this.#now });
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "routeTraffic":
        this.#reports.set(effect.key, DONE);
        return;
      case "terminateOriginals":
        if (this.#reports.has(effect.key)) return;
        this.#reports.set(effect.key, { ...DONE, termination: { terminated: effect.targetIds, kept: [] } });
        this.steps.push({ kind: "terminate", targetIds: effect.targetIds });
        return;
      case "withholdReplacements":
        this.#reports.set(effect.key, DONE);
        return;
      case "resolveTargets":
        return;
      // Shifts are rehearsed by themselves.
      case "createTaskSet":
      case "awaitTaskSet":
      case "setTestTraffic":
      case "setWeights":
      case "promoteTaskSet":
      case "removeTaskSet":
      case "setAliasWeights":
      case "invokeHook":
        return;
      default:
        effect satisfies never;
    }
  }

  /** All events of an agent up to the next one of the balancer, by the hot path's own function. */
  #work(target: TargetState): TargetState {
    if (this.#dark.has(target.targetId)) return target;
    const { status, halt, stopRequestedAt } = this.state;
    const advancing = status === "InProgress" && halt === null && stopRequestedAt === null;
    const policy = { advancing, ...advancePolicyOf(this.state) };
    let worked = target;
    while (worked.command !== null && worked.command.by === "agent") {
      const { event, attempt } = worked.command;
      worked = receiveReport(
        worked,
        { type: "acknowledged", event, by: "agent", attempt, offer: OFFER },
        policy,
        this.#now,
      ).target;
      const completed = {
        type: "completed",
        event,
        by: "agent",
        attempt,
        succeeded: true,
        diagnostics: SUCCEEDED,
      } as const;
      worked = receiveReport(worked, completed, policy, this.#now).target;
    }
    if (worked !== target && worked.command !== null) {
      // What the hot path offers is asked of the balancer without a plan.
      const { event, by, attempt } = worked.command;
      if (by === "balancer") {
        this.#reports.set(trafficEffectKey(this.state.deploymentId, worked.targetId, event, attempt), DONE);
      }
    }
    return worked;
  }

  #observation(): Observation {
    const hosts = new Map<string, HostLiveness>();
    for (const { targetId } of this.#targets()) {
      const dark = this.#dark.get(targetId);
      if (dark) hosts.set(targetId, dark);
      else if (!this.#dark.has(targetId)) hosts.set(targetId, aliveAt(this.#now));
    }
    return {
      resolution: this.#resolution,
      heard: ALWAYS_HEARD,
      hosts,
      reports: this.#reports,
    };
  }

  #targets(): readonly { readonly targetId: string }[] {
    if (this.#resolution.outcome !== "resolved") return [];
    return [...this.#resolution.candidates, ...(this.#resolution.replacements ?? [])];
  }
}

const SUCCEEDED = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" } as const;

function aliveAt(now: number): HostLiveness {
  return { lastSeenAt: now, silentSince: now, graceMilliseconds: 1, goodbyeAt: null, remedy: "" };
}
