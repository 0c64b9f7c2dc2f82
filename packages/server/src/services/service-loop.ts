import { isDeepStrictEqual } from "node:util";
import type { ContainerEngine, ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import { isRegisteredTarget } from "../balancing/plan-balancer.ts";
import type { TargetHealth } from "../balancing/target-health.ts";
import { LEASE_MILLISECONDS } from "../loops/keep-lease.ts";
import { FAILED_TURN_MILLISECONDS, type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import { holdDuty } from "../store/duty-lease.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import { ContainerWork } from "./container-work.ts";
import { EngineView } from "./engine-view.ts";
import { servicesToLookAfter } from "./looked-after.ts";
import { removeOrphans } from "./orphans.ts";
import { takeServiceTurn } from "./service-turn.ts";
import { tellOfTrouble } from "./tell-of-trouble.ts";

/** All services are looked at this often whatever happens, so that a wake-up that was lost costs no more. */
const SCAN_MILLISECONDS = 30_000;
/** Of a database that other servers write to: their wake-ups do not come here. */
const SHARED_SCAN_MILLISECONDS = 1_000;
const RENEWAL_MILLISECONDS = 3_000;
const DUTY = "container-services";

export interface ServiceLoopDependencies {
  readonly store: Store;
  readonly engine: ContainerEngine;
  readonly timers: Timers;
  /** Who says that services, task sets or tasks were changed. */
  readonly changes: WakeFeed;
  readonly targets: TargetHealth;
  /** Names this server: of several on one database one does this. */
  readonly owner: string;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps every service at its desired count. It is level-triggered: whatever wakes it, it looks at what is stored and at what the engine has,
 * and does what is missing. What it knows in memory alone is only what it is doing now.
 */
export class ServiceLoop {
  readonly view: EngineView;
  readonly work: ContainerWork;
  readonly #dependencies: ServiceLoopDependencies;
  readonly #loop: PacedLoop;
  #unsubscribe: readonly (() => void)[] = [];
  /** Services that are to be looked at; null: all. */
  #due: Set<string> | null = null;
  readonly #wakeAt = new Map<string, number>();
  readonly #serviceOfTask = new Map<string, string>();
  readonly #tasksOfService = new Map<string, readonly string[]>();
  /** Null: nothing was seen yet. */
  #seen: ReadonlyMap<string, readonly ContainerFacts[]> | null = null;
  #toldTrouble: string | null = null;
  #scanAt = 0;
  #leaseUntil = 0;

  constructor(dependencies: ServiceLoopDependencies) {
    const { engine, timers, onError, log } = dependencies;
    this.#dependencies = dependencies;
    this.view = new EngineView({ engine, timers, onLook: () => this.#looked() });
    this.work = new ContainerWork({
      engine,
      view: this.view,
      timers,
      onDone: (taskId) => this.#wakeTask(taskId),
      onRefused: ({ kind }, reason) => log.warn({ kind, reason }, "the container engine refused what it was told"),
    });
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  start(): void {
    const { changes, targets } = this.#dependencies;
    this.#unsubscribe = [
      changes.subscribe(() => this.wake()),
      targets.subscribe((serverIds) => this.#wakeTargets(serverIds)),
    ];
    this.view.start();
    this.wake();
  }

  /** Containers go on as they are. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.view.close();
    await this.#loop.close();
    await this.work.close();
  }

  wake(): void {
    this.#due = null;
    this.#loop.wake();
  }

  #wakeTask(taskId: string): void {
    const serviceId = this.#serviceOfTask.get(taskId);
    if (serviceId === undefined) this.#due = null;
    else this.#due?.add(serviceId);
    this.#loop.wake();
  }

  #wakeTargets(serverIds: ReadonlySet<string> | null): void {
    if (serverIds === null) this.wake();
    else for (const serverId of serverIds) if (!isRegisteredTarget(serverId)) this.#wakeTask(serverId);
  }

  /** Only what changed is looked at again. */
  #looked(): void {
    const { facts, trouble } = this.view;
    const before = this.#seen;
    this.#seen = facts;
    if (trouble !== this.#toldTrouble || facts === null || before === null) {
      this.wake();
      return;
    }
    for (const taskId of new Set([...facts.keys(), ...before.keys()])) {
      if (!isDeepStrictEqual(facts.get(taskId), before.get(taskId))) this.#wakeTask(taskId);
    }
  }

  async #turn(): Promise<Pace> {
    const { store, timers } = this.#dependencies;
    if (!(await this.#isOurs())) return sleepFor(SHARED_SCAN_MILLISECONDS);
    await this.#tellTrouble();
    // Without its view nothing can be judged: the view goes on trying, and wakes the loop.
    if (this.view.facts === null || this.view.trouble !== null) return sleepFor(this.#scanMilliseconds());
    const now = timers.now();
    if (now >= this.#scanAt) this.#due = null;
    const due = this.#due;
    this.#due = new Set();
    const all = due === null ? await this.#all(now) : [];
    const isDue = (serviceId: string) => due?.has(serviceId) || (this.#wakeAt.get(serviceId) ?? now + 1) <= now;
    const serviceIds = due === null ? all : [...new Set([...due, ...this.#wakeAt.keys()])].filter(isDue);
    await Promise.all(serviceIds.map((serviceId) => this.#lookAt(serviceId)));
    await removeOrphans({
      store,
      facts: this.view.facts,
      isKnown: (id) => this.#serviceOfTask.has(id),
      work: this.work,
    });
    const next = Math.min(this.#scanAt, ...this.#wakeAt.values());
    return sleepFor(next - timers.now());
  }

  async #all(now: number): Promise<readonly string[]> {
    try {
      const serviceIds = await servicesToLookAfter(this.#dependencies.store.db);
      this.#scanAt = now + this.#scanMilliseconds();
      // An engine that has died says nothing of it.
      void this.view.look();
      return serviceIds;
    } catch (error) {
      this.#due = null;
      throw error;
    }
  }

  /** One service that cannot be looked at keeps no other from its turn. */
  async #lookAt(serviceId: string): Promise<void> {
    const { store, timers, targets, onError } = this.#dependencies;
    this.#wakeAt.delete(serviceId);
    try {
      const turn = await takeServiceTurn(serviceId, {
        store,
        now: timers.now,
        view: this.view,
        work: this.work,
        targets,
      });
      this.#rememberTasks(serviceId, turn?.taskIds ?? []);
      if (turn && turn.wakeAt !== null) this.#wakeAt.set(serviceId, turn.wakeAt);
    } catch (error) {
      onError(error);
      this.#wakeAt.set(serviceId, timers.now() + FAILED_TURN_MILLISECONDS);
    }
  }

  /** Those that were forgotten are no longer among them. */
  #rememberTasks(serviceId: string, taskIds: readonly string[]): void {
    for (const taskId of this.#tasksOfService.get(serviceId) ?? []) this.#serviceOfTask.delete(taskId);
    for (const taskId of taskIds) this.#serviceOfTask.set(taskId, serviceId);
    if (taskIds.length > 0) this.#tasksOfService.set(serviceId, taskIds);
    else this.#tasksOfService.delete(serviceId);
  }

  async #isOurs(): Promise<boolean> {
    const { store, timers, owner } = this.#dependencies;
    const now = timers.now();
    if (store.dialect === "sqlite" || now < this.#leaseUntil - LEASE_MILLISECONDS + RENEWAL_MILLISECONDS) return true;
    const until = now + LEASE_MILLISECONDS;
    const isHeld = await store.write((transaction) => holdDuty(transaction, { name: DUTY, owner, now, until }));
    if (isHeld) this.#leaseUntil = until;
    return isHeld;
  }

  async #tellTrouble(): Promise<void> {
    const { trouble } = this.view;
    if (trouble === this.#toldTrouble) return;
    const { log, store, timers } = this.#dependencies;
    if (trouble === null) log.info({}, "the container engine can be reached again");
    else if (this.#toldTrouble === null) {
      log.warn({ reason: trouble }, "the container engine cannot be reached; trying again");
      await tellOfTrouble(store, trouble, timers.now());
    }
    this.#toldTrouble = trouble;
  }

  #scanMilliseconds(): number {
    return this.#dependencies.store.dialect === "postgres" ? SHARED_SCAN_MILLISECONDS : SCAN_MILLISECONDS;
  }
}
