import { darkAt, type HostLiveness, type TargetCandidate } from "@sluice/engine/observation.ts";
import type { RehearsalStep } from "@sluice/engine/preflight.ts";
import { describeSpareCapacity, duration } from "@sluice/engine/preflight-words.ts";
import type { DeploymentState, Strategy } from "@sluice/engine/state.ts";
import { hostLabel } from "@sluice/model/host-label.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { PlannedCheck, PlannedHost, PlannedStep } from "@sluice/wire/sluice/sluice-api.ts";
import { darkHostMessage } from "../hosts/dark-hosts.ts";
import type { Reading, RolloutFacts } from "./rollout-facts.ts";

const SECOND = 1000;

/** Every host of the rollout with what is known of it; the original fleet first. */
export function plannedHosts(
  facts: RolloutFacts,
  liveness: ReadonlyMap<string, HostLiveness>,
  now: number,
): PlannedHost[] {
  const { candidates, replacements, balancers } = facts;
  const traffic = new Map(
    balancers?.outcome === "read" ? balancers.value.map(({ host, traffic }) => [host.hostId, traffic]) : [],
  );
  const planned = (candidate: TargetCandidate, fleet: string | undefined): PlannedHost => {
    const { targetId, hostName, zone, wasHealthy, revisionHealth, restart } = candidate;
    const heard = liveness.get(targetId);
    const dark = darkAt(heard) <= now;
    return {
      targetId,
      hostName,
      zone: zone ?? undefined,
      fleet,
      healthy: wasHealthy,
      revision: revisionHealth,
      dark,
      problem:
        restart && "refused" in restart
          ? `${hostLabel(hostName, targetId)} ${restart.refused}`
          : dark
            ? darkHostMessage({ host: { hostId: targetId, hostName }, liveness: heard })
            : undefined,
      traffic: traffic.get(targetId) ?? [],
    };
  };
  return [
    ...candidates.map((candidate) => planned(candidate, replacements ? "original" : undefined)),
    ...(replacements ?? []).map((candidate) => planned(candidate, "replacement")),
  ];
}

/** What was looked at, the bundle apart. */
export function plannedChecks(
  { strategy, alarms }: Pick<DeploymentState, "strategy" | "alarms">,
  facts: RolloutFacts,
  hosts: readonly PlannedHost[],
): PlannedCheck[] {
  const { candidates, replacements, upToDate } = facts;
  const dark = hosts.filter((host) => host.dark).length;
  const left = upToDate ? `, ${upToDate} more ${upToDate === 1 ? "is" : "are"} up to date` : "";
  const counted = hosts.length === 1 ? "1 host" : `${hosts.length} hosts`;
  const checks: PlannedCheck[] = [
    {
      subject: "hosts",
      outcome: outcome(dark === 0),
      detail: `${counted}, ${dark === 0 ? "none" : dark} of them dark${left}`,
    },
  ];
  if (strategy.type === "in-place" && candidates.length > 0) {
    const shortage = describeSpareCapacity(strategy.healthRule, candidates);
    const detail = shortage ?? "enough hosts are healthy to begin";
    checks.push({ subject: "capacity", outcome: outcome(shortage === null), detail });
  }
  if (replacements) checks.push(fleetsCheck(candidates, replacements));
  if (facts.balancers) {
    checks.push(
      readingCheck("balancers", facts.balancers, (observed) => {
        const states = observed.flatMap(({ traffic }) => traffic.map(({ state }) => state));
        const counts = [...Map.groupBy(states, (state) => state)].map(([state, all]) => `${all.length} ${state}`);
        return { outcome: states.includes("unknown") ? "failed" : "ok", detail: counts.join(", ") };
      }),
    );
  }
  if (facts.alarms && alarms) {
    checks.push(
      readingCheck(
        "alarms",
        facts.alarms,
        (readings) => ({
          outcome: readings.some(
            ({ state }) => state === "alarm" || (state === "unknown" && !alarms.ignoresPollFailure),
          )
            ? "failed"
            : "ok",
          detail: readings.map(({ name, state }) => `${name}: ${state}`).join(", "),
        }),
        alarms.ignoresPollFailure ? "warning" : "failed",
      ),
    );
  }
  return checks;
}

export function plannedSteps(
  steps: readonly RehearsalStep[],
  hosts: readonly PlannedHost[],
  strategy: Strategy,
): PlannedStep[] {
  const restarts = strategy.type === "in-place" && strategy.restarts;
  const byId = new Map(hosts.map((host) => [host.targetId, host]));
  const names = (ids: readonly string[]) => ids.map((id) => byId.get(id)?.hostName ?? id).join(", ");
  return steps.map((step): PlannedStep => {
    switch (step.kind) {
      case "hosts": {
        const { stage, targetIds } = step;
        const what = restarts && stage === "deploy" ? "restart" : STAGE_WORDS[stage];
        return { kind: "hosts", stage, targetIds, description: `${what} ${names(targetIds)}` };
      }
      case "wait": {
        const time = duration(step.milliseconds);
        const seconds = Math.round(step.milliseconds / SECOND);
        return { kind: "wait", description: waitWords(step.wait, step.zone, time), targetIds: [], seconds };
      }
      case "terminate":
        return { kind: "terminate", description: `terminate ${names(step.targetIds)}`, targetIds: step.targetIds };
      default: {
        const never: never = step;
        return never;
      }
    }
  });
}

const STAGE_WORDS = {
  withhold: "keep traffic from",
  deploy: "deploy to",
  allow: "let traffic in to",
  block: "take traffic from",
  terminate: "terminate",
} as const;

function waitWords(wait: "ready" | "termination" | "baking", zone: string | null, time: string): string {
  switch (wait) {
    case "ready":
      return `wait for sluice continue, at most ${time}`;
    case "termination":
      return `keep the originals for ${time}`;
    case "baking":
      return `watch ${zone === null ? "the hosts without a zone" : `zone ${zone}`} for ${time}`;
    default: {
      const never: never = wait;
      return never;
    }
  }
}

function fleetsCheck(originals: readonly TargetCandidate[], replacements: readonly TargetCandidate[]): PlannedCheck {
  const ids = new Set(originals.map(({ targetId }) => targetId));
  const shared = replacements.filter(({ targetId }) => ids.has(targetId));
  const detail = `${originals.length} original and ${replacements.length} replacement hosts`;
  if (originals.length === 0 || replacements.length === 0) return { subject: "fleets", outcome: "failed", detail };
  if (shared.length > 0) {
    const names = shared.map(({ hostName }) => hostName).join(", ");
    return { subject: "fleets", outcome: "failed", detail: `${detail}, and ${names} belong to both` };
  }
  return { subject: "fleets", outcome: outcome(replacements.length >= originals.length), detail };
}

function readingCheck<Value>(
  subject: string,
  reading: Reading<Value>,
  judge: (value: Value) => { readonly outcome: string; readonly detail: string },
  unreadable = "failed",
): PlannedCheck {
  if (reading.outcome === "read") return { subject, ...judge(reading.value) };
  const { error } = reading;
  return { subject, outcome: unreadable, detail: `cannot be read: ${reasonOf(error)}` };
}

function outcome(isFine: boolean): string {
  return isFine ? "ok" : "warning";
}
