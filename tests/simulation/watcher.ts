import type { HostLiveness, TargetResolution } from "@sluice/engine/observation.ts";
import { plan } from "@sluice/engine/plan.ts";
import type { HealthRule, RevisionHealth, TargetState } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { deploymentInfos } from "@sluice/server/operations/codedeploy/deployment-info.ts";
import { type DeploymentRow, readHead } from "@sluice/server/store/deployments.ts";
import type { HostRow } from "@sluice/server/store/hosts.ts";
import type { EventsTable, TargetsTable } from "@sluice/server/store/schema.ts";
import { readTarget } from "@sluice/server/store/targets.ts";
import type { Selectable } from "kysely";
import type { Ledger } from "./ledger.ts";
import { POLL_TIMEOUT_MILLISECONDS } from "./simulated-network.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { SimulatedStore } from "./simulated-store.ts";

const ENDED: readonly string[] = ["Succeeded", "Failed", "Skipped"];
/** Checks between two looks at everything that is under way, whether it changed or not. */
const FULL_TURN_CHECKS = 100;
const NOTHING_CHANGED: ReadonlyMap<string, ReadonlySet<string>> = new Map();
const OVER: readonly string[] = ["Succeeded", "Failed", "Stopped"];
/** What is due is done within this time by a server that is up; a turn that failed is repeated after one second. */
const OVERDUE_MILLISECONDS = 2_000;
/** Without faults, from a command's offer to its acknowledgement: a few crossings of the network. */
const CALM_START_MILLISECONDS = 200;
const CALM_START_TICKS = 6;
/**
 * From an agent's end to the failure of its host: its grace, calls under way when it ended, and some time to act. A deployment's hosts
 * are found within it, too.
 */
const GONE_MILLISECONDS = 60_000;
/** From a sound agent's ignorance of a command to that command's end or its next offer: its last poll may have been lost, too. */
const LOST_MILLISECONDS = POLL_TIMEOUT_MILLISECONDS + 15_000;
/** How late the removal of a host may be noticed when the server died in the middle of it. */
const REMOVAL_MILLISECONDS = 20_000;

interface Watched {
  row: DeploymentRow;
  targets: Map<string, TargetState>;
  /** Target ids in the order of admission. */
  order: string[];
  lastSequence: number;
  readonly offered: Set<string>;
  admitted: string[];
  stopSeen: boolean;
  stopRequested: boolean;
}

export interface WatchedGroup {
  readonly members: readonly string[];
  readonly health: Map<string, { healthy: boolean; revisionKey: string }>;
  currentRevisionKey: string;
}

/** What can be known of a host by who sees all. */
export interface HostTruth {
  /** Since when no agent runs there; null while one does. */
  readonly goneSince: number | null;
  /** Its agent is honest and runs undisturbed since then; null when it is not so. */
  readonly soundSince: number | null;
  readonly knows: (deploymentId: string, event: LifecycleEventName) => boolean;
}

export interface WatcherParts {
  readonly store: SimulatedStore;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly server: () => SimulatedServer | null;
  readonly groups: ReadonlyMap<string, WatchedGroup>;
  readonly isCalm: boolean;
  /** The grid of the simulated time. */
  readonly tickMilliseconds: number;
  readonly hostTruth: (hostId: string) => HostTruth;
  readonly onViolation: (message: string) => void;
}

/**
 * Looks at every change that was committed, and holds it against the rules, which are written down here a second time and in another
 * way than in the engine.
 */
export class Watcher {
  readonly deployments = new Map<string, Watched>();
  readonly outcomes = new Map<string, number>();
  lastRemovalAt: number | null = null;
  readonly #parts: WatcherParts;
  readonly #statements;
  readonly #active = new Map<string, Watched>();
  #hostRows: ReadonlyMap<string, HostRow> | null = null;
  #checks = 0;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    const { prepare } = parts.store;
    this.#statements = {
      deployment: prepare("SELECT * FROM deployments WHERE deployment_id = ?"),
      targets: prepare("SELECT * FROM targets WHERE deployment_id = ? ORDER BY ordinal"),
      target: prepare("SELECT * FROM targets WHERE deployment_id = ? AND target_id = ?"),
      events: prepare("SELECT * FROM events WHERE deployment_id = ? AND sequence > ? ORDER BY sequence"),
      livingHosts: prepare("SELECT * FROM hosts WHERE retired_at IS NULL"),
      effect: prepare("SELECT 1 FROM effects WHERE effect_key = ?"),
      resolution: prepare(
        "SELECT outcome_json FROM effects WHERE deployment_id = ? AND kind = 'resolveTargets' AND outcome_json IS NOT NULL",
      ),
    };
  }

  activeOf(groupId: string): string | undefined {
    for (const [id, { row }] of this.#active) if (row.deployment_group_id === groupId) return id;
    return undefined;
  }

  stopIsRequested(deploymentId: string): void {
    const watched = this.deployments.get(deploymentId);
    if (watched) watched.stopRequested = true;
  }

  async check(): Promise<void> {
    this.#checks++;
    const isFullTurn = this.#checks % FULL_TURN_CHECKS === 0;
    const changes = this.#parts.store.takeChanges();
    const changed = changes?.deployments ?? NOTHING_CHANGED;
    if (changes?.hosts) this.#hostRows = null;
    for (const [id, targetIds] of changed) await this.#checkDeployment(id, targetIds);
    for (const [id, watched] of this.#active) {
      if (changed.has(id) || isFullTurn) await this.#checkNothingIsForgotten(id, watched);
      if (isFullTurn) this.#checkNotWaitingForNothing(id, watched);
      this.#checkNotOverdue(id, watched);
    }
    if (changed.size > 0) this.#checkOneActiveEach();
  }

  async #checkDeployment(id: string, targetIds: ReadonlySet<string>): Promise<void> {
    const row = this.#statements.deployment.get(id) as DeploymentRow | undefined;
    // Its creation was rolled back.
    if (!row) return;
    const before = this.deployments.get(id);
    const watched: Watched = before ?? {
      row,
      targets: new Map(),
      order: [],
      lastSequence: 0,
      offered: new Set(),
      admitted: [],
      stopSeen: false,
      stopRequested: false,
    };
    this.deployments.set(id, watched);
    const wasOver = before !== undefined && OVER.includes(before.row.status);
    if (wasOver && JSON.stringify(row) !== JSON.stringify(before.row)) {
      this.#violated(id, `had ended as ${before.row.status}, and was changed to ${row.status}: terminal is terminal`);
    }
    watched.row = row;
    const isOpen = !OVER.includes(row.status);
    if (isOpen !== (row.active === 1)) this.#violated(id, `is ${row.status} with active ${row.active}`);
    if (row.active === 1) this.#active.set(id, watched);
    else this.#active.delete(id);
    if (targetIds.size > 0) this.#checkTargets(id, watched, targetIds, wasOver);
    if (row.last_sequence !== watched.lastSequence) this.#checkEvents(id, watched);
    if (!wasOver && OVER.includes(row.status)) await this.#checkEnd(id, watched);
  }

  #checkTargets(id: string, watched: Watched, targetIds: ReadonlySet<string>, wasOver: boolean): void {
    const { target, targets } = this.#statements;
    const isStart = watched.targets.size === 0;
    const found = isStart
      ? targets.all(id)
      : [...targetIds].map((targetId) => target.get(id, targetId)).filter((row) => row !== undefined);
    // Their transaction was rolled back.
    if (found.length === 0) return;
    const rows = found as unknown as Selectable<TargetsTable>[];
    let healthyTaken = 0;
    for (const row of rows) {
      const target = readTarget(row);
      const before = watched.targets.get(row.target_id);
      watched.targets.set(row.target_id, target);
      if (isStart) watched.order.push(row.target_id);
      if (row.status !== target.status)
        this.#violated(id, `${row.target_id}: column ${row.status}, state ${target.status}`);
      if (before && ENDED.includes(before.status) && JSON.stringify(before) !== JSON.stringify(target)) {
        this.#violated(id, `${row.target_id} had ended as ${before.status}, and was changed to ${target.status}`);
      }
      if (wasOver) this.#violated(id, `${row.target_id} changed after the deployment's end`);
      if (
        target.wasHealthy &&
        (before?.status ?? "Pending") === "Pending" &&
        !["Pending", "Skipped"].includes(target.status)
      ) {
        healthyTaken++;
      }
      this.#checkTarget(id, watched, target, before);
    }
    if (isStart) this.#checkStart(id, watched);
    this.#checkHealth(id, watched, healthyTaken);
  }

  #checkTarget(id: string, watched: Watched, target: TargetState, before: TargetState | undefined): void {
    const { ledger, isCalm } = this.#parts;
    const { targetId, lifecycleEvents, command } = target;
    const isHonest = !ledger.liars.has(targetId);
    const firstOpen = lifecycleEvents.findIndex(({ status }) => status === "Pending" || status === "InProgress");
    for (const [place, event] of lifecycleEvents.entries()) {
      const past = before?.lifecycleEvents[place];
      if (past && ENDED.includes(past.status) && past.status !== event.status) {
        this.#violated(id, `${targetId}: ${event.name} had ended as ${past.status} and is ${event.status}`);
      }
      if (firstOpen !== -1 && place > firstOpen && event.status !== "Pending") {
        this.#violated(id, `${targetId}: ${event.name} is ${event.status} before its turn`);
      }
      if (event.status === "Succeeded" && isHonest && !ledger.hasSucceeded(targetId, id, event.name)) {
        this.#violated(id, `${targetId}: ${event.name} is said to have succeeded, and never did on that honest host`);
      }
      const startedNow = event.startedAt !== null && past?.startedAt !== event.startedAt;
      if (
        isCalm &&
        startedNow &&
        before?.command &&
        (event.startedAt ?? 0) - before.command.availableAt >
          CALM_START_MILLISECONDS + CALM_START_TICKS * this.#parts.tickMilliseconds
      ) {
        this.#violated(id, `${targetId} was told of ${event.name} late although nothing was wrong`);
      }
    }
    if (command && lifecycleEvents[firstOpen]?.name !== command.event) {
      this.#violated(id, `${targetId} was given ${command.event} out of turn`);
    }
    if (command && target.status !== "InProgress") this.#violated(id, `${targetId} is ${target.status} with a command`);
    if (target.status === "Succeeded") {
      const failed = lifecycleEvents.filter(({ status }) => status !== "Succeeded").map(({ name }) => name);
      const forgiven = readHead(watched.row).ignoreApplicationStopFailures ? "ApplicationStop" : "";
      if (failed.some((name) => name !== forgiven))
        this.#violated(id, `${targetId} Succeeded without ${failed.join(", ")}`);
    }
  }

  #checkStart(id: string, { row, order, targets }: Watched): void {
    const group = this.#group(row);
    const expectedHealth = (hostId: string): { wasHealthy: boolean; revisionHealth: RevisionHealth } => {
      const past = group.health.get(hostId);
      if (!past?.healthy) return { wasHealthy: false, revisionHealth: "Unknown" };
      return { wasHealthy: true, revisionHealth: past.revisionKey === group.currentRevisionKey ? "Current" : "Old" };
    };
    for (const { targetId, wasHealthy, revisionHealth } of targets.values()) {
      const expected = expectedHealth(targetId);
      if (expected.wasHealthy !== wasHealthy || expected.revisionHealth !== revisionHealth) {
        this.#violated(
          id,
          `${targetId} is taken for ${wasHealthy}/${revisionHealth}, and is ${JSON.stringify(expected)}`,
        );
      }
    }
    const outdatedOnly = (JSON.parse(row.request_json) as { updateOutdatedInstancesOnly?: boolean })
      .updateOutdatedInstancesOnly;
    const meant = group.members.filter(
      (hostId) => !outdatedOnly || expectedHealth(hostId).revisionHealth !== "Current",
    );
    if (this.lastRemovalAt === null && [...order].sort().join() !== [...meant].sort().join()) {
      this.#violated(id, `has the targets ${order.join()}, and the group means ${meant.join()}`);
    }
    const rank = { Unknown: "0", Old: "1", Current: "2" };
    const keys = order.map((hostId) => {
      const { wasHealthy, revisionHealth } = expectedHealth(hostId);
      return `${wasHealthy ? 1 : 0}${rank[revisionHealth]}${hostId}`;
    });
    if (keys.join() !== [...keys].sort().join()) this.#violated(id, `admits in the order ${keys.join()}`);
  }

  #checkHealth(id: string, watched: Watched, healthyTaken: number): void {
    const count = (test: (target: TargetState) => boolean) => [...watched.targets.values()].filter(test).length;
    const minimum = requiredHealthy(readHead(watched.row).healthRule, watched.targets.size);
    const healthy = count(({ status, wasHealthy }) =>
      status === "Succeeded" ? true : wasHealthy && (status === "Pending" || status === "Skipped"),
    );
    if (healthyTaken > 0 && healthy < minimum) {
      this.#violated(id, `took ${healthyTaken} healthy hosts out and left ${healthy} of at least ${minimum}`);
    }
    const inFlight = count(({ status }) => status === "InProgress");
    const allowed = watched.targets.size - count(({ status }) => status === "Failed") - minimum;
    if (inFlight > 0 && inFlight > allowed)
      this.#violated(id, `has ${inFlight} hosts under way, allowed are ${allowed}`);
  }

  #checkEvents(id: string, watched: Watched): void {
    const rows = this.#statements.events.all(id, watched.lastSequence) as unknown as Selectable<EventsTable>[];
    for (const event of rows) {
      if (event.sequence !== watched.lastSequence + 1) {
        this.#violated(id, `event ${event.sequence} follows ${watched.lastSequence}`);
      }
      watched.lastSequence = event.sequence;
      if (event.type === "stopRequested") watched.stopSeen = true;
      if (event.type !== "commandOffered") continue;
      const { targetId, event: name } = JSON.parse(event.body_json) as { targetId: string; event: string };
      if (watched.stopSeen) this.#violated(id, `gave ${targetId} ${name} after the stop was accepted`);
      if (watched.offered.has(`${targetId}/${name}`)) this.#violated(id, `gave ${targetId} ${name} twice`);
      watched.offered.add(`${targetId}/${name}`);
      if (name === "ApplicationStop") watched.admitted.push(targetId);
    }
    if (watched.row.last_sequence !== watched.lastSequence) {
      this.#violated(id, `counts ${watched.row.last_sequence} events, and has ${watched.lastSequence}`);
    }
    if (watched.admitted.join() !== watched.order.slice(0, watched.admitted.length).join()) {
      this.#violated(id, `admitted ${watched.admitted.join()}, in another order than ${watched.order.join()}`);
    }
  }

  async #checkEnd(id: string, watched: Watched): Promise<void> {
    const { row } = watched;
    const targets = [...watched.targets.values()];
    const count = (status: string) => targets.filter((target) => target.status === status).length;
    const minimum = requiredHealthy(readHead(row).healthRule, targets.length);
    const outcome = row.status === "Failed" ? `Failed (${row.error_code})` : row.status;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);

    const open = targets.filter(({ status }) => !ENDED.includes(status)).map(({ targetId }) => targetId);
    if (open.length > 0) this.#violated(id, `ended as ${row.status} while ${open.join()} had not`);
    await this.#checkOverview(id, row, count);

    const group = this.#group(row);
    for (const { targetId, status } of targets) {
      if (status === "Skipped") continue;
      group.health.set(targetId, { healthy: status === "Succeeded", revisionKey: row.revision_key });
    }
    switch (row.error_code) {
      case null:
        if (row.status !== "Succeeded") this.#violated(id, `is ${row.status} without a reason`);
        if (count("Succeeded") < Math.max(1, minimum))
          this.#violated(id, `Succeeded with ${count("Succeeded")} of ${minimum}`);
        if (count("Skipped") > 0) this.#violated(id, "Succeeded and left hosts out");
        group.currentRevisionKey = row.revision_key;
        return;
      case "HEALTH_CONSTRAINTS":
      case "AGENT_ISSUE": {
        const isSpent = targets.length - count("Failed") <= minimum || count("Succeeded") === 0;
        if (count("Failed") === 0 || !isSpent)
          this.#violated(id, `failed for its health with ${count("Failed")} failures`);
        const silent = targets.filter(({ status, agentIssue }) => status === "Failed" && agentIssue).length;
        if ((row.error_code === "AGENT_ISSUE") !== (silent === count("Failed"))) {
          this.#violated(id, `says ${row.error_code} with ${silent} silent of ${count("Failed")} failed hosts`);
        }
        if (this.#parts.isCalm && silent > 0) this.#violated(id, "calls a host silent that never was");
        return;
      }
      case "HEALTH_CONSTRAINTS_INVALID":
        if (targets.length > 0) this.#violated(id, "could not start, and has targets");
        return;
      case "NO_INSTANCES":
        if (targets.length > 0) this.#violated(id, "found no host, and has targets");
        return;
      case "MANUAL_STOP":
        if (!watched.stopRequested) this.#violated(id, "stopped, and nobody had asked for it");
        if (row.status !== "Stopped") this.#violated(id, `was stopped and is ${row.status}`);
        return;
      case "TIMEOUT":
        if (this.#parts.isCalm) this.#violated(id, "timed out although nothing was wrong");
        return;
      default:
        this.#violated(id, `ended with ${row.error_code}: ${row.error_message}`);
    }
  }

  async #checkOverview(id: string, row: DeploymentRow, count: (status: string) => number): Promise<void> {
    const [info] = await deploymentInfos(this.#parts.store.db, [row]);
    for (const [status, counted] of Object.entries(info?.deploymentOverview ?? {})) {
      if (counted !== count(status)) this.#violated(id, `counts ${counted} ${status} hosts of ${count(status)}`);
    }
  }

  /** Whatever there is to decide is decided, or is due: a wake-up that was lost shows here at once. */
  async #checkNothingIsForgotten(id: string, { row, targets, order }: Watched): Promise<void> {
    const { now } = this.#parts;
    const server = this.#parts.server();
    if (!server || server.isDead || (row.wake_at !== null && row.wake_at <= now())) return;
    const inOrder = order.flatMap((targetId) => targets.get(targetId) ?? []);
    const hosts = new LookedUp((targetId: string) => {
      const hostRow = this.#livingHosts().get(targetId);
      return hostRow && server.liveness.livenessOf(hostRow);
    });
    const resolution = inOrder.length > 0 ? undefined : this.#resolutionOf(id);
    const state = { ...readHead(row), targets: inOrder.length > 0 ? inOrder : null };
    const { events, effects } = plan(state, { resolution, hosts }, now());
    if (events.length > 0 && !this.#mayBeARemoval(row)) {
      this.#violated(
        id,
        `has forgotten to decide: ${events.map(({ type }) => type).join()}; wakes at ${row.wake_at}, now ${now()}`,
      );
    }
    for (const { key } of effects) {
      if (!this.#statements.effect.get(key)) this.#violated(id, `has forgotten ${key}`);
    }
  }

  #livingHosts(): ReadonlyMap<string, HostRow> {
    if (!this.#hostRows) {
      const rows = this.#statements.livingHosts.all() as unknown as HostRow[];
      this.#hostRows = new Map(rows.map((row) => [row.host_id, row]));
    }
    return this.#hostRows;
  }

  #resolutionOf(id: string): TargetResolution | undefined {
    const row = this.#statements.resolution.get(id) as { outcome_json: string } | undefined;
    return row && (JSON.parse(row.outcome_json) as TargetResolution);
  }

  /** A host that is gone fails within its grace, and a command that its agent has lost within a few heartbeats. */
  #checkNotWaitingForNothing(id: string, { row, targets }: Watched): void {
    const server = this.#parts.server();
    if (!server || server.isDead) return;
    const unstarted = this.#parts.now() - Math.max(row.created_at, server.upSince);
    if (row.status === "Created" && unstarted > GONE_MILLISECONDS) {
      this.#violated(id, `has not started for ${unstarted} ms, with a server that is up`);
    }
    for (const { targetId, command } of targets.values()) {
      if (!command) continue;
      const { goneSince, soundSince, knows } = this.#parts.hostTruth(targetId);
      const since = Math.max(server.upSince, command.acknowledgedAt ?? command.availableAt);
      const age = (from: number) => this.#parts.now() - Math.max(since, from);
      if (goneSince !== null && age(goneSince) > GONE_MILLISECONDS) {
        this.#violated(id, `waits for ${targetId}, where no agent has run for ${age(goneSince)} ms`);
      }
      if (soundSince === null || age(soundSince) <= LOST_MILLISECONDS || knows(id, command.event)) continue;
      this.#violated(id, `waits for ${command.event} on ${targetId}, of which its agent knows nothing`);
    }
  }

  #mayBeARemoval(row: DeploymentRow): boolean {
    const now = this.#parts.now();
    const isRecent = this.lastRemovalAt !== null && now - this.lastRemovalAt < REMOVAL_MILLISECONDS;
    return isRecent && row.wake_at !== null && row.wake_at - now < REMOVAL_MILLISECONDS;
  }

  #checkNotOverdue(id: string, { row }: Watched): void {
    const server = this.#parts.server();
    if (!server || server.isDead || row.wake_at === null) return;
    const late = this.#parts.now() - Math.max(row.wake_at, server.upSince);
    if (late > OVERDUE_MILLISECONDS) this.#violated(id, `was due at ${row.wake_at}, and is ${late} ms late`);
  }

  #checkOneActiveEach(): void {
    const active = new Map<string, string>();
    for (const [id, { row }] of this.#active) {
      const other = active.get(row.deployment_group_id);
      if (other) this.#violated(id, `is active beside ${other} in ${row.deployment_group_name}`);
      active.set(row.deployment_group_id, id);
    }
  }

  #group(row: DeploymentRow): WatchedGroup {
    const group = this.#parts.groups.get(row.deployment_group_id);
    if (!group) throw new Error(`${row.deployment_id} belongs to no group of the simulation`);
    return group;
  }

  #violated(id: string, message: string): void {
    this.#parts.onViolation(`${id} ${message}`);
  }
}

/** A map of which few entries are ever asked for. */
class LookedUp extends Map<string, HostLiveness> {
  readonly #find: (key: string) => HostLiveness | undefined;

  constructor(find: (key: string) => HostLiveness | undefined) {
    super();
    this.#find = find;
  }

  override get(key: string): HostLiveness | undefined {
    return this.#find(key);
  }
}

/** codedeploy-semantics.md, section 4, without rounding: the smallest number of hosts that is no less than the share. */
function requiredHealthy(rule: HealthRule, targetCount: number): number {
  if (rule.type === "HOST_COUNT") return rule.value;
  if (rule.type === "MOST_CONCURRENCY") return Math.max(0, targetCount - rule.value);
  if (targetCount === 1) return 0;
  let hosts = 0;
  while (hosts * 100 < targetCount * rule.value) hosts++;
  return hosts;
}
