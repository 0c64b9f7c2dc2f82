import type { Balancer, BalancerFacts, BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import type { BalancedTask } from "../store/elb/balanced-tasks.ts";
import { type BalancingRows, readBalancingRows } from "../store/elb/balancing-rows.ts";
import { type RegisteredTarget, removeDrained } from "../store/elb/registered-targets.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { FunctionPlaces } from "./function-servers.ts";
import { planBalancer, serverIdOf } from "./plan-balancer.ts";
import { deregistrationDelaySeconds } from "./target-group-attributes.ts";
import type { TargetHealth, TargetListener, TargetReading } from "./target-health.ts";
import { changedServers, type TargetReadings, targetReadings } from "./target-readings.ts";

/** How often the balancer is looked at by itself; its own news come at once. */
const OBSERVE_MILLISECONDS = 1_000;
/** While targets drain, whose sessions end without a word. */
const DRAINING_MILLISECONDS = 200;
/** With no target anywhere. */
const IDLE_MILLISECONDS = 30_000;
/** However often it is woken. */
const REST_MILLISECONDS = 5;

export interface BalancingDependencies {
  readonly store: Store;
  readonly balancer: Balancer;
  readonly timers: Timers;
  readonly changes: WakeFeed;
  /** The tasks that are targets now. */
  readonly tasks: () => Promise<readonly BalancedTask[]>;
  /** Undefined: no functions run here. */
  readonly functions?: FunctionPlaces | undefined;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  readonly onError: (error: unknown) => void;
}

/** How the balancer is after a turn that began when it was asked for, so that it knows of everything that was committed before. */
export interface Settled {
  readonly outcome: PortOutcome;
  readonly facts: BalancerFacts;
}

interface Waiting {
  readonly resolve: (settled: Settled) => void;
  readonly reject: (reason: unknown) => void;
}

const UNUSED: TargetReading = { state: "unused", detail: "", sessions: 0 };
const NEW_TARGET: TargetReading = { state: "initial", detail: "", sessions: null };

/**
 * Makes the balancer what the store says, and knows what the balancer says of its targets. Each turn reads everything anew, so that nothing
 * is lost that is missed; the wish that was applied last is only remembered to spare the balancer its repetition.
 */
export class BalancingLoop implements TargetHealth {
  readonly isThere = true;
  readonly #dependencies: BalancingDependencies;
  readonly #loop: PacedLoop;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<TargetListener>();
  #unsubscribe = () => {};
  #watching = Promise.resolve();
  #waiting: Waiting[] = [];
  #applied: string | null = null;
  #readings: TargetReadings | null = null;
  /** Why the newest turn could not ask the balancer; empty: it could. */
  #away = "";
  #trouble = "";
  #told = "";

  constructor(dependencies: BalancingDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  start(): void {
    const { changes, balancer } = this.#dependencies;
    this.#unsubscribe = changes.subscribe(() => this.wake());
    this.#watching = balancer.watch(() => this.wake(), this.#stop.signal);
    this.wake();
  }

  /** The balancer goes on serving. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#stop.abort(new Error("the server stops"));
    await this.#loop.close();
    await this.#watching;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#stop.signal.reason);
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when the balancer was told all that is committed now, whatever it answered; rejects when it cannot be reached. */
  async settle(signal: AbortSignal): Promise<Settled> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Settled>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    this.#waiting.push({ resolve, reject });
    this.wake();
    return promise.finally(() => signal.removeEventListener("abort", stop));
  }

  ofTask(targetGroupArn: string, taskId: string): TargetReading {
    return this.ofServer(targetGroupArn, taskId);
  }

  /** @param serverId a task's id, or `serverIdOf` a registered target */
  ofServer(targetGroupArn: string, serverId: string): TargetReading {
    const group = this.#readings?.get(targetGroupArn);
    const reading = group?.get(serverId);
    if (this.#away !== "") return { state: "unavailable", detail: this.#away, sessions: null };
    if (reading) return reading;
    return this.#readings === null || group ? NEW_TARGET : UNUSED;
  }

  /** Why the balancer does not serve at all, as the newest turn found it; empty: it serves. */
  get trouble(): string {
    return this.#away === "" ? this.#trouble : this.#away;
  }

  isDrained(targetGroupArn: string, taskId: string): boolean {
    if (this.#readings === null || this.#away !== "") return false;
    const reading = this.#readings.get(targetGroupArn)?.get(taskId);
    return !reading || (reading.state === "draining" && reading.sessions === 0);
  }

  subscribe(onChange: TargetListener): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  async #turn(): Promise<Pace> {
    const waiting = this.#waiting.splice(0);
    try {
      const { store, tasks, functions } = this.#dependencies;
      const rows = await readBalancingRows(store.db);
      const plan = planBalancer(rows, await tasks(), await functions?.serve(rows));
      const outcome = await this.#apply(plan);
      const facts = await this.#dependencies.balancer.observe(this.#stop.signal);
      this.#trouble = facts.trouble;
      this.#tell(troubleOf(outcome, facts));
      this.#remember(targetReadings(plan, facts));
      for (const { resolve } of waiting) resolve({ outcome, facts });
      await this.#removeDrained(rows);
      return this.#pace(plan, outcome);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      if (this.#stop.signal.aborted) return sleepFor(IDLE_MILLISECONDS);
      // Whatever it has now, it is told again.
      this.#applied = null;
      const wasAway = this.#away !== "";
      this.#away = reasonOf(error);
      if (!wasAway) this.#publish(null);
      throw error;
    }
  }

  async #apply(plan: BalancerPlan): Promise<PortOutcome> {
    const wish = JSON.stringify(plan);
    if (wish === this.#applied) return { outcome: "done" };
    const outcome = await this.#dependencies.balancer.apply(plan, this.#stop.signal);
    this.#applied = outcome.outcome === "done" ? wish : null;
    return outcome;
  }

  #remember(readings: TargetReadings): void {
    // Of a balancer that was away nothing was known.
    const changed = this.#readings === null || this.#away !== "" ? null : changedServers(this.#readings, readings);
    this.#readings = readings;
    this.#away = "";
    if (changed === null || changed.size > 0) this.#publish(changed);
  }

  #publish(serverIds: ReadonlySet<string> | null): void {
    for (const listener of this.#listeners) listener(serverIds);
  }

  /** What serves nothing any more, or has been given its time, is gone. */
  async #removeDrained({ targets, targetGroups }: BalancingRows): Promise<void> {
    const { store, timers, changes } = this.#dependencies;
    const delays = new Map(targetGroups.map((group) => [group.arn, deregistrationDelaySeconds(group) * 1_000]));
    const isOver = (target: RegisteredTarget) =>
      target.drainingSince !== null &&
      (this.isDrained(target.targetGroupArn, serverIdOf(target)) ||
        timers.now() - target.drainingSince >= (delays.get(target.targetGroupArn) ?? 0));
    const over = targets.filter(isOver);
    if (over.length === 0) return;
    await store.write(async (transaction) => {
      for (const target of over) await removeDrained(transaction.db, target);
      changes.publishAfter(transaction);
    });
  }

  #pace({ groups }: BalancerPlan, outcome: PortOutcome): Pace {
    const servers = groups.flatMap((group) => group.servers);
    const isDraining = servers.some((server) => server.isDraining);
    const usual = servers.length === 0 && this.#applied !== null ? IDLE_MILLISECONDS : OBSERVE_MILLISECONDS;
    const wanted = outcome.outcome === "pending" ? outcome.retryAfterMilliseconds : usual;
    const sleepMilliseconds = isDraining ? Math.min(DRAINING_MILLISECONDS, wanted) : wanted;
    return { sleepMilliseconds, restMilliseconds: REST_MILLISECONDS };
  }

  /** Each trouble once, and its end. */
  #tell(trouble: string): void {
    if (trouble === this.#told) return;
    this.#told = trouble;
    if (trouble === "") this.#dependencies.log.info({}, "the load balancer serves all its listeners again");
    else
      this.#dependencies.log.warn(
        { reason: trouble },
        "the load balancer does not serve all its listeners; trying again",
      );
  }
}

function troubleOf(outcome: PortOutcome, { trouble, unserved }: BalancerFacts): string {
  if (trouble !== "") return trouble;
  if (unserved.size > 0) return [...unserved].map(([listener, reason]) => `${listener}: ${reason}`).join("; ");
  return outcome.outcome === "failed" ? outcome.reason : "";
}
