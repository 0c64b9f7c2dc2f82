import { isHost } from "@sluice/engine/host-targets.ts";
import { type DeploymentState, isTerminal, type TargetState } from "@sluice/engine/state.ts";
import { targetName } from "@sluice/engine/target-name.ts";

/** Epoch milliseconds. */
export interface DeploymentStep {
  readonly name: string;
  readonly since: number;
}

/** The step under way, and when it began; undefined: the deployment is over. */
export function deploymentStep(state: DeploymentState): DeploymentStep | undefined {
  const { status, startedAt, createdAt, stopRequestedAt, wait } = state;
  if (isTerminal(status)) return undefined;
  if (startedAt === null) {
    return stopRequestedAt === null
      ? { name: "Preparing", since: createdAt }
      : { name: "Stopping", since: stopRequestedAt };
  }
  if (wait !== null && wait.kind !== state.continued && state.halt === null) {
    return { name: waitName(wait.kind), since: wait.since ?? startedAt };
  }
  const atWork = (state.targets ?? []).filter(({ command }) => command !== null);
  if (state.halt !== null) return { name: "Winding down", since: state.haltedAt ?? stopRequestedAt ?? startedAt };
  if (atWork.length === 0) return { name: betweenEvents(state), since: startedAt };
  return eventsAtWork(atWork);
}

function waitName(kind: "ready" | "termination" | "baking"): string {
  switch (kind) {
    case "ready":
      return "Waiting to be continued";
    case "termination":
      return "Keeping the original ones for a way back";
    case "baking":
      return "Monitoring a zone";
    default: {
      const never: never = kind;
      return never;
    }
  }
}

function betweenEvents({ stage, targets }: DeploymentState): string {
  const areHosts = targets?.some(isHost) ?? true;
  switch (stage) {
    case "withhold":
      return "Keeping the replacement hosts out of the load balancer";
    case "terminate":
      return areHosts ? "Terminating the original hosts" : "Removing the task set that serves no more";
    case "deploy":
    case "allow":
    case "block":
      return areHosts ? "Choosing the next hosts" : "Going on to the next event";
    default: {
      const never: never = stage;
      return never;
    }
  }
}

/** The event that has been under way for the longest, and how many are in it. */
function eventsAtWork(atWork: readonly TargetState[]): DeploymentStep {
  const begun = atWork
    .flatMap((target) => (target.command ? [{ target, command: target.command }] : []))
    .map(({ target, command }) => ({
      target,
      event: command.event,
      since: command.acknowledgedAt ?? command.availableAt,
    }))
    .sort((one, other) => one.since - other.since);
  const [oldest] = begun;
  if (!oldest) throw new TypeError("a step has a target at work");
  const { event, since, target } = oldest;
  const same = begun.filter((one) => one.event === event).length;
  const others = begun.length - same;
  const where = same === 1 ? targetName(target) : `${same} hosts`;
  const more = others === 0 ? "" : `, and ${others} ${others === 1 ? "host" : "hosts"} in other events`;
  return { name: `${event} on ${where}${more}`, since };
}
