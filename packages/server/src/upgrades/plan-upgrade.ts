import { compareVersions } from "@sluice/model/compare-versions.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import { type GroupVerdict, groupVerdict } from "./group-verdict.ts";
import {
  isUnderWay,
  type ObservedAgent,
  type UpgradeHost,
  type UpgradeObservation,
  type UpgradeState,
  type UpgradeSteps,
} from "./upgrade-state.ts";

/** How long a host may be offline, or its group lack healthy hosts, before the upgrade leaves the host out. */
export const MAX_OFFLINE_WAIT_MILLISECONDS = 600_000;
/** From the offer to the word that it was taken: heartbeats come every 5 s. */
export const MAX_OFFER_MILLISECONDS = 120_000;
export const MAX_PROGRAM_DOWNLOAD_MILLISECONDS = 1_800_000;
/** From a host's word that it starts the program to the word of what became of it: the supervisor's minute, and the way. Scripts that run do not count. */
export const MAX_RESTART_MILLISECONDS = 600_000;

interface Step {
  readonly state?: UpgradeHost["state"];
  readonly reason: string | null;
}

/** What is to be done about an upgrade now. Pure: the same state, observation and time give the same steps. */
export function planUpgrade(upgrade: UpgradeState, observation: UpgradeObservation, now: number): UpgradeSteps {
  const hosts = new Map(upgrade.hosts.map((host) => [host.host_id, host]));
  const take = (host: UpgradeHost, step: Step | undefined) => {
    if (step === undefined) return;
    const state = step.state ?? host.state;
    if (state === host.state && step.reason === host.reason) return;
    hosts.set(host.host_id, { ...host, state, reason: step.reason, changed_at: now });
  };
  for (const host of upgrade.hosts) if (isUnderWay(host)) take(host, underWayStep(host, observation, now));
  const stop = stopOf(upgrade, [...hosts.values()]);
  if (stop.isStopping) {
    for (const host of [...hosts.values()]) take(host, leftStep(host));
  } else {
    const underWay = new Set([...hosts.values()].filter(isUnderWay).map((host) => host.host_id));
    for (const { host_id: id } of upgrade.hosts) {
      const host = hosts.get(id)!;
      if (host.state !== "waiting") continue;
      const step = waitingStep(host, upgrade, underWay, observation, now);
      take(host, step);
      if (step?.state === "offered") underWay.add(id);
    }
  }
  return steps(upgrade, [...hosts.values()], stop, now);
}

interface Stop {
  readonly isStopping: boolean;
  /** Set when it stops by itself, now. */
  readonly reason: string | null;
}

function stopOf({ status }: UpgradeState, hosts: readonly UpgradeHost[]): Stop {
  const broken = hosts.find(({ state }) => state === "restored" || state === "failed");
  if (status !== "Running") return { isStopping: true, reason: null };
  if (!broken) return { isStopping: false, reason: null };
  const what = broken.state === "restored" ? "runs its former agent again" : "was not upgraded";
  return { isStopping: true, reason: `${broken.host_name} ${what}${broken.reason ? `: ${broken.reason}` : ""}` };
}

function steps(before: UpgradeState, hosts: readonly UpgradeHost[], stop: Stop, now: number): UpgradeSteps {
  const changed = hosts.flatMap((host, index) => {
    const { state, reason } = before.hosts[index]!;
    if (host.state === state && host.reason === reason) return [];
    return [{ hostId: host.host_id, change: { state: host.state, reason: host.reason, changed_at: now } }];
  });
  const isOver = !hosts.some((host) => isUnderWay(host) || host.state === "waiting");
  const stopping = stop.reason === null ? {} : { end_status: "Failed" as const, reason: stop.reason };
  if (isOver) {
    const endStatus = stop.reason === null ? before.endStatus : "Failed";
    const end = { status: endStatus ?? ("Succeeded" as const), active: 0, ended_at: now };
    return { hosts: changed, upgrade: { ...stopping, ...end } };
  }
  return { hosts: changed, upgrade: stop.reason === null ? null : { ...stopping, status: "Stopping" } };
}

/** Of a host that has been offered the program. */
function underWayStep(host: UpgradeHost, observation: UpgradeObservation, now: number): Step | undefined {
  const agent = observation.agents.get(host.host_id);
  if (!agent) return { state: "skipped", reason: "the host was removed" };
  const past = timeSince(host, observation, now);
  switch (host.state) {
    case "offered":
      if (agent.presence !== "alive") return { state: "waiting", reason: OFFLINE };
      return offeredStep(host, observation.withheld.get(agent.platform ?? ""), past);
    case "downloading":
      return past > MAX_PROGRAM_DOWNLOAD_MILLISECONDS ? { state: "failed", reason: NOT_DOWNLOADED } : undefined;
    default:
      if (agent.runningCommands > 0) return undefined;
      return past > MAX_RESTART_MILLISECONDS ? { state: "failed", reason: NOT_BACK } : undefined;
  }
}

/** What keeps the server from offering is not the host's fault: it is shown at once, and somebody may mend it before the time is over. */
function offeredStep({ reason }: UpgradeHost, withheld: string | undefined, past: number): Step | undefined {
  const isLate = past > MAX_OFFER_MILLISECONDS;
  if (withheld !== undefined) return { ...(isLate && reason === withheld && { state: "failed" }), reason: withheld };
  if (reason !== null) return { reason: null };
  return isLate ? { state: "failed", reason: NOT_TAKEN } : undefined;
}

const OFFLINE = "it is offline";
const NOT_TAKEN = "its agent did not take the offer in two minutes: see the agent's log";
const NOT_DOWNLOADED = "its agent did not end the download in half an hour: see the agent's log";
const NOT_BACK =
  "it was not heard of for ten minutes after its agent went to start the new program: see `sluice agent status` on the host";

/** Of a host whose turn does not come any more. */
function leftStep({ state }: UpgradeHost): Step | undefined {
  return state === "waiting" || state === "offered"
    ? { state: "skipped", reason: "the upgrade stopped before it was its turn" }
    : undefined;
}

/** Of a host whose turn has not come. */
function waitingStep(
  host: UpgradeHost,
  upgrade: UpgradeState,
  underWay: ReadonlySet<string>,
  observation: UpgradeObservation,
  now: number,
): Step | undefined {
  const agent = observation.agents.get(host.host_id);
  if (!agent) return { state: "skipped", reason: "the host was removed" };
  const ended = settled(agent, upgrade);
  if (ended) return ended;
  if (agent.presence === "offline") {
    const isLate = hasWaited(host, OFFLINE, observation, now) > MAX_OFFLINE_WAIT_MILLISECONDS;
    return isLate ? { state: "skipped", reason: "it was offline for ten minutes" } : { reason: OFFLINE };
  }
  const unfit = unfitness(agent, upgrade);
  if (unfit !== undefined) return { state: "skipped", reason: unfit };
  if (agent.deploymentId !== null) return { reason: `it takes part in ${agent.deploymentId}` };
  if (underWay.size >= upgrade.batchSize) return { reason: null };
  const verdict = groupVerdict(host.host_id, observation, underWay);
  if (verdict.outcome !== "may") return heldStep(host, verdict, observation, now);
  return { state: "offered", reason: null };
}

/** A group that lacks healthy hosts for long is not waited for: nobody knows when they come back. */
function heldStep(host: UpgradeHost, verdict: GroupVerdict, observation: UpgradeObservation, now: number): Step {
  if (verdict.outcome === "never") return { state: "skipped", reason: verdict.reason };
  if (verdict.outcome !== "lacks") return { reason: null };
  const isLate = hasWaited(host, verdict.reason, observation, now) > MAX_OFFLINE_WAIT_MILLISECONDS;
  return isLate ? { state: "skipped", reason: verdict.reason } : { reason: verdict.reason };
}

/** For how long it has waited for the same. */
function hasWaited(host: UpgradeHost, reason: string, observation: UpgradeObservation, now: number): number {
  return host.reason === reason ? timeSince(host, observation, now) : 0;
}

/** Without the time in which the server itself was away. */
function timeSince({ changed_at: since }: UpgradeHost, { heardSince }: UpgradeObservation, now: number): number {
  return now - Math.max(since, heardSince);
}

/** What needs no turn. */
function settled({ presence, agent, version }: ObservedAgent, upgrade: UpgradeState): Step | undefined {
  if (agent === "aws") return { state: "skipped", reason: "it runs the AWS agent, which Sluice does not upgrade" };
  if (presence === "never") return { state: "skipped", reason: "no agent has spoken for it yet" };
  if (version === upgrade.version) return { state: "done", reason: "it had the version" };
  if (version !== null && !upgrade.allowDowngrade && compareVersions(version, upgrade.version) > 0) {
    return { state: "skipped", reason: `it has ${version}, a later version: add --allow-downgrade to replace it` };
  }
  return undefined;
}

/** Why its agent cannot become the program, with the cure. */
function unfitness({ version, platform, obstacle }: ObservedAgent, { platforms }: UpgradeState): string | undefined {
  if (obstacle !== null) return visibleLine(obstacle);
  if (platform === null) {
    return `its agent${version === null ? "" : ` (${version})`} cannot replace its own program: join the host again with the line of \`sluice token create\`; it keeps its id`;
  }
  if (platforms.has(platform)) return undefined;
  return `this upgrade has no program for ${platform}: start another one for this host`;
}
