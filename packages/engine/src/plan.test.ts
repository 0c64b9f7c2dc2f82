import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply } from "./apply.ts";
import { alive, candidate, hostIds, liveness, PlayedDeployment } from "./engine.fixture.ts";
import { hostTargets } from "./host-targets.ts";
import { plan } from "./plan.ts";
import { type DeploymentState, type HealthRule, isTerminal } from "./state.ts";
import { hostRulesOf } from "./strategies/hosts/host-rules.ts";
import { COMMAND_START_TIMEOUT_MILLISECONDS } from "./time-limits.ts";

/** The same stories at every run, so that a red test is about the change that was made. */
const SEED = 20260101;

/** What may happen next, to a host chosen by number. */
const STEPS = [
  "acknowledge",
  "acknowledgeAgain",
  "complete",
  "complete",
  "complete",
  "fail",
  "completeTwice",
  "fallSilent",
  "comeBack",
  "leave",
  "plan",
  "plan",
  "waitAMoment",
  "waitLong",
  "stop",
] as const;

const rule: fc.Arbitrary<HealthRule> = fc.oneof(
  fc.record({ type: fc.constant("HOST_COUNT" as const), value: fc.nat({ max: 12 }) }),
  fc.record({ type: fc.constant("FLEET_PERCENT" as const), value: fc.nat({ max: 99 }) }),
  fc.record({ type: fc.constant("MOST_CONCURRENCY" as const), value: fc.integer({ min: 1, max: 4 }) }),
);

const story = fc.record({
  healthRule: rule,
  fleet: fc.array(
    fc.record({ wasHealthy: fc.boolean(), revisionHealth: fc.constantFrom("Unknown", "Old", "Current") }),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  ignoreApplicationStopFailures: fc.boolean(),
  // A stop ends a story early, so most have none.
  steps: fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 11 }), fc.nat({ max: 30 })), { maxLength: 300 }),
});

interface Watcher {
  readonly afterPlan?: (before: DeploymentState, played: PlayedDeployment) => void;
  readonly afterStep?: (before: DeploymentState, played: PlayedDeployment) => void;
}

/** Plays a story through the engine, and then lets the hosts do honestly whatever is left. */
function tell(
  { healthRule, fleet, ignoreApplicationStopFailures, steps }: typeof story extends fc.Arbitrary<infer T> ? T : never,
  { afterPlan, afterStep }: Watcher,
): PlayedDeployment {
  const ids = hostIds(fleet.length);
  const played = new PlayedDeployment({
    healthRule,
    ignoreApplicationStopFailures,
    candidates: fleet.map((host, index) => candidate(ids[index] ?? "", host)),
  });
  const planNow = () => {
    const before = played.state;
    played.plan();
    afterPlan?.(before, played);
  };
  planNow();
  for (const [step, index, chance] of steps) {
    if (isTerminal(played.state.status)) break;
    const before = played.state;
    const id = ids[index % ids.length] ?? "";
    const command = played.target(id).command;
    switch (step) {
      case "acknowledge":
        if (command) played.acknowledge(id);
        break;
      case "acknowledgeAgain":
        if (command) played.acknowledge(id, "2");
        break;
      case "complete":
        if (command) played.complete(id);
        break;
      case "fail":
        if (command) played.complete(id, false);
        break;
      case "completeTwice":
        if (command) {
          const report = { type: "completed", event: command.event, by: "agent", attempt: command.attempt } as const;
          const diagnostics = { errorCode: "Success", scriptName: "", message: "", logTail: "" } as const;
          played.report(id, { ...report, succeeded: false, diagnostics });
          played.report(id, { ...report, succeeded: true, diagnostics });
        }
        break;
      case "fallSilent":
        played.hear(id, liveness({ silentSince: played.now, lastSeenAt: played.now }));
        break;
      case "comeBack":
        played.hearAgain(id);
        break;
      case "leave":
        played.hear(id, undefined);
        break;
      case "waitAMoment":
        played.now += chance * 100;
        break;
      case "waitLong":
        played.now += chance * (COMMAND_START_TIMEOUT_MILLISECONDS / 20);
        break;
      case "stop":
        if (chance === 0) played.stop();
        break;
      case "plan":
        planNow();
        break;
    }
    afterStep?.(before, played);
  }
  for (const id of ids) played.hear(id, alive(Number.MAX_SAFE_INTEGER - 1_000_000));
  if (!isTerminal(played.state.status)) played.play();
  return played;
}

const check = (watcher: Watcher, verdict: (played: PlayedDeployment) => void = () => {}) =>
  fc.assert(
    fc.property(story, (one) => {
      verdict(tell(one, watcher));
    }),
    { numRuns: 300, seed: SEED },
  );

const isUnder = (status: string) => status === "InProgress";

describe("plan", () => {
  it("never takes a healthy host out when that leaves fewer healthy hosts than the minimum", () => {
    check({
      afterPlan(before, { state }) {
        const minimum = state.minimumHealthyHosts;
        if (minimum === null) return;
        const wasPending = new Set(
          (before.targets ?? state.targets ?? [])
            .filter(({ status }) => before.targets === null || status === "Pending")
            .map(({ targetId }) => targetId),
        );
        const targets = hostTargets(state);
        const taken = targets.filter(
          (target) => target.wasHealthy && wasPending.has(target.targetId) && isUnder(target.status),
        );
        const healthy = targets.filter(
          ({ status, wasHealthy }) =>
            status === "Succeeded" || (status === "Pending" && wasHealthy) || (status === "Skipped" && wasHealthy),
        );
        if (taken.length > 0) expect(healthy.length).toBeGreaterThanOrEqual(minimum);
      },
    });
  });

  it("never has more hosts under way than those that have not failed exceed the minimum by", () => {
    check({
      afterPlan(_, { state }) {
        if (state.minimumHealthyHosts === null || state.halt !== null) return;
        const targets = state.targets ?? [];
        const notFailed = targets.filter(({ status }) => status !== "Failed").length;
        expect(targets.filter(({ status }) => isUnder(status)).length).toBeLessThanOrEqual(
          notFailed - state.minimumHealthyHosts,
        );
      },
    });
  });

  it("finds no host under way when health is spent", () => {
    check({
      afterPlan(_, { state }) {
        if (state.halt === "health") expect(state.targets?.filter(({ status }) => isUnder(status))).toEqual([]);
      },
    });
  });

  it("never moves a target that has ended, nor an event that has", () => {
    const ended = ["Succeeded", "Failed", "Skipped"];
    const compare: Watcher["afterStep"] = (before, { state }) => {
      for (const [index, target] of (before.targets ?? []).entries()) {
        const now = state.targets?.[index];
        if (ended.includes(target.status)) expect(now).toEqual(target);
        for (const [place, event] of target.lifecycleEvents.entries()) {
          if (ended.includes(event.status)) expect(now?.lifecycleEvents[place]).toEqual(event);
        }
      }
    };
    check({ afterStep: compare, afterPlan: compare });
  });

  it("keeps the order of events on every host: nothing starts before all before it has ended", () => {
    const ordered: Watcher["afterStep"] = (_, { state }) => {
      for (const { lifecycleEvents, command } of state.targets ?? []) {
        const firstOpen = lifecycleEvents.findIndex(({ status }) => status === "Pending" || status === "InProgress");
        if (firstOpen === -1) continue;
        expect(lifecycleEvents.slice(firstOpen + 1).every(({ status }) => status === "Pending")).toBe(true);
        if (command) expect(lifecycleEvents[firstOpen]?.name).toBe(command.event);
      }
    };
    check({ afterStep: ordered, afterPlan: ordered });
  });

  it("ends every deployment whose hosts are honest in the end, every target in one place, and judges it by them", () => {
    check({}, ({ state }) => {
      expect(isTerminal(state.status)).toBe(true);
      const statuses = (state.targets ?? []).map(({ status }) => status);
      for (const status of statuses) expect(["Succeeded", "Failed", "Skipped"]).toContain(status);
      for (const target of state.targets ?? []) {
        expect(target.command).toBeNull();
        if (target.status === "Succeeded") {
          const failed = target.lifecycleEvents.filter(({ status }) => status !== "Succeeded").map(({ name }) => name);
          expect(
            hostRulesOf(state).ignoreApplicationStopFailures
              ? failed.filter((name) => name !== "ApplicationStop")
              : failed,
          ).toEqual([]);
        }
      }
      if (state.status !== "Succeeded") {
        expect(state.error).not.toBeNull();
        return;
      }
      expect(statuses).toContain("Succeeded");
      expect(statuses).not.toContain("Skipped");
      expect(statuses.filter((status) => status === "Succeeded").length).toBeGreaterThanOrEqual(
        state.minimumHealthyHosts ?? 0,
      );
    });
  });

  it("planning on its own result yields nothing", () => {
    check({
      afterPlan(_, played) {
        expect(plan(played.state, played.observation, played.now).events).toEqual([]);
      },
    });
  });

  it("gives the same answer to the same question, and leaves its input as it was", () => {
    check({
      afterStep(_, { state, observation, now }) {
        const frozen = JSON.stringify(state);
        const first = plan(state, observation, now);
        expect(plan(JSON.parse(frozen) as DeploymentState, observation, now)).toEqual(first);
        expect(JSON.stringify(state)).toBe(frozen);
        expect(first.events.reduce((next, event) => apply(next, event, now), state)).not.toBe(undefined);
      },
    });
  });

  it("asks to be woken later than now, or not at all", () => {
    check({
      afterPlan(_, { wakeAt, now, state }) {
        if (wakeAt !== null) expect(wakeAt).toBeGreaterThan(now);
        else expect(state.status === "Created" || isTerminal(state.status) || state.halt !== null).toBe(true);
      },
    });
  });
});
