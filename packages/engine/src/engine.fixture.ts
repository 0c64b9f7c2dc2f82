import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { apply } from "./apply.ts";
import { createdDeployment } from "./created-deployment.ts";
import type { EffectReport } from "./effect-report.ts";
import type { DeploymentEvent, Effect, Plan } from "./event.ts";
import { ALWAYS_HEARD, type HeardTime } from "./heard-time.ts";
import { hostTargets } from "./host-targets.ts";
import type { AlarmObservation, HostLiveness, Observation, TargetCandidate, TargetResolution } from "./observation.ts";
import { plan } from "./plan.ts";
import type { TerminationReport } from "./ports/fleet.ts";
import { type CommandReport, type ReportAnswer, receiveReport } from "./receive-report.ts";
import {
  type AlarmWatch,
  type CommandState,
  type DeploymentState,
  type HealthRule,
  type HostTarget,
  type HostWay,
  isTerminal,
  type Strategy,
  type ZoneRule,
} from "./state.ts";
import { termination, withholding } from "./strategies/hosts/host-effects.ts";
import { advancePolicyOf } from "./strategies/rollouts.ts";
import { strategyWith } from "./strategy.fixture.ts";
import { trafficEffectKey, trafficEffects } from "./traffic-effects.ts";

export const ALL_AT_ONCE: HealthRule = { type: "FLEET_PERCENT", value: 0 };
export const HALF_AT_A_TIME: HealthRule = { type: "FLEET_PERCENT", value: 50 };
export const ONE_AT_A_TIME: HealthRule = { type: "MOST_CONCURRENCY", value: 1 };
export const START = Date.UTC(2026, 0, 1);
export const GRACE = 15_000;
export const SUCCESS: Diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" };
export const SCRIPT_FAILED: Diagnostics = {
  errorCode: "ScriptFailed",
  scriptName: "check.sh",
  message: "Script at specified location: check.sh failed with exit code 1",
  logTail: "[stderr]connection refused",
};

/** `h01`, `h02` …: names whose order by id is their order here. */
export function hostIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `h${String(index + 1).padStart(2, "0")}`);
}

export function candidate(targetId: string, changes: Partial<TargetCandidate> = {}): TargetCandidate {
  return {
    targetId,
    hostName: targetId,
    kind: "instance",
    zone: null,
    wasHealthy: false,
    revisionHealth: "Unknown",
    ...changes,
  };
}

/** Hosts as a group has them whose every host runs the last revision. */
export function healthyCandidates(count: number): TargetCandidate[] {
  return hostIds(count).map((id) => candidate(id, { wasHealthy: true, revisionHealth: "Old" }));
}

export const IN_PLACE_WITH_BALANCER: HostWay = { type: "in-place", hasTrafficControl: true, zones: null };
export const BLUE_GREEN_ROLLBACK: HostWay = { type: "blue-green-rollback" };

/** Traffic moves at once, and the originals are kept, unless told otherwise. */
export function blueGreen(changes: Partial<Extract<HostWay, { type: "blue-green" }>> = {}): HostWay {
  return { type: "blue-green", readyWaitMilliseconds: null, terminationWaitMilliseconds: null, ...changes };
}

/** Zone after zone without a pause, unless told otherwise. */
export function zonal(changes: Partial<ZoneRule> = {}): HostWay {
  const zones = { firstZoneMonitorMilliseconds: 0, monitorMilliseconds: 0, minimumPerZone: null, ...changes };
  return { type: "in-place", hasTrafficControl: false, zones };
}

/** `g1`, `g2` … and `b1`, `b2` …: a replacement fleet that was never deployed to, and an original one that serves. */
export function twoFleets(greens: number, blues: number) {
  const ids = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  return {
    replacements: ids("g", greens).map((id) => candidate(id)),
    candidates: ids("b", blues).map((id) => candidate(id, { wasHealthy: true, revisionHealth: "Old" })),
  };
}

/** What the load balancers say of a traffic event. */
export interface TrafficReport extends EffectReport, Pick<CommandState, "event" | "attempt"> {}

export interface Settings {
  readonly healthRule: HealthRule;
  readonly candidates: readonly TargetCandidate[];
  readonly ignoreApplicationStopFailures?: boolean;
  readonly strategy?: HostWay | Strategy;
  readonly alarms?: AlarmWatch;
  /** The replacement fleet of a blue/green deployment. */
  readonly replacements?: readonly TargetCandidate[];
  /** Whether an agent's report makes the next event available at once; otherwise only plans do. */
  readonly hotPath?: boolean;
}

export function createdState(settings: Omit<Settings, "candidates" | "replacements" | "hotPath">): DeploymentState {
  const {
    healthRule,
    strategy = { type: "in-place", hasTrafficControl: false, zones: null },
    ignoreApplicationStopFailures = false,
    alarms = null,
  } = settings;
  return createdDeployment({
    deploymentId: "d-A1B2C3D4E",
    deploymentGroupName: "prod",
    strategy: strategyWith(strategy, { healthRule, ignoreApplicationStopFailures }),
    alarms,
    createdAt: START,
    statusMessages: [],
  });
}

/** One deployment in the hands of a test: it plays the server around the engine, and the hosts. Hosts are alive unless told otherwise. */
export class PlayedDeployment {
  state: DeploymentState;
  now = START;
  readonly events: DeploymentEvent[] = [];
  /** By key, as the server keeps them: asking twice for one is asking once. */
  readonly effects = new Map<string, Effect>();
  /** What hosts were told to do, in order. */
  readonly offered: { readonly targetId: string; readonly event: LifecycleEventName }[] = [];
  /** In the order of their admission. */
  readonly attempted: string[] = [];
  mostInFlight = 0;
  wakeAt: number | null = null;
  resolution: TargetResolution | undefined;
  alarms: AlarmObservation | undefined;
  /** The server hears always, unless a test says otherwise. */
  heard: HeardTime = ALWAYS_HEARD;
  termination: TerminationReport | undefined;
  /** Replacements are kept out of the load balancer as soon as that is asked for, unless a test says otherwise. */
  withholding: EffectReport | undefined = { outcome: "done", detail: "" };
  readonly #reports = new Map<string, EffectReport>();
  readonly #liveness = new Map<string, HostLiveness | undefined>();
  readonly #hotPath: boolean;

  constructor(settings: Settings) {
    this.state = createdState(settings);
    const { candidates, replacements, hotPath = true } = settings;
    this.#hotPath = hotPath;
    this.resolution = { outcome: "resolved", candidates, ...(replacements ? { replacements } : {}) };
  }

  get observation(): Observation {
    const { candidates = [], replacements = [] } =
      this.resolution?.outcome === "resolved" ? this.resolution : { candidates: [] };
    const hosts = new Map<string, HostLiveness>();
    for (const { targetId } of [...candidates, ...replacements]) {
      const told = this.#liveness.has(targetId) ? this.#liveness.get(targetId) : alive(this.now);
      if (told) hosts.set(targetId, told);
    }
    const { resolution, heard, alarms, termination: terminated } = this;
    const reports = new Map(this.#reports);
    if (terminated) reports.set(termination(this.state).key, { outcome: "done", detail: "", termination: terminated });
    return { resolution, heard, hosts, reports, alarms };
  }

  /** What the next observations say of a host; undefined: it was removed. */
  hear(targetId: string, liveness: HostLiveness | undefined): void {
    this.#liveness.set(targetId, liveness);
  }

  hearAgain(targetId: string): void {
    this.#liveness.delete(targetId);
  }

  plan(): Plan {
    const planned = plan(this.state, this.observation, this.now);
    this.#take(planned.events);
    this.#demand(planned.effects);
    this.wakeAt = planned.wakeAt;
    const isAsked = planned.effects.some(({ kind }) => kind === "withholdReplacements");
    const key = withholding(this.state).key;
    if (!isAsked || !this.withholding || this.#reports.get(key) === this.withholding) return planned;
    this.#reports.set(key, this.withholding);
    const { events, effects, wakeAt } = this.plan();
    return { events: [...planned.events, ...events], effects: [...planned.effects, ...effects], wakeAt };
  }

  /** Lets time pass until the planner wants to look again, and plans. */
  sleep(): Plan {
    if (this.wakeAt === null) throw new Error("the planner did not ask to be woken");
    this.now = this.wakeAt;
    return this.plan();
  }

  /** What the load balancer says of the traffic event that the host is at. */
  route(targetId: string, outcome: EffectReport["outcome"], detail = ""): void {
    const { event, by, attempt } = this.#commandOf(targetId);
    if (by !== "balancer") throw new Error(`${targetId} is at ${event}, which is not a traffic event`);
    this.reroute(targetId, { event, attempt, outcome, detail });
  }

  /** What the load balancer says, whatever the host is at. */
  reroute(targetId: string, { event, attempt, ...report }: TrafficReport): void {
    this.#reports.set(trafficEffectKey(this.state.deploymentId, targetId, event, attempt), report);
  }

  /** ContinueDeployment. */
  continue(wait: "ready" | "termination"): void {
    this.#take([{ type: "continueRequested", wait }]);
  }

  stop(): void {
    this.#take([{ type: "stopRequested" }]);
  }

  /** An agent's report by the hot path, and the plan that it may need. */
  report(targetId: string, report: CommandReport): ReportAnswer {
    const { state } = this;
    const isAdvancing = state.status === "InProgress" && state.halt === null && state.stopRequestedAt === null;
    const advancing = this.#hotPath && isAdvancing;
    const policy = { advancing, ...advancePolicyOf(state) };
    const result = receiveReport(this.target(targetId), report, policy, this.now);
    this.#take(result.events);
    this.#demand(trafficEffects(state.deploymentId, result.events));
    return result.answer;
  }

  acknowledge(targetId: string, offer = "1"): ReportAnswer {
    return this.report(targetId, { type: "acknowledged", ...this.#commandOf(targetId), offer });
  }

  complete(targetId: string, succeeded = true, diagnostics = succeeded ? SUCCESS : SCRIPT_FAILED): ReportAnswer {
    return this.report(targetId, { type: "completed", ...this.#commandOf(targetId), succeeded, diagnostics });
  }

  /** Does, or has the load balancer do, what the host has to do until that is `event`, or nothing. */
  bringTo(targetId: string, event: LifecycleEventName): void {
    for (;;) {
      const { command } = this.target(targetId);
      if (!command || command.event === event) return;
      this.work(targetId, true);
      if (this.target(targetId).command === null || command.by === "balancer") this.plan();
    }
  }

  /** Plans, and lets every host that has something to do do it, event by event in step, until nothing moves. */
  play(fails: (targetId: string, event: LifecycleEventName) => boolean = () => false): this {
    for (;;) {
      this.plan();
      if (isTerminal(this.state.status)) return this;
      const busy = (this.state.targets ?? []).filter(({ command }) => command !== null);
      if (busy.length === 0) return this;
      for (const { targetId, command } of busy) if (command) this.work(targetId, !fails(targetId, command.event));
    }
  }

  get targets(): readonly HostTarget[] {
    return hostTargets(this.state);
  }

  target(targetId: string): HostTarget {
    const target = this.targets.find((one) => one.targetId === targetId);
    if (!target) throw new Error(`${targetId} is not a target`);
    return target;
  }

  /** The events that a host was told to do, in order. */
  offeredTo(targetId: string): LifecycleEventName[] {
    return this.offered.filter((one) => one.targetId === targetId).map(({ event }) => event);
  }

  eventOf(targetId: string, name: LifecycleEventName) {
    return this.target(targetId).lifecycleEvents.find((event) => event.name === name);
  }

  /** `{ h01: "Succeeded", … }` */
  get outcomes(): Record<string, string> {
    return Object.fromEntries((this.state.targets ?? []).map(({ targetId, status }) => [targetId, status]));
  }

  /** Does, or has the load balancer do, what the host has to do. */
  work(targetId: string, succeeds: boolean): void {
    if (this.#commandOf(targetId).by === "balancer") {
      this.route(targetId, succeeds ? "done" : "failed", "the balancer's words");
      return;
    }
    if (this.target(targetId).command?.acknowledgedAt === null) this.acknowledge(targetId);
    this.complete(targetId, succeeds);
  }

  #demand(effects: readonly Effect[]): void {
    for (const effect of effects) this.effects.set(effect.key, effect);
  }

  #commandOf(targetId: string) {
    const { command } = this.target(targetId);
    if (!command) throw new Error(`${targetId} has nothing to do`);
    const { event, by, attempt } = command;
    return { event, by, attempt };
  }

  #take(events: readonly DeploymentEvent[]): void {
    for (const event of events) {
      this.state = apply(this.state, event, this.now);
      this.events.push(event);
      if (event.type === "commandOffered") {
        this.offered.push({ targetId: event.targetId, event: event.event });
        if (!this.attempted.includes(event.targetId)) this.attempted.push(event.targetId);
      }
      const inFlight = (this.state.targets ?? []).filter(({ status }) => status === "InProgress").length;
      this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    }
  }
}

export function alive(now: number): HostLiveness {
  return liveness({ lastSeenAt: now, silentSince: now });
}

export function liveness(changes: Partial<HostLiveness>): HostLiveness {
  return {
    lastSeenAt: START,
    silentSince: START,
    graceMilliseconds: GRACE,
    goodbyeAt: null,
    remedy: "sluice agent run --data /var/lib/sluice-agent",
    ...changes,
  };
}
