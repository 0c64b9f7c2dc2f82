import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { HostTerminator } from "@sluice/engine/ports/fleet.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { ReportReply } from "@sluice/engine/receive-report.ts";
import type { InvariantViolation } from "@sluice/model/invariant.ts";
import { CommandDesk, type OfferedCommand } from "../agents/command-desk.ts";
import { receiveHeartbeat } from "../agents/receive-heartbeat.ts";
import { type AddressedReport, ReportInbox } from "../agents/report-inbox.ts";
import { wakeDeploymentsOfHost } from "../agents/wake-deployments-of-host.ts";
import { AlarmWatch } from "../alarms/alarm-watch.ts";
import { effectHandlers } from "../effects/effect-handlers.ts";
import { EffectWorker } from "../effects/effect-worker.ts";
import { resolveTargets } from "../effects/resolve-targets.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import { LateHostWatch } from "../late-hosts/late-host-watch.ts";
import type { Timers } from "../loops/timers.ts";
import { quarantine } from "../planning/quarantine.ts";
import { takeNextSteps } from "../planning/take-next-steps.ts";
import { WakeLoop } from "../planning/wake-loop.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { BundleFindings } from "../preflight/bundle-findings.ts";
import { bundleDigest, bundleFindings } from "../preflight/read-bundle-digest.ts";
import type { MatchHosts } from "../preflight/rollout-facts.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import type { Store } from "../store/open-store.ts";

export interface RunnerDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly hosts: HostObserver;
  readonly matchHosts: MatchHosts;
  readonly trafficRouter: TrafficRouter;
  readonly alarmReader: AlarmReader;
  /** Alarms that active deployments watch say something else than they did. */
  readonly onAlarmsChanged?: (() => void) | undefined;
  /** Where bundles are looked for before a deployment starts; absent: they are not. */
  readonly revisions?: Pick<RevisionSource, "inspect" | "digest" | "read"> | undefined;
  readonly hostTerminator: HostTerminator;
  /** Absent: no driver of theirs is bound. */
  readonly shiftPorts?: ShiftPorts | undefined;
  /** Names this server in effect leases. */
  readonly owner: string;
  /** Tells offers of one command apart. */
  readonly newOffer: () => string;
  /** Names a rollback, or a deployment to late hosts. */
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
  report(report: AddressedReport): Promise<ReportReply>;
  /** @param receivedAt epoch milliseconds: of what was acknowledged since, the list says nothing */
  heartbeat(hostId: string, heldCommands: readonly string[], receivedAt: number): Promise<void>;
  /** The host's agent said goodbye, or the host was removed: what it was to do is failed at once. */
  hostLeft(hostId: string): Promise<void>;
  /** What an alarm of an active deployment said last; see {@link AlarmWatch.lastReading}. */
  lastAlarmReading(name: string): ReturnType<AlarmWatch["lastReading"]>;
  /** A group may now want what it did not want before. */
  groupSettingsChanged(): void;
}

export function createRunner(dependencies: RunnerDependencies): Runner {
  const { store, timers, hosts, matchHosts, owner, newOffer, newDeploymentId, onError, onQuarantine } = dependencies;
  const { trafficRouter, alarmReader, hostTerminator, revisions, shiftPorts } = dependencies;
  const { now } = timers;
  const findings = revisions && new BundleFindings(revisions);
  const feed = new ChangeFeed();
  const alarms = new AlarmWatch({ store, timers, feed, alarmReader, onChanged: dependencies.onAlarmsChanged, onError });
  const planning = { store, now, hosts, alarms, feed, newDeploymentId, onQuarantine };
  const effects = new EffectWorker({
    store,
    timers,
    owner,
    feed,
    onError,
    quarantine: async (deploymentId, error) => {
      await store.write((transaction) => quarantine(transaction, deploymentId, error.message, now()));
      onQuarantine(deploymentId, error);
    },
    handlers: effectHandlers({
      store,
      timers,
      owner,
      feed,
      trafficRouter,
      hostTerminator,
      shiftPorts,
      resolveTargets: (deploymentId, signal) =>
        resolveTargets(
          { store, now, hosts, matchHosts, trafficRouter, alarmReader, revisions, shiftPorts },
          deploymentId,
          signal,
        ),
      bundleDigest: revisions && ((deploymentId, signal) => bundleDigest({ store, revisions }, deploymentId, signal)),
      bundleFindings:
        findings &&
        ((deploymentId, sha256, signal) => bundleFindings({ store, findings }, deploymentId, sha256, signal)),
    }),
  });
  const loop = new WakeLoop({
    store,
    timers,
    onError,
    planDeployment: (deploymentId) => takeNextSteps(deploymentId, planning),
    startEffects: () => effects.startDue(),
    nextEffectAt: () => effects.nextAt(),
  });
  const desk = new CommandDesk({ store, timers, feed, newOffer });
  const inbox = new ReportInbox({ store, now, feed, onQuarantine });
  const lateHosts = new LateHostWatch({ store, timers, hosts, matchHosts, feed, newDeploymentId, onError });
  const unsubscribe = feed.subscribe(({ isDue, hasEnded }) => {
    if (isDue) loop.wake();
    if (hasEnded) lateHosts.wake();
  });
  return {
    feed,
    waitingPolls: () => desk.waitingPolls,
    start() {
      alarms.start();
      lateHosts.start();
      loop.wake();
    },
    wake: () => loop.wake(),
    async close() {
      unsubscribe();
      desk.close();
      await alarms.close();
      await lateHosts.close();
      await loop.close();
      await effects.close();
    },
    poll(hostId, signal, holdMilliseconds) {
      lateHosts.heard(hostId);
      return desk.poll(hostId, signal, holdMilliseconds);
    },
    takeBack: (command, hostId) => desk.takeBack(command, hostId),
    report: (report) => inbox.submit(report),
    lastAlarmReading: (name) => alarms.lastReading(name),
    heartbeat(hostId, heldCommands, receivedAt) {
      lateHosts.heard(hostId);
      return receiveHeartbeat(hostId, heldCommands, receivedAt, { store, hosts, now, feed });
    },
    hostLeft(hostId) {
      lateHosts.left(hostId);
      return wakeDeploymentsOfHost(hostId, { store, now, feed });
    },
    groupSettingsChanged: () => lateHosts.wake(),
  };
}
