import type { ReportAnswer } from "@sluice/engine/receive-report.ts";
import type { InvariantViolation } from "@sluice/model/invariant.ts";
import { nextEffectAt } from "../store/effects.ts";
import type { Store } from "../store/open-store.ts";
import { ChangeFeed } from "./change-feed.ts";
import { CommandDesk, type OfferedCommand } from "./command-desk.ts";
import { runDueEffects } from "./effect-worker.ts";
import type { HostObserver } from "./host-observer.ts";
import { planDeployment } from "./plan-deployment.ts";
import { receiveHeartbeat } from "./receive-heartbeat.ts";
import { type AddressedReport, ReportInbox } from "./report-inbox.ts";
import { type MatchHosts, resolveTargets } from "./resolve-targets.ts";
import type { Timers } from "./timers.ts";
import { wakeDeploymentsOfHost } from "./wake-deployments-of-host.ts";
import { WakeLoop } from "./wake-loop.ts";

export interface RunnerDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly hosts: HostObserver;
  readonly matchHosts: MatchHosts;
  /** Names this server in effect leases. */
  readonly owner: string;
  /** Tells offers of one command apart. */
  readonly newOffer: () => string;
  /** Names a rollback. */
  readonly newDeploymentId: () => string;
  readonly onError: (error: unknown) => void;
  readonly onQuarantine: (deploymentId: string, error: InvariantViolation) => void;
}

/** Carries the planner's decisions out, and brings agents' reports in. Keeps nothing that the store does not have. */
export interface Runner {
  readonly feed: ChangeFeed;
  readonly waitingPolls: () => number;
  start(): void;
  close(): Promise<void>;
  /** Something is due: a deployment was created, or is to be stopped. */
  wake(): void;
  poll(hostId: string, signal: AbortSignal, holdMilliseconds?: number): Promise<OfferedCommand | null>;
  /** The poll's answer was not delivered. */
  takeBack(command: OfferedCommand, hostId: string): void;
  report(report: AddressedReport): Promise<ReportAnswer>;
  heartbeat(hostId: string, heldCommands: readonly string[]): Promise<void>;
  /** The host's agent said goodbye, or the host was removed: what it was to do is failed at once. */
  hostLeft(hostId: string): Promise<void>;
}

export function createRunner(dependencies: RunnerDependencies): Runner {
  const { store, timers, hosts, matchHosts, owner, newOffer, newDeploymentId, onError, onQuarantine } = dependencies;
  const { now } = timers;
  const feed = new ChangeFeed();
  const planning = { store, now, hosts, feed, newDeploymentId, onQuarantine };
  const effects = {
    store,
    now,
    owner,
    feed,
    onError,
    resolveTargets: (deploymentId: string, signal: AbortSignal) =>
      resolveTargets(store, matchHosts, deploymentId, signal),
  };
  const loop = new WakeLoop({
    store,
    timers,
    onError,
    planDeployment: (deploymentId) => planDeployment(deploymentId, planning),
    runEffects: () => runDueEffects(effects),
    nextEffectAt: () => nextEffectAt(store),
  });
  const desk = new CommandDesk({ store, timers, feed, newOffer });
  const inbox = new ReportInbox({ store, now, feed, onQuarantine });
  const unsubscribe = feed.subscribe(({ isDue }) => {
    if (isDue) loop.wake();
  });
  return {
    feed,
    waitingPolls: () => desk.waitingPolls,
    start: () => loop.wake(),
    wake: () => loop.wake(),
    async close() {
      unsubscribe();
      desk.close();
      await loop.close();
    },
    poll: (hostId, signal, holdMilliseconds) => desk.poll(hostId, signal, holdMilliseconds),
    takeBack: (command, hostId) => desk.takeBack(command, hostId),
    report: (report) => inbox.submit(report),
    heartbeat: (hostId, heldCommands) => receiveHeartbeat(hostId, heldCommands, { store, now, feed }),
    hostLeft: (hostId) => wakeDeploymentsOfHost(hostId, { store, now, feed }),
  };
}
