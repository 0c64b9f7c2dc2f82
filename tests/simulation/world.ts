import { Aims } from "./aims.ts";
import { Chronicle } from "./chronicle.ts";
import { OperatorLine } from "./operator-line.ts";
import { Operators } from "./operators.ts";
import { Outages } from "./outages.ts";
import { PlannerObservation } from "./planner-observation.ts";
import type { PlatformWorld } from "./platform.ts";
import { type Plants, platformOf, type Scenario } from "./platforms.ts";
import { Random } from "./random.ts";
import { withoutFaults } from "./scenario.ts";
import { ServerDoor } from "./server-door.ts";
import { ServerLives, type ServerPlants } from "./server-lives.ts";
import { SimulatedAlarms } from "./simulated-alarms.ts";
import { SimulatedNetwork } from "./simulated-network.ts";
import { openSimulatedStore, type SimulatedStore } from "./simulated-store.ts";
import { SimulatedTime, START } from "./simulated-time.ts";
import { type Violation, WORLD_RULES } from "./violation.ts";
import { WatchedDeployments } from "./watched-deployments.ts";
import { Watcher } from "./watcher.ts";
import type { WorldParts } from "./world-parts.ts";

const HOUR = 3_600_000;
/** A world whose deployments have not ended by then never ends: the run time of each, and what may outlast it. */
const HOURS_PER_DEPLOYMENT = 20;
const MAX_STEPS = 5_000_000;
/** Steps at one moment: more of them are a loop that never sleeps. */
const MAX_STEPS_OF_A_MOMENT = 1_000;
/** After these the server waits before it tries again, on every platform. */
const OUTSIDE_FAULTS: readonly string[] = ["diskFailure", "alarmsUnreadable"];

export interface WorldReport<S extends Scenario = Scenario> {
  readonly scenario: S;
  readonly deployments: number;
  /** Targets of each deployment that found any. */
  readonly fleets: readonly number[];
  readonly outcomes: ReadonlyMap<string, number>;
  readonly strategies: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly simulatedMilliseconds: number;
  /** The first rule that was broken, or null. */
  readonly violation: Violation | null;
  /** Empty unless it was asked for. */
  readonly chronicle: readonly string[];
}

/** With faults of the simulation itself, to see that they are found. */
export interface WorldOptions extends ServerPlants, Plants {
  readonly keepsChronicle?: boolean;
  /** More steps than that are not worth taking; the world then ends without a violation. */
  readonly stepsMax?: number;
}

/** One world from its first deployment to the end of its last. */
export async function simulateWorld<S extends Scenario>(
  scenario: S,
  options: WorldOptions = {},
): Promise<WorldReport<S>> {
  const store = await openSimulatedStore();
  try {
    return { ...(await new World(scenario, store, options).run()), scenario };
  } finally {
    await store.close();
  }
}

class World {
  readonly #scenario: Scenario;
  readonly #options: WorldOptions;
  readonly #parts: WorldParts<Scenario["faults"]>;
  readonly #platform: PlatformWorld;
  readonly #lives: ServerLives;
  readonly #operators: Operators<Scenario["groups"][number]>;
  readonly #watcher: Watcher;
  readonly #faultCounts = new Map<string, number>();
  readonly #outsideFaults: ReadonlySet<string>;
  #faults: Scenario["faults"];
  /** When the faults stopped. */
  #quietSince: number | null = null;
  #lastOutsideFaultAt = 0;
  #violation: Violation | null = null;

  constructor(scenario: Scenario, store: SimulatedStore, options: WorldOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#faults = scenario.faults;
    const parts = this.#partsOver(store);
    this.#parts = parts;
    this.#platform = platformOf(scenario).begin(scenario, parts, options);
    this.#outsideFaults = new Set([...OUTSIDE_FAULTS, ...this.#platform.outsideFaults]);
    this.#operators = new Operators(parts, this.#platform);
    this.#lives = new ServerLives(parts, this.#platform, options, () => !this.#operators.areAtWork);
    const observation = new PlannerObservation(store);
    const watchParts = {
      ...parts,
      groups: this.#platform.groups,
      now: parts.time.now,
      isCalm: scenario.isCalm,
      tickMilliseconds: scenario.tickMilliseconds,
      lastOutsideFaultAt: () => Math.max(this.#lastOutsideFaultAt, parts.alarms.unreadableUntil),
      lastUnnoticedAt: () => Math.max(this.#platform.lastUnnoticedAt(), watchParts.lastOutsideFaultAt()),
      observe: observation.of.bind(observation),
      takeIn: this.#platform.takeIn.bind(this.#platform),
    };
    const rules = this.#platform.watch(watchParts, (rule, id, message) => this.#violate(rule, id, message));
    this.#watcher = new Watcher(watchParts, rules, (watched) => this.#platform.nameOf(watched));
  }

  #partsOver(store: SimulatedStore): WorldParts<Scenario["faults"]> {
    const { runSeed, tickMilliseconds } = this.#scenario;
    const random = new Random(runSeed + 1_000_003);
    const time = new SimulatedTime(START, tickMilliseconds, random);
    const chronicle = new Chronicle(this.#options.keepsChronicle ?? false, () => time.now() - START);
    const outages = new Outages(time.now);
    const door = new ServerDoor(time, random, outages);
    const faults = () => this.#faults;
    const count = (fault: string) => this.#count(fault);
    const server = () => this.#lives.current;
    const onTrouble = (message: string) => this.#violate(WORLD_RULES.trouble, null, message);
    const network = new SimulatedNetwork({
      time,
      random,
      faults,
      server,
      door,
      onKnock: (caller) => this.#platform.knocked(caller),
      onHeard: (caller) => this.#platform.heard(caller),
      onFault: count,
    });
    return {
      store,
      time,
      random,
      network,
      door,
      outages,
      alarms: new SimulatedAlarms({ time, random, faults, onFault: count }),
      line: new OperatorLine({ time, random, network, chronicle, onTrouble }),
      aims: new Aims(),
      chronicle,
      deployments: new WatchedDeployments(store),
      server,
      faults,
      quietSince: () => this.#quietSince,
      count,
      onTrouble,
    };
  }

  async run(): Promise<Omit<WorldReport, "scenario">> {
    const { groups, faultsMilliseconds } = this.#scenario;
    const { time, chronicle, deployments } = this.#parts;
    await this.#platform.furnish();
    this.#lives.start();
    this.#platform.start();
    for (const group of groups) void this.#operators.operate(group);
    this.#haveFaults();
    time.after(faultsMilliseconds, () => this.#calmDown());
    const steps = await this.#passTime();
    this.#lives.current?.die();
    return {
      deployments: deployments.all.size,
      fleets: deployments.fleets(),
      outcomes: this.#watcher.outcomes,
      strategies: this.#watcher.strategies(),
      faults: this.#faultCounts,
      steps,
      simulatedMilliseconds: time.now() - START,
      violation: this.#violation,
      chronicle: chronicle.lines,
    };
  }

  async #passTime(): Promise<number> {
    const { time } = this.#parts;
    const planned = this.#scenario.groups.reduce((sum, group) => sum + group.deployments.length, 0);
    const latest = START + planned * HOURS_PER_DEPLOYMENT * HOUR;
    const { stepsMax = MAX_STEPS } = this.#options;
    let steps = 0;
    let stepsOfMoment = 0;
    while (this.#operators.areAtWork && this.#violation === null) {
      const before = time.now();
      if (!(await time.step())) {
        this.#violate(WORLD_RULES.ends, null, "nothing is left to happen, and deployments have not ended");
      }
      this.#watcher.check();
      if (this.#watcher.hasEnded) await this.#watcher.checkAnswers();
      steps++;
      stepsOfMoment = time.now() === before ? stepsOfMoment + 1 : 0;
      if (stepsOfMoment > MAX_STEPS_OF_A_MOMENT) {
        this.#violate(WORLD_RULES.sleeps, null, "something spins: it never sleeps, and time stands still");
      }
      if (steps >= MAX_STEPS || time.now() > latest) {
        this.#violate(WORLD_RULES.ends, null, "deployments do not end after the faults have");
      }
      if (steps >= stepsMax) return steps;
    }
    return steps;
  }

  /** Once a second, until the faults stop. */
  #haveFaults(): void {
    if (this.#quietSince !== null) return;
    this.#lives.haveFaults(this.#faults);
    this.#platform.haveFaults();
    this.#parts.time.after(1_000, () => this.#haveFaults());
  }

  #calmDown(): void {
    const { time, chronicle, network, door } = this.#parts;
    const left = this.#lives.outageUntil - time.now();
    if (left > 0) {
      time.after(left, () => this.#calmDown());
      return;
    }
    this.#quietSince = time.now();
    this.#faults = withoutFaults(this.#faults);
    chronicle.note("the faults", "end");
    network.cut.clear();
    door.open();
    this.#platform.calmDown();
  }

  #count(fault: string): void {
    if (this.#outsideFaults.has(fault)) this.#lastOutsideFaultAt = this.#parts.time.now();
    this.#faultCounts.set(fault, (this.#faultCounts.get(fault) ?? 0) + 1);
  }

  #violate(rule: string, deploymentId: string | null, message: string): void {
    if (this.#violation) return;
    this.#violation = { rule, atMilliseconds: this.#parts.time.now() - START, deploymentId, message };
    this.#parts.chronicle.note("the watcher", `${deploymentId ?? ""} ${message}`.trim());
  }
}
