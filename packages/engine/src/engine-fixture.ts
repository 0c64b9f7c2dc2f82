import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { apply } from "./apply.ts";
import type { DeploymentEvent, Plan } from "./event.ts";
import type {
  AlarmObservation,
  HostLiveness,
  Observation,
  TargetCandidate,
  TargetResolution,
  TrafficReport,
} from "./observation.ts";
import { plan } from "./plan.ts";
import type { TerminationReport } from "./ports/fleet.ts";
import { type CommandReport, type ReportAnswer, receiveReport } from "./receive-report.ts";
import {
  type AlarmWatch,
  type DeploymentState,
  type HealthRule,
  isTerminal,
  type Strategy,
  type TargetState,
} from "./state.ts";

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

export interface Settings {
  readonly healthRule: HealthRule;
  readonly candidates: readonly TargetCandidate[];
  readonly ignoreApplicationStopFailures?: boolean;
  readonly strategy?: Strategy;
  readonly alarms?: AlarmWatch;
  /** The replacement fleet of a blue/green deployment. */
  readonly replacements?: readonly TargetCandidate[];
}

export function createdState(settings: Omit<Settings, "candidates" | "replacements">): DeploymentState {
  return {
    deploymentId: "d-A1B2C3D4E",
    deploymentGroupName: "prod",
    status: "Created",
    strategy: settings.strategy ?? { type: "in-place", hasTrafficControl: false, zones: null },
    healthRule: settings.healthRule,
    minimumHealthyHosts: null,
    ignoreApplicationStopFailures: settings.ignoreApplicationStopFailures ?? false,
    alarms: settings.alarms ?? null,
    stage: "deploy",
    wait: null,
    continued: null,
    createdAt: START,
    startedAt: null,
    completedAt: null,
    stopRequestedAt: null,
    halt: null,
    error: null,
    statusMessages: [],
    targets: null,
  };
}

/** One deployment in the hands of a test: it plays the server around the engine, and the hosts. Hosts are alive unless told otherwise. */
export class PlayedDeployment {
  state: DeploymentState;
  now = START;
  readonly events: DeploymentEvent[] = [];
  /** In the order of their admission. */
  readonly attempted: string[] = [];
  mostInFlight = 0;
  wakeAt: number | null = null;
  resolution: TargetResolution | undefined;
  alarms: AlarmObservation | undefined;
  termination: TerminationReport | undefined;
  readonly #traffic = new Map<string, TrafficReport>();
  readonly #liveness = new Map<string, HostLiveness | undefined>();

  constructor(settings: Settings) {
    this.state = createdState(settings);
    const { candidates, replacements } = settings;
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
    const { resolution, alarms, termination } = this;
    return { resolution, hosts, traffic: this.#traffic, alarms, termination };
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
    this.wakeAt = planned.wakeAt;
    return planned;
  }

  /** What the load balancer says of the traffic event that the host is at. */
  route(targetId: string, outcome: TrafficReport["outcome"], detail = ""): void {
    const { event, attempt } = this.#commandOf(targetId);
    if (!isTrafficEvent(event)) throw new Error(`${targetId} is at ${event}, which is no traffic event`);
    this.#traffic.set(targetId, { event, attempt, outcome, detail });
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
    const advancing = state.status === "InProgress" && state.halt === null && state.stopRequestedAt === null;
    const policy = { advancing, ignoreApplicationStopFailures: state.ignoreApplicationStopFailures };
    const result = receiveReport(this.target(targetId), report, policy, this.now);
    this.#take(result.events);
    return result.answer;
  }

  acknowledge(targetId: string, offer = "1"): ReportAnswer {
    return this.report(targetId, { type: "acknowledged", ...this.#commandOf(targetId), offer });
  }

  complete(targetId: string, succeeded = true, diagnostics = succeeded ? SUCCESS : SCRIPT_FAILED): ReportAnswer {
    return this.report(targetId, { type: "completed", ...this.#commandOf(targetId), succeeded, diagnostics });
  }

  /** Acknowledges and completes events until the host has `event` to do. */
  bringTo(targetId: string, event: LifecycleEventName): void {
    while (this.target(targetId).command && this.target(targetId).command?.event !== event) {
      this.acknowledge(targetId);
      this.complete(targetId);
    }
  }

  /** Plans, and lets every host that has something to do do it, event by event in step, until nothing moves. */
  play(fails: (targetId: string, event: LifecycleEventName) => boolean = () => false): this {
    for (;;) {
      this.plan();
      if (isTerminal(this.state.status)) return this;
      const busy = (this.state.targets ?? []).filter(({ command }) => command !== null);
      if (busy.length === 0) return this;
      for (const { targetId, command } of busy) {
        if (!command) continue;
        if (isTrafficEvent(command.event)) {
          this.route(targetId, fails(targetId, command.event) ? "failed" : "done", "the balancer's words");
          continue;
        }
        if (command.acknowledgedAt === null) this.acknowledge(targetId);
        this.complete(targetId, !fails(targetId, command.event));
      }
    }
  }

  target(targetId: string): TargetState {
    const target = this.state.targets?.find((one) => one.targetId === targetId);
    if (!target) throw new Error(`${targetId} is no target`);
    return target;
  }

  eventOf(targetId: string, name: LifecycleEventName) {
    return this.target(targetId).lifecycleEvents.find((event) => event.name === name);
  }

  /** `{ h01: "Succeeded", … }` */
  get outcomes(): Record<string, string> {
    return Object.fromEntries((this.state.targets ?? []).map(({ targetId, status }) => [targetId, status]));
  }

  #commandOf(targetId: string) {
    const { command } = this.target(targetId);
    if (!command) throw new Error(`${targetId} has nothing to do`);
    return { event: command.event, attempt: command.attempt };
  }

  #take(events: readonly DeploymentEvent[]): void {
    for (const event of events) {
      this.state = apply(this.state, event, this.now);
      this.events.push(event);
      if (event.type === "commandOffered" && !this.attempted.includes(event.targetId))
        this.attempted.push(event.targetId);
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
    saidGoodbye: false,
    remedy: "sluice agent run --data /var/lib/sluice-agent",
    ...changes,
  };
}
