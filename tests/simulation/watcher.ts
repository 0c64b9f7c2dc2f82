import type { HostLiveness, TargetResolution, TrafficReport, WithholdReport } from "@sluice/engine/observation.ts";
import { plan, withholdEffectKey } from "@sluice/engine/plan.ts";
import type { TerminationReport } from "@sluice/engine/ports/fleet.ts";
import type { TargetState, Wait } from "@sluice/engine/state.ts";
import { trafficEffectKey } from "@sluice/engine/traffic-effects.ts";
import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { DEPLOYMENT_REQUEST } from "@sluice/server/store/columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "@sluice/server/store/columns/deployment-request.ts";
import { type DeploymentRow, readHead } from "@sluice/server/store/deployments.ts";
import type { HostRow } from "@sluice/server/store/hosts.ts";
import type { EffectsTable, EventsTable, TargetsTable } from "@sluice/server/store/schema.ts";
import { readStoredEvent } from "@sluice/server/store/stored-event.ts";
import { readTarget } from "@sluice/server/store/targets.ts";
import type { Selectable } from "kysely";
import { fleetTag } from "./hosts/host-scenario.ts";
import { checkAdmission, checkAdmissionOrder, checkAlarm, checkStart } from "./rules/hosts/admission.ts";
import { checkDeadline } from "./rules/hosts/deadline.ts";
import { checkHealth } from "./rules/hosts/health.ts";
import { checkEnd, checkOverview } from "./rules/hosts/outcome.ts";
import { checkStopEnds, checkUnreported } from "./rules/hosts/stop-ends.ts";
import { checkDrained, checkTraffic, checkWish } from "./rules/hosts/traffic.ts";
import { checkWait } from "./rules/hosts/waits.ts";
import { checkMark, checkOrigin } from "./rules/rollback.ts";
import { POLL_TIMEOUT_MILLISECONDS } from "./simulated-network.ts";
import { RULES, type Rule } from "./violation.ts";
import {
  ENDED,
  FORGIVEN,
  OVER,
  type Statements,
  type Watched,
  type WatchedEvent,
  type WatcherParts,
} from "./watched.ts";

export type { HostTruth, WatchedGroup } from "./watched.ts";

/** Checks between two looks at everything that is under way, whether it changed or not. */
const FULL_TURN_CHECKS = 100;
const NOTHING_CHANGED: ReadonlyMap<string, ReadonlySet<string>> = new Map();
/** What is due is done within this time by a server that is up; a turn that failed is repeated after one second. */
const OVERDUE_MILLISECONDS = 2_000;
/** What a server has under way outside at one time. */
const MAX_EFFECTS_AT_ONCE = 32;
/** Without faults, from a command's offer to its acknowledgement, for each group: a few crossings of the network. */
const CALM_START_MILLISECONDS = 200;
const CALM_START_TICKS = 6;
/**
 * From an agent's end to the failure of its host: its grace, calls under way when it ended, and some time to act. A deployment's hosts
 * are found within it, too.
 */
const GONE_MILLISECONDS = 60_000;
/** Of our agent's silence. */
const GRACE_MILLISECONDS = 15_000;
/** How much sooner than it was planned the proof may come that a host is silent. */
const PROOF_MILLISECONDS = 1_100;
/** What each trouble of the server's door may add to a host's grace beyond its own time: calls under way, and proof that begins anew. */
const TROUBLE_MILLISECONDS = 10_000;
/** From a sound agent's ignorance of a command to that command's end or its next offer: its last poll may have been lost, too. */
const LOST_MILLISECONDS = POLL_TIMEOUT_MILLISECONDS + 15_000;
/** How late a removal or a goodbye may be noticed when the server died, or its disk failed, in the middle of it. */
const REMOVAL_MILLISECONDS = 20_000;

/**
 * Looks at every change that was committed, and holds it against the rules, which are written down here a second time and in another
 * way than in the engine.
 */
export class Watcher {
  readonly deployments = new Map<string, Watched>();
  readonly outcomes = new Map<string, number>();
  lastRemovalAt: number | null = null;
  readonly #parts: WatcherParts;
  readonly #statements: Statements;
  readonly #active = new Map<string, Watched>();
  #hostRows: ReadonlyMap<string, HostRow> | null = null;
  /** Ended since the last look at what the API says of them. */
  #ended: Watched[] = [];
  #checks = 0;
  readonly #targetsRead = new Map<string, { readonly json: string; readonly target: TargetState }>();

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    const { prepare } = parts.store;
    this.#statements = {
      deployment: prepare("SELECT * FROM deployments WHERE deployment_id = ?"),
      active: prepare("SELECT * FROM deployments WHERE deployment_group_id = ? AND active = 1"),
      targets: prepare("SELECT * FROM targets WHERE deployment_id = ? ORDER BY ordinal"),
      target: prepare("SELECT * FROM targets WHERE deployment_id = ? AND target_id = ?"),
      events: prepare("SELECT * FROM events WHERE deployment_id = ? AND sequence > ? ORDER BY sequence"),
      livingHosts: prepare("SELECT * FROM hosts WHERE retired_at IS NULL"),
      effect: prepare("SELECT outcome_json, progress_json FROM effects WHERE effect_key = ?"),
      outcome: prepare(
        "SELECT outcome_json FROM effects WHERE deployment_id = ? AND kind = ? AND outcome_json IS NOT NULL",
      ),
      pendingEffects: prepare(
        "SELECT effect_key, deployment_id, run_at, lease_owner, lease_until FROM effects WHERE outcome_json IS NULL",
      ),
      group: prepare("SELECT rolled_back_json FROM deployment_groups WHERE deployment_group_id = ?"),
    };
  }

  activeOf(groupId: string): string | undefined {
    for (const [id, { row }] of this.#active) if (row.deployment_group_id === groupId) return id;
    return undefined;
  }

  waitOf(deploymentId: string): Wait["kind"] | undefined {
    return this.#active.get(deploymentId)?.head.wait?.kind;
  }

  isMovingFleets(deploymentId: string): boolean {
    const head = this.#active.get(deploymentId)?.head;
    return head?.strategy.type === "blue-green" && ["allow", "block", "terminate"].includes(head.stage);
  }

  /** The tag of the fleet that the group's next blue/green deployment goes to; null: it deploys in place. */
  replacementTagOf(groupId: string): string | null {
    const group = this.#parts.groups.get(groupId);
    if (group?.scenario.strategy.type !== "blue/green") return null;
    return fleetTag(groupId, group.current === 0 ? 1 : 0);
  }

  isMarked(groupId: string): boolean {
    return (this.#parts.groups.get(groupId)?.mark ?? null) !== null;
  }

  /** Targets of each deployment that found any. */
  fleets(): number[] {
    return [...this.deployments.values()].map(({ order }) => order.length).filter((size) => size > 0);
  }

  /** How many deployments there were of each. */
  strategies(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const watched of this.deployments.values()) {
      const name = strategyName(watched);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  stopIsRequested(deploymentId: string): void {
    const watched = this.deployments.get(deploymentId);
    if (watched) watched.stopRequested = true;
  }

  acknowledgementIsAsked(groupId: string): void {
    const group = this.#parts.groups.get(groupId);
    if (group) group.acknowledgedAt = this.#parts.now();
  }

  hostBegan(hostId: string, deploymentId: string, event: LifecycleEventName): void {
    const watched = this.#active.get(deploymentId);
    if (watched) checkDrained(this.#parts, watched, hostId, event);
  }

  /** The server asks a balancer for something: this is before it is done. */
  trafficIsMoved(wish: "in" | "out", groupId: string, hostId: string): void {
    const watched = this.#asOfNow(groupId);
    if (watched) checkWish(this.#parts, watched, watched.targets.get(hostId), wish);
  }

  /**
   * A group's active deployment as the database has it now, which may be ahead of the last check, and in the middle of a transaction: not
   * to be held against any rule of its own.
   */
  #asOfNow(groupId: string): Watched | undefined {
    const id = this.activeOf(groupId);
    const watched = id === undefined ? undefined : this.#active.get(id);
    if (watched && !this.#parts.store.mayHaveChanged(watched.id)) return watched;
    const row = this.#statements.active.get(groupId) as DeploymentRow | undefined;
    if (!row) return undefined;
    const rows = this.#statements.targets.all(row.deployment_id) as unknown as Selectable<TargetsTable>[];
    const known = this.#active.get(row.deployment_id);
    const head = known?.row.state_json === row.state_json ? known.head : readHead(row);
    const targets = new Map(rows.map((target) => [target.target_id, this.#targetOf(target)]));
    return { ...(known ?? newWatched(row)), row, head, targets };
  }

  /** Most of what is read was read before. */
  #targetOf(row: Selectable<TargetsTable>): TargetState {
    const key = `${row.deployment_id}/${row.target_id}`;
    const before = this.#targetsRead.get(key);
    if (before?.json === row.state_json) return before.target;
    const target = readTarget(row);
    this.#targetsRead.set(key, { json: row.state_json, target });
    return target;
  }

  /** Called when the server has machines switched off. */
  originalsAreTerminated(hostIds: readonly string[]): void {
    const { groups, balancer, onViolation } = this.#parts;
    // Groups may share their hosts, and the call does not say whose it is.
    const askers = [...groups.keys()].filter((groupId) => {
      const found = this.#asOfNow(groupId);
      return found?.head.stage === "terminate" && hostIds.every((hostId) => found.targets.has(hostId));
    });
    const serving = (groupId: string) => hostIds.filter((hostId) => balancer.trafficOf(groupId, hostId) !== "blocked");
    if (askers.some((groupId) => serving(groupId).length === 0)) return;
    const [groupId] = askers;
    const message =
      groupId === undefined
        ? "are terminated, and no deployment is that far"
        : `are terminated, of which ${serving(groupId).join()} are not blocked`;
    onViolation(RULES.traffic, null, `${hostIds.join()} ${message}`);
  }

  check(): void {
    this.#checks++;
    const isFullTurn = this.#checks % FULL_TURN_CHECKS === 0;
    const changes = this.#parts.store.takeChanges();
    const changed = changes?.deployments ?? NOTHING_CHANGED;
    if (changes?.hosts) this.#hostRows = null;
    for (const [id, targetIds] of changed) this.#checkDeployment(id, targetIds);
    for (const [id, watched] of this.#active) {
      if (changed.has(id) || isFullTurn) this.#checkNothingIsForgotten(watched);
      if (isFullTurn) this.#checkNotWaitingForNothing(watched);
      this.#checkNotOverdue(watched);
      checkAlarm(this.#parts, watched);
      checkStopEnds(this.#parts, watched);
    }
    if (isFullTurn) this.#checkEffectsAreBegun();
    if (changed.size > 0) this.#checkOneActiveEach();
    if (changes?.groups) checkMark(this.#parts, this.#statements);
  }

  /** Whether a deployment has, of which the API was not asked yet. */
  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /** What only the API's own queries can answer. */
  async checkAnswers(): Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    for (const watched of ended) await checkOverview(this.#parts, watched);
  }

  #checkDeployment(id: string, targetIds: ReadonlySet<string>): void {
    const row = this.#statements.deployment.get(id) as DeploymentRow | undefined;
    // Its creation was rolled back.
    if (!row) return;
    const before = this.deployments.get(id);
    const wasOver = before !== undefined && OVER.includes(before.row.status);
    if (wasOver && JSON.stringify(row) !== JSON.stringify(before.row)) {
      this.#violated(
        RULES.terminal,
        id,
        `had ended as ${before.row.status}, and was changed to ${row.status}: ${JSON.stringify(row)}`,
      );
    }
    const watched = before ?? this.#begin(row);
    if (before && before.row.state_json !== row.state_json) before.head = readHead(row);
    if (before && before.row.request_json !== row.request_json) before.request = readRequest(row);
    watched.row = row;
    const isOpen = !OVER.includes(row.status);
    if (isOpen !== (row.active === 1)) this.#violated(RULES.state, id, `is ${row.status} with active ${row.active}`);
    if (row.active === 1) this.#active.set(id, watched);
    else this.#active.delete(id);
    if (!before) checkOrigin(this.#parts, this.deployments, watched);
    if (targetIds.size > 0) this.#checkTargets(watched, targetIds, wasOver);
    if (row.last_sequence !== watched.lastSequence) this.#checkEvents(watched);
    if (!wasOver && !isOpen) {
      const outcome = row.status === "Failed" ? `Failed (${row.error_code})` : row.status;
      this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
      this.#parts.chronicle.note(id, `ends as ${outcome}`);
      checkEnd(this.#parts, this.#statements, watched);
      this.#ended.push(watched);
    }
  }

  #begin(row: DeploymentRow): Watched {
    const watched = newWatched(row);
    this.deployments.set(watched.id, watched);
    this.#parts.chronicle.note(
      watched.id,
      `is created by ${row.creator}: ${strategyName(watched)}, ${row.revision_key}, ${JSON.stringify(watched.head.healthRule)}`,
    );
    return watched;
  }

  #checkTargets(watched: Watched, targetIds: ReadonlySet<string>, wasOver: boolean): void {
    const { id } = watched;
    const { target: one, targets: all } = this.#statements;
    const isStart = watched.targets.size === 0;
    const found = isStart
      ? all.all(id)
      : [...targetIds].map((targetId) => one.get(id, targetId)).filter((row) => row !== undefined);
    // Their transaction was rolled back.
    if (found.length === 0) return;
    let healthyTaken = 0;
    for (const row of found as unknown as Selectable<TargetsTable>[]) {
      const before = watched.targets.get(row.target_id);
      const target = this.#targetOf(row);
      watched.targets.set(row.target_id, target);
      if (isStart) watched.order.push(row.target_id);
      if (before && this.#checkChange(watched, row, before, target, wasOver)) healthyTaken++;
      this.#checkTarget(watched, target, before);
      checkTraffic(this.#parts, watched, target);
    }
    if (isStart) checkStart(this.#parts, watched, this.lastRemovalAt !== null);
    checkHealth(this.#parts, watched, healthyTaken);
  }

  /** Whether a healthy host was taken. */
  #checkChange(
    watched: Watched,
    row: Selectable<TargetsTable>,
    before: TargetState,
    target: TargetState,
    wasOver: boolean,
  ): boolean {
    const { id } = watched;
    const { targetId } = target;
    if (row.status !== target.status) {
      this.#violated(RULES.state, id, `${targetId}: column ${row.status}, state ${target.status}`);
    }
    if (ENDED.includes(before.status) && JSON.stringify(before) !== JSON.stringify(target)) {
      this.#violated(
        RULES.terminal,
        id,
        `${targetId} had ended as ${before.status}, and was changed to ${target.status}`,
      );
    }
    if (target.status === "Failed" && before.status !== "Failed" && target.agentIssue) {
      const { steadyMilliseconds } = this.#parts.hostTruth(targetId);
      if (steadyMilliseconds > GRACE_MILLISECONDS) {
        this.#violated(
          RULES.heard,
          id,
          `calls ${targetId} silent, which has reported for ${steadyMilliseconds} ms without a break`,
        );
      }
    }
    checkDeadline(this.#parts, watched, before, target);
    checkUnreported(this.#parts, watched, before, target);
    if (wasOver) this.#violated(RULES.terminal, id, `${targetId} changed after the deployment's end`);
    if (before.status !== target.status) {
      this.#parts.chronicle.note(
        id,
        `${targetId} is ${target.status}${target.agentIssue ? " for its agent's silence" : ""}`,
      );
    }
    return target.wasHealthy && before.status === "Pending" && !["Pending", "Skipped"].includes(target.status);
  }

  #checkTarget(watched: Watched, target: TargetState, before: TargetState | undefined): void {
    const { id } = watched;
    const { ledger, isCalm } = this.#parts;
    const { targetId, lifecycleEvents, command } = target;
    const isHonest = !ledger.liars.has(targetId);
    const firstOpen = lifecycleEvents.findIndex(({ status }) => status === "Pending" || status === "InProgress");
    for (const [place, event] of lifecycleEvents.entries()) {
      const past = before?.lifecycleEvents[place];
      if (past && ENDED.includes(past.status) && past.status !== event.status) {
        this.#violated(
          RULES.terminal,
          id,
          `${targetId}: ${event.name} had ended as ${past.status} and is ${event.status}`,
        );
      }
      if (firstOpen !== -1 && place > firstOpen && event.status !== "Pending") {
        this.#violated(RULES.hookOrder, id, `${targetId}: ${event.name} is ${event.status} before its turn`);
      }
      if (
        event.status === "Succeeded" &&
        past?.status !== "Succeeded" &&
        isHonest &&
        !isTrafficEvent(event.name) &&
        !ledger.hasSucceeded(targetId, id, event.name)
      ) {
        this.#violated(
          RULES.truth,
          id,
          `${targetId}: ${event.name} is said to have succeeded, and never did on that honest host`,
        );
      }
      // An alarm interrupts in mid-event: the script of then may be running still.
      const mayBeBusy = this.#parts.alarms.hasFiredSince(watched.row.deployment_group_id, 0);
      const startedNow =
        !mayBeBusy && !isTrafficEvent(event.name) && event.startedAt !== null && past?.startedAt !== event.startedAt;
      if (
        isCalm &&
        startedNow &&
        before?.command &&
        (event.startedAt ?? 0) - before.command.availableAt > this.#calmStartMilliseconds(targetId)
      ) {
        this.#violated(RULES.calm, id, `${targetId} was told of ${event.name} late although nothing was wrong`);
      }
    }
    if (command && lifecycleEvents[firstOpen]?.name !== command.event) {
      this.#violated(RULES.once, id, `${targetId} was given ${command.event} out of turn`);
    }
    if (command && target.status !== "InProgress") {
      this.#violated(RULES.state, id, `${targetId} is ${target.status} with a command`);
    }
    if (target.status === "Succeeded") {
      const failed = lifecycleEvents.filter(({ status }) => status !== "Succeeded").map(({ name }) => name);
      const forgiven = watched.head.ignoreApplicationStopFailures ? FORGIVEN : [];
      if (failed.some((name) => !forgiven.includes(name))) {
        this.#violated(RULES.truth, id, `${targetId} Succeeded without ${failed.join(", ")}`);
      }
    }
  }

  /** A host is told of one thing after another, and each of its groups may have something for it. */
  #calmStartMilliseconds(hostId: string): number {
    const { groups, tickMilliseconds } = this.#parts;
    const ownGroups = [...groups.values()].filter(({ fleets }) => fleets.flat().includes(hostId));
    return (CALM_START_MILLISECONDS + CALM_START_TICKS * tickMilliseconds) * ownGroups.length;
  }

  #checkEvents(watched: Watched): void {
    const { id } = watched;
    const rows = this.#statements.events.all(id, watched.lastSequence) as unknown as Selectable<EventsTable>[];
    for (const row of rows) {
      const event = { sequence: row.sequence, at: row.at, ...readStoredEvent(row) };
      if (event.sequence !== watched.lastSequence + 1) {
        this.#violated(RULES.events, id, `event ${event.sequence} follows ${watched.lastSequence}`);
      }
      watched.lastSequence = event.sequence;
      if (event.type === "stopRequested") watched.stopSeen = true;
      if (this.#parts.chronicle.isKept) this.#parts.chronicle.note(id, sentenceOf(event));
      if (event.type === "commandOffered") this.#checkOffer(watched, event);
      else checkWait(this.#parts, watched, event);
    }
    if (watched.row.last_sequence !== watched.lastSequence) {
      this.#violated(RULES.events, id, `counts ${watched.row.last_sequence} events, and has ${watched.lastSequence}`);
    }
    checkAdmissionOrder(this.#parts, watched);
  }

  #checkOffer(watched: Watched, { at, body }: WatchedEvent): void {
    const { id } = watched;
    const { targetId, event: name } = body as { readonly targetId: string; readonly event: string };
    if (watched.stopSeen) this.#violated(RULES.stopped, id, `gave ${targetId} ${name} after the stop was accepted`);
    if (watched.offered.has(`${targetId}/${name}`)) this.#violated(RULES.once, id, `gave ${targetId} ${name} twice`);
    watched.offered.add(`${targetId}/${name}`);
    if (watched.targets.get(targetId)?.lifecycleEvents[0]?.name === name) {
      checkAdmission(this.#parts, watched, targetId, at);
    }
  }

  /** Whatever there is to decide is decided, or is due: a wake-up that was lost shows here at once. */
  #checkNothingIsForgotten({ id, row, head, targets, order }: Watched): void {
    const { now } = this.#parts;
    const server = this.#parts.server();
    if (!server || server.isDead || (row.wake_at !== null && row.wake_at <= now())) return;
    const inOrder = order.flatMap((targetId) => targets.get(targetId) ?? []);
    const hosts = new LookedUp((targetId: string) => {
      const hostRow = this.#livingHosts().get(targetId);
      return hostRow && server.liveness.livenessOf(hostRow);
    });
    const traffic = new Map<string, TrafficReport>();
    for (const { targetId, command } of inOrder) {
      if (!command || !isTrafficEvent(command.event)) continue;
      const key = trafficEffectKey(id, targetId, command.event, command.attempt);
      const effect = this.#statements.effect.get(key) as Known | undefined;
      if (!effect) this.#violated(RULES.due, id, `has forgotten ${key}`);
      const json = effect?.outcome_json ?? effect?.progress_json;
      if (json) traffic.set(targetId, JSON.parse(json) as TrafficReport);
    }
    const resolution = inOrder.length > 0 ? undefined : (this.#outcomeOf(id, "resolveTargets") as TargetResolution);
    const termination =
      head.stage === "terminate" ? (this.#outcomeOf(id, "terminateOriginals") as TerminationReport) : undefined;
    const withheld = head.stage === "withhold" ? this.#withheldOf(id) : undefined;
    const state = { ...head, targets: inOrder.length > 0 ? inOrder : null };
    const heard = server.liveness.heardTime();
    const { events, effects } = plan(state, { resolution, heard, hosts, traffic, termination, withheld }, now());
    const isSoon = row.wake_at !== null && row.wake_at - now() <= PROOF_MILLISECONDS + this.#parts.tickMilliseconds;
    if (events.length > 0 && !isSoon && !this.#mayBeNoticedLater(row)) {
      this.#violated(
        RULES.due,
        id,
        `has forgotten to decide: ${events.map(({ type }) => type).join()}; wakes at ${row.wake_at}, now ${now()}`,
      );
    }
    for (const { key } of effects) {
      if (events.length === 0 && !this.#statements.effect.get(key)) {
        this.#violated(RULES.due, id, `has forgotten ${key}`);
      }
    }
  }

  #withheldOf(id: string): WithholdReport | undefined {
    const effect = this.#statements.effect.get(withholdEffectKey(id)) as Known | undefined;
    const json = effect?.outcome_json ?? effect?.progress_json;
    return json ? (JSON.parse(json) as WithholdReport) : undefined;
  }

  #livingHosts(): ReadonlyMap<string, HostRow> {
    if (!this.#hostRows) {
      const rows = this.#statements.livingHosts.all() as unknown as HostRow[];
      this.#hostRows = new Map(rows.map((row) => [row.host_id, row]));
    }
    return this.#hostRows;
  }

  #outcomeOf(id: string, kind: string): unknown {
    const row = this.#statements.outcome.get(id, kind) as { outcome_json: string } | undefined;
    return row && JSON.parse(row.outcome_json);
  }

  /** A host that is gone fails within its grace, and a command that its agent has lost within a few heartbeats. */
  #checkNotWaitingForNothing({ id, row, targets }: Watched): void {
    const server = this.#parts.server();
    if (!server || server.isDead) return;
    // Each failed attempt to prepare it is made again, later and later.
    const unstarted = this.#parts.now() - Math.max(row.created_at, server.upSince, this.#parts.lastOutsideFaultAt());
    if (row.status === "Created" && unstarted > GONE_MILLISECONDS) {
      this.#violated(RULES.due, id, `has not started for ${unstarted} ms, with a server that is up`);
    }
    for (const { targetId, command } of targets.values()) {
      // A balancer is waited for as long as its own limit says.
      if (!command || isTrafficEvent(command.event)) continue;
      const { goneSince, soundSince, knows } = this.#parts.hostTruth(targetId);
      const since = Math.max(server.upSince, command.acknowledgedAt ?? command.availableAt);
      const age = (from: number) => {
        const counted = Math.max(since, from);
        return this.#parts.now() - counted - this.#parts.door.troubledMilliseconds(counted, TROUBLE_MILLISECONDS);
      };
      if (goneSince !== null && age(goneSince) > GONE_MILLISECONDS) {
        this.#violated(RULES.due, id, `waits for ${targetId}, where no agent has run for ${age(goneSince)} ms`);
      }
      if (soundSince === null || age(soundSince) <= LOST_MILLISECONDS || knows(id, command.event)) continue;
      this.#violated(RULES.due, id, `waits for ${command.event} on ${targetId}, of which its agent knows nothing`);
    }
  }

  #mayBeNoticedLater(row: DeploymentRow): boolean {
    const now = this.#parts.now();
    // What a host says as it goes is kept in memory at once, and acted on in a transaction that the disk may refuse.
    const lastAt = Math.max(this.lastRemovalAt ?? 0, this.#parts.lastOutsideFaultAt());
    const isRecent = now - lastAt < REMOVAL_MILLISECONDS;
    return isRecent && row.wake_at !== null && row.wake_at - now < REMOVAL_MILLISECONDS;
  }

  #checkNotOverdue({ id, row }: Watched): void {
    const server = this.#parts.server();
    if (!server || server.isDead || row.wake_at === null) return;
    const late = this.#parts.now() - Math.max(row.wake_at, server.upSince, this.#parts.lastOutsideFaultAt());
    if (late > OVERDUE_MILLISECONDS) this.#violated(RULES.due, id, `was due at ${row.wake_at}, and is ${late} ms late`);
  }

  /** What is due outside is begun, or done over when the server died that had begun it. */
  #checkEffectsAreBegun(): void {
    const server = this.#parts.server();
    if (!server || server.isDead) return;
    const now = this.#parts.now();
    const pending = this.#statements.pendingEffects.all() as unknown as Selectable<EffectsTable>[];
    const isHeld = (effect: Selectable<EffectsTable>) =>
      effect.lease_owner === server.name && (effect.lease_until ?? 0) > now;
    if (pending.filter(isHeld).length >= MAX_EFFECTS_AT_ONCE) return;
    for (const effect of pending) {
      const late = now - Math.max(effect.run_at, server.upSince, this.#parts.lastOutsideFaultAt());
      if (isHeld(effect) || late <= OVERDUE_MILLISECONDS) continue;
      this.#violated(RULES.due, effect.deployment_id, `has not begun ${effect.effect_key}, due ${late} ms ago`);
    }
  }

  #checkOneActiveEach(): void {
    const active = new Map<string, string>();
    for (const [id, { row }] of this.#active) {
      const other = active.get(row.deployment_group_id);
      if (other) this.#violated(RULES.oneActive, id, `is active beside ${other} in ${row.deployment_group_name}`);
      active.set(row.deployment_group_id, id);
    }
  }

  #violated(rule: Rule, id: string, message: string): void {
    this.#parts.onViolation(rule, id, message);
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

/** What is known of an effect. */
interface Known {
  readonly outcome_json: string | null;
  readonly progress_json: string | null;
}

/** An entry of the stream, without what only programs want to know. */
function sentenceOf({ type, body }: WatchedEvent): string {
  const { targetId, event, error, stage, until, message, halt, diagnostics } = body;
  const code =
    (error as { code?: string } | undefined)?.code ?? (diagnostics as { errorCode?: string } | undefined)?.errorCode;
  const text = (error as { message?: string } | undefined)?.message ?? message;
  const facts = [targetId, event, stage, halt, code, text, until && `until ${until}`];
  return [type, ...facts.filter((fact) => fact !== undefined && fact !== null && fact !== "")].join(" ");
}

function newWatched(row: DeploymentRow): Watched {
  return {
    id: row.deployment_id,
    row,
    head: readHead(row),
    request: readRequest(row),
    targets: new Map(),
    order: [],
    lastSequence: 0,
    offered: new Set(),
    admitted: [],
    terminationFrom: null,
    continued: new Set(),
    stopSeen: false,
    stopRequested: false,
    rollbackId: null,
  };
}

function readRequest(row: DeploymentRow): DeploymentRequest & DeploymentIntent {
  return DEPLOYMENT_REQUEST.read(row);
}

function strategyName({ row, head: { strategy } }: Watched): string {
  const suffix = row.creator === "user" ? "" : ", rollback";
  switch (strategy.type) {
    case "in-place":
      return `in place${strategy.zones ? ", by zones" : strategy.hasTrafficControl ? ", with traffic" : ""}${suffix}`;
    case "blue-green":
      return "blue/green";
    case "blue-green-rollback":
      return "blue/green, rollback";
  }
}
