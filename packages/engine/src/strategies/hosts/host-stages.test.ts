import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply } from "../../apply.ts";
import {
  alive,
  BLUE_GREEN_ROLLBACK,
  blueGreen,
  candidate,
  IN_PLACE_WITH_BALANCER,
  liveness,
  PlayedDeployment,
  type Settings,
  zonal,
} from "../../engine.fixture.ts";
import { hostTargets } from "../../host-targets.ts";
import { plan } from "../../plan.ts";
import { type DeploymentState, type HealthRule, type HostTarget, isTerminal } from "../../state.ts";
import { hostRulesOf } from "./host-rules.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";
import { zoneMinimum } from "./zones.ts";

/** The same stories at every run, so that a red test is about the change that was made. */
const SEED = 20260102;
const RUNS = 400;
const MINUTE = 60_000;

/** What may happen next; `round` lets every host that is at work come to the end of its event. */
const STEPS = [
  ...["round", "round", "round", "round", "round", "round", "roundWithAFailure"],
  ...["acknowledge", "complete", "fail", "routePending", "routeDone", "routeFailed"],
  ...["plan", "plan", "sleep", "sleep", "waitAMoment", "waitLong"],
  ...["fallSilent", "comeBack", "leave"],
  ...["continue", "terminated", "stop", "alarm", "unreadable", "quiet"],
] as const;

const rule: fc.Arbitrary<HealthRule> = fc.oneof(
  fc.record({ type: fc.constant("HOST_COUNT" as const), value: fc.nat({ max: 3 }) }),
  fc.record({ type: fc.constant("FLEET_PERCENT" as const), value: fc.nat({ max: 90 }) }),
  fc.constant({ type: "MOST_CONCURRENCY" as const, value: 1 }),
);
const pause = fc.constantFrom(0, MINUTE, 30 * MINUTE);
const patience = fc.constantFrom(null, 10 * MINUTE);
const strategy = fc.oneof(
  fc.constant(IN_PLACE_WITH_BALANCER),
  fc
    .record({
      firstZoneMonitorMilliseconds: pause,
      monitorMilliseconds: pause,
      minimumPerZone: fc.option(rule, { nil: null }),
    })
    .map(zonal),
  fc.record({ readyWaitMilliseconds: patience, terminationWaitMilliseconds: patience }).map(blueGreen),
  fc.constant(BLUE_GREEN_ROLLBACK),
);
const fleet = fc.array(
  fc.record({
    wasHealthy: fc.boolean(),
    revisionHealth: fc.constantFrom("Unknown", "Old", "Current"),
    zone: fc.constantFrom("a", "b", null),
  }),
  { minLength: 1, maxLength: 8, size: "max" },
);

const setting = fc
  .record({
    healthRule: rule,
    strategy,
    fleets: fc.tuple(fleet, fleet),
    ignoreApplicationStopFailures: fc.boolean(),
    ignoresPollFailure: fc.boolean(),
  })
  .map(({ healthRule, strategy: how, fleets, ignoreApplicationStopFailures, ignoresPollFailure }): Settings => {
    const [originals, replacements] = (["b", "g"] as const).map((letter, index) =>
      (fleets[index] ?? []).map((host, place) => candidate(`${letter}${place + 1}`, host)),
    );
    return {
      healthRule,
      strategy: how,
      ignoreApplicationStopFailures,
      alarms: { names: ["errors"], ignoresPollFailure },
      candidates: originals ?? [],
      ...(how.type === "in-place" ? {} : { replacements: replacements ?? [] }),
    };
  });

const story = fc.record({
  settings: setting,
  steps: fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 15 }), fc.nat({ max: 40 })), {
    maxLength: 80,
    size: "max",
  }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;
type Watch = (before: DeploymentState, played: PlayedDeployment) => void;

interface Watcher {
  readonly afterPlan?: Watch;
  readonly afterStep?: Watch;
}

/** Plays a story, and then lets hosts, balancers and people do honestly whatever is left. */
function tell({ settings, steps }: Story, { afterPlan, afterStep }: Watcher): PlayedDeployment {
  const played = new PlayedDeployment(settings);
  const planNow = () => {
    const before = played.state;
    played.plan();
    afterPlan?.(before, played);
  };
  planNow();
  for (const [step, index, chance] of steps) {
    if (isTerminal(played.state.status)) break;
    const before = played.state;
    const targets = played.targets;
    const target = targets[index % targets.length];
    if (target) take(played, step, target, chance, planNow);
    afterStep?.(before, played);
  }
  for (const { targetId } of played.targets) played.hear(targetId, alive(Number.MAX_SAFE_INTEGER / 2));
  played.alarms = { outcome: "read", firing: [] };
  for (let rounds = 0; !isTerminal(played.state.status); rounds += 1) {
    expect(rounds).toBeLessThan(1000);
    planNow();
    letAllWork(played, () => true);
    if (played.state.wait?.kind === "ready") played.continue("ready");
    else if (played.state.wait !== null) played.now = Math.max(played.now, played.state.wait.until);
    reportTermination(played);
  }
  return played;
}

function take(
  played: PlayedDeployment,
  step: (typeof STEPS)[number],
  { targetId, command }: HostTarget,
  chance: number,
  planNow: () => void,
): void {
  const isRouted = command !== null && isTrafficEvent(command.event);
  const { wait } = played.state;
  switch (step) {
    case "round":
      letAllWork(played, () => true);
      planNow();
      break;
    case "roundWithAFailure":
      letAllWork(played, (id) => id !== targetId);
      planNow();
      break;
    case "acknowledge":
      if (command && !isRouted) played.acknowledge(targetId);
      break;
    case "complete":
    case "fail":
      if (command && !isRouted) played.complete(targetId, step === "complete");
      break;
    case "routeDone":
    case "routeFailed":
    case "routePending":
      if (isRouted) {
        const outcome = step === "routeDone" ? "done" : step === "routeFailed" ? "failed" : "pending";
        played.route(targetId, outcome, "words");
        if (step !== "routePending") planNow();
      }
      break;
    case "plan":
      planNow();
      break;
    case "sleep":
      // Time does not run backwards where a plan was put off for longer than its moment.
      if (played.wakeAt !== null) played.now = Math.max(played.now, played.wakeAt);
      planNow();
      break;
    case "waitAMoment":
      played.now += chance * 100;
      break;
    case "waitLong":
      played.now += chance * MINUTE;
      break;
    case "fallSilent":
      played.hear(targetId, liveness({ silentSince: played.now, lastSeenAt: played.now }));
      break;
    case "comeBack":
      played.hearAgain(targetId);
      break;
    case "leave":
      if (chance < 5) played.hear(targetId, undefined);
      break;
    case "continue":
      if (wait && wait.kind !== "baking") played.continue(wait.kind);
      break;
    case "terminated":
      reportTermination(played);
      break;
    // What ends a story early comes in few of them.
    case "stop":
      if (chance < 8) played.stop();
      break;
    case "alarm":
      if (chance < 8)
        played.alarms = { outcome: "read", firing: [{ name: "errors", state: "alarm", since: null, detail: "" }] };
      break;
    case "unreadable":
      if (chance < 12) played.alarms = { outcome: "unreadable", since: played.now, reason: "refused." };
      break;
    case "quiet":
      played.alarms = { outcome: "read", firing: [] };
      break;
  }
}

function letAllWork(played: PlayedDeployment, succeeds: (targetId: string, event: LifecycleEventName) => boolean) {
  for (const { targetId, command } of played.targets)
    if (command) played.work(targetId, succeeds(targetId, command.event));
}

function reportTermination(played: PlayedDeployment): void {
  for (const effect of played.effects.values())
    if (effect.kind === "terminateOriginals") played.termination = { terminated: effect.targetIds, kept: [] };
}

function check(watcher: Watcher, verdict: (played: PlayedDeployment, told: Story) => void = () => {}): void {
  fc.assert(
    fc.property(story, (one) => verdict(tell(one, watcher), one)),
    { numRuns: RUNS, seed: SEED },
  );
}

const has = (target: HostTarget, name: LifecycleEventName, status: string) =>
  target.lifecycleEvents.some((event) => event.name === name && event.status === status);
const labelled = (state: DeploymentState, label: "Blue" | "Green") =>
  hostTargets(state).filter((target) => target.label === label);
const isStandingBy = ({ status }: HostTarget) => status === "Pending" || status === "Ready";
const isUnder = ({ status }: HostTarget) => status === "InProgress";
const isEnded = ({ status }: HostTarget) => ["Succeeded", "Failed", "Skipped"].includes(status);

/** The hosts that these plans put to work, as they were before and are now. */
function admittedBy(before: DeploymentState, { state }: PlayedDeployment): HostTarget[] {
  return hostTargets(state).filter((target, place) => {
    const earlier = hostTargets(before)[place];
    return (earlier === undefined || isStandingBy(earlier)) && target.lifecycleEvents.length > 0 && isUnder(target);
  });
}

describe("every rollout", () => {
  it("meets every kind of end and every stage in these stories", () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    check({}, ({ state, events }) => {
      count(`${state.strategy.type} ${state.status}`);
      count(state.error?.code ?? "no error");
      for (const type of new Set(events.map((event) => event.type))) count(type);
    });
    for (const type of ["in-place", "blue-green", "blue-green-rollback"])
      for (const status of ["Succeeded", "Failed", "Stopped"])
        expect(seen.get(`${type} ${status}`), `${type} ${status}`).toBeGreaterThan(5);
    for (const code of [
      "HEALTH_CONSTRAINTS",
      "HEALTH_CONSTRAINTS_INVALID",
      "AGENT_ISSUE",
      "MANUAL_STOP",
      "ALARM_ACTIVE",
    ])
      expect(seen.get(code), code).toBeGreaterThan(3);
    for (const event of [
      "bakingStarted",
      "readyWaitStarted",
      "terminationWaitStarted",
      "originalsTerminated",
      "waitEnded",
    ])
      expect(seen.get(event), event).toBeGreaterThan(5);
  });

  it("ends, with every host in one place, and says Succeeded only where it is so", () => {
    check({}, ({ state }) => {
      expect(isTerminal(state.status)).toBe(true);
      expect(state.wait).toBeNull();
      for (const target of hostTargets(state)) {
        expect(isEnded(target)).toBe(true);
        expect(target.command).toBeNull();
        for (const { status } of target.lifecycleEvents)
          expect(["Succeeded", "Failed", "Skipped", "Unknown"]).toContain(status);
        if (target.status !== "Succeeded") continue;
        const forgiven = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];
        const others = target.lifecycleEvents.filter(({ status }) => status !== "Succeeded").map(({ name }) => name);
        const open = hostRulesOf(state).ignoreApplicationStopFailures
          ? others.filter((name) => !forgiven.includes(name))
          : others;
        expect(open).toEqual([]);
      }
      if (state.status !== "Succeeded") {
        expect(state.error).not.toBeNull();
        return;
      }
      const targets = hostTargets(state);
      expect(targets.some(({ status }) => status === "Skipped")).toBe(false);
      switch (state.strategy.type) {
        case "in-place":
          expect(targets.filter(({ status }) => status === "Succeeded").length).toBeGreaterThanOrEqual(
            Math.max(1, state.minimumHealthyHosts ?? 0),
          );
          break;
        case "blue-green":
          expect(labelled(state, "Green").some(({ status }) => status === "Succeeded")).toBe(true);
          expect(labelled(state, "Blue").every(({ status }) => status === "Succeeded")).toBe(true);
          break;
        case "blue-green-rollback":
          expect(targets.every(({ status }) => status === "Succeeded")).toBe(true);
          break;
      }
    });
  });

  it("gives the same plan to the same question, leaves its input as it was, and is still on its own result", () => {
    check({
      afterStep(_, { state, observation, now }) {
        const frozen = JSON.stringify(state);
        const first = plan(state, observation, now);
        expect(plan(JSON.parse(frozen) as DeploymentState, observation, now)).toEqual(first);
        expect(JSON.stringify(state)).toBe(frozen);
        const next = first.events.reduce((reached, event) => apply(reached, event, now), state);
        expect(plan(next, observation, now).events).toEqual([]);
      },
    });
  });

  it("asks to be woken later than now, and always when nothing but time can move it on", () => {
    check({
      afterPlan(_, { state, wakeAt, now }) {
        if (wakeAt !== null) {
          expect(wakeAt).toBeGreaterThan(now);
          return;
        }
        const isTerminating = state.stage === "terminate" && state.wait === null;
        expect(isTerminal(state.status) || isTerminating).toBe(true);
      },
    });
  });

  it("leaves what has ended as it is: deployments, hosts and events", () => {
    const compare: Watch = (before, { state }) => {
      if (isTerminal(before.status)) expect(state).toBe(before);
      for (const [place, target] of hostTargets(before).entries()) {
        const now = hostTargets(state)[place];
        if (isEnded(target)) expect(now).toBe(target);
        for (const [index, event] of target.lifecycleEvents.entries())
          if (!["Pending", "InProgress"].includes(event.status)) expect(now?.lifecycleEvents[index]).toEqual(event);
      }
    };
    check({ afterStep: compare, afterPlan: compare });
  });

  it("keeps the order of events on every host, one at a time", () => {
    const ordered: Watch = (_, { state }) => {
      for (const { lifecycleEvents, command } of hostTargets(state)) {
        const firstOpen = lifecycleEvents.findIndex(({ status }) => status === "Pending" || status === "InProgress");
        if (firstOpen === -1) continue;
        expect(lifecycleEvents.slice(firstOpen + 1).every(({ status }) => status === "Pending")).toBe(true);
        if (command) expect(lifecycleEvents[firstOpen]?.name).toBe(command.event);
      }
    };
    check({ afterStep: ordered, afterPlan: ordered });
  });

  it("asks the load balancers once for each traffic event, and for nothing else", () => {
    check({}, ({ offered, effects }) => {
      const wanted = offered.filter(({ event }) => isTrafficEvent(event));
      const asked = [...effects.values()].flatMap((effect) =>
        effect.kind === "routeTraffic" ? [{ targetId: effect.targetId, event: effect.event }] : [],
      );
      expect(asked).toEqual(wanted);
    });
  });

  it("admits nobody after a halt, and an alarm leaves nobody at work", () => {
    check({
      afterPlan(before, played) {
        if (before.halt !== null) expect(admittedBy(before, played)).toEqual([]);
        if (played.state.halt === "alarm") expect(played.targets.filter(isUnder)).toEqual([]);
      },
    });
  });
});

describe("in place", () => {
  it("never takes a healthy host out when that leaves fewer healthy ones than the minimum, of fleet or zone", () => {
    check({
      afterPlan(before, played) {
        const { strategy: how, minimumHealthyHosts: minimum } = played.state;
        const { targets } = played;
        if (how.type !== "in-place" || minimum === null) return;
        const taken = admittedBy(before, played).filter(({ wasHealthy }) => wasHealthy);
        if (taken.length === 0) return;
        const healthy = (hosts: readonly HostTarget[]) =>
          hosts.filter(({ status, wasHealthy }) => status === "Succeeded" || (status === "Pending" && wasHealthy))
            .length;
        expect(healthy(targets)).toBeGreaterThanOrEqual(minimum);
        for (const { zone } of how.zones ? taken : []) {
          const members = targets.filter((target) => target.zone === zone);
          expect(healthy(members)).toBeGreaterThanOrEqual(
            zoneMinimum(how.zones?.minimumPerZone ?? null, members.length),
          );
        }
      },
    });
  });

  it("never is at work in two zones at once, nor in one while it bakes, nor in a later one before an earlier has ended", () => {
    const compare: Watch = (_, { state, targets }) => {
      if (state.strategy.type !== "in-place" || state.strategy.zones === null) return;
      const [zone, ...others] = new Set(targets.filter(isUnder).map((target) => target.zone));
      expect(others).toEqual([]);
      if (state.status === "Baking") expect(targets.some(isUnder)).toBe(false);
      if (zone === undefined) return;
      const comesBefore = (one: string | null) => one !== zone && (zone === null || (one !== null && one < zone));
      for (const target of targets) if (comesBefore(target.zone)) expect(isEnded(target)).toBe(true);
    };
    check({ afterStep: compare, afterPlan: compare });
  });
});

describe("blue/green", () => {
  it("takes no original out before every replacement has ended and as many serve as the rule asks for", () => {
    const compare: Watch = (_, { state }) => {
      if (state.strategy.type !== "blue-green") return;
      const wasTouched = (target: HostTarget) =>
        target.command !== null ||
        has(target, "BeforeBlockTraffic", "Succeeded") ||
        has(target, "BeforeBlockTraffic", "Failed");
      if (!labelled(state, "Blue").some(wasTouched)) return;
      const greens = labelled(state, "Green");
      expect(greens.filter((target) => !isEnded(target))).toEqual([]);
      // Those that were let at their traffic: all but those that failed before it.
      const members = greens.filter((target) => !has(target, "BeforeAllowTraffic", "Skipped"));
      const serving = members.filter(
        (target) => has(target, "AllowTraffic", "Succeeded") && target.status === "Succeeded",
      );
      const { healthRule } = hostRulesOf(state);
      const isOneByOne = healthRule.type === "MOST_CONCURRENCY";
      const least = isOneByOne ? members.length : minimumHealthyHosts(healthRule, members.length);
      expect(serving.length).toBeGreaterThanOrEqual(Math.max(1, least));
    };
    check({ afterStep: compare, afterPlan: compare });
  });

  it("lets no replacement at its traffic while another has not got the revision, nor before leave was given", () => {
    check({
      afterPlan(_, { state }) {
        if (state.strategy.type !== "blue-green") return;
        const greens = labelled(state, "Green");
        const isAtTraffic = ({ command }: HostTarget) => command?.event === "BeforeAllowTraffic";
        if (!greens.some(isAtTraffic)) return;
        expect(state.stage).toBe("allow");
        expect(state.wait).toBeNull();
        if (state.strategy.readyWaitMilliseconds !== null) expect(state.continued).toBe("ready");
        for (const target of greens) {
          if (target.status === "Failed" || target.status === "Pending") continue;
          expect(has(target, "ValidateService", "Succeeded")).toBe(true);
        }
        expect(greens.filter(({ status }) => status === "Pending")).toEqual([]);
      },
    });
  });

  it("terminates originals only when every one of them is out and the replacements serve, and never after a halt", () => {
    check({
      afterPlan(_, { state, effects }) {
        if (![...effects.values()].some(({ kind }) => kind === "terminateOriginals")) return;
        expect(state.halt).toBeNull();
        expect(labelled(state, "Blue").every((target) => has(target, "BlockTraffic", "Succeeded"))).toBe(true);
        expect(labelled(state, "Green").some((target) => has(target, "AllowTraffic", "Succeeded"))).toBe(true);
      },
    });
  });
});

describe("blue/green rollback", () => {
  it("takes no replacement out before every original has ended and one serves", () => {
    const compare: Watch = (_, { state }) => {
      if (state.strategy.type !== "blue-green-rollback") return;
      if (!labelled(state, "Green").some((target) => target.status !== "Pending" && target.status !== "Skipped"))
        return;
      const blues = labelled(state, "Blue");
      expect(blues.every(isEnded)).toBe(true);
      expect(blues.some((target) => has(target, "AllowTraffic", "Succeeded"))).toBe(true);
    };
    check({ afterStep: compare, afterPlan: compare });
  });
});

describe("hot path and planner", () => {
  it("bring every host through the same events to the same end", () => {
    const failures = fc.array(
      fc.tuple(fc.constantFrom("b", "g"), fc.integer({ min: 1, max: 8 }), fc.nat({ max: 12 })),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(setting, failures, (settings, failing) => {
        const results = [true, false].map((hotPath) => {
          const played = new PlayedDeployment({ ...settings, hotPath });
          for (let rounds = 0; !isTerminal(played.state.status); rounds += 1) {
            expect(rounds).toBeLessThan(1000);
            played.play((id, event) => {
              const place = played.target(id).lifecycleEvents.findIndex(({ name }) => name === event);
              return failing.some(([letter, number, index]) => id === `${letter}${number}` && index === place);
            });
            if (played.state.wait?.kind === "ready") played.continue("ready");
            else if (played.state.wait !== null) played.now = played.state.wait.until;
            reportTermination(played);
          }
          const { state, effects } = played;
          const events = (state.targets ?? []).map((target) => target.lifecycleEvents.map(({ status }) => status));
          return { status: state.status, outcomes: played.outcomes, events, effects: [...effects.keys()].sort() };
        });
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
