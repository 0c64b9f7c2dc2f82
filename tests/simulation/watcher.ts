import { isHost } from "@sluice/engine/host-targets.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import type { Moments, TargetChange, Watch } from "./rules/rule.ts";
import type { WatchParts } from "./watch-parts.ts";
import { OVER, type Watched, type WatchedEvent } from "./watched.ts";

/** Checks between two looks at everything that is under way, whether it changed or not. */
const FULL_TURN_CHECKS = 100;
const NOTHING_CHANGED: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** Looks at every change that was committed, and tells the rules of it. */
export class Watcher {
  readonly outcomes = new Map<string, number>();
  readonly #parts: WatchParts;
  readonly #rules: Watch<Moments>;
  readonly #nameOf: (watched: Watched) => string;
  /** Ended since the last look at what the API says of them. */
  #ended: Watched[] = [];
  #checks = 0;

  /** `nameOf`: what sort of deployment it is. */
  constructor(parts: WatchParts, rules: Watch<Moments>, nameOf: (watched: Watched) => string) {
    this.#parts = parts;
    this.#rules = rules;
    this.#nameOf = nameOf;
  }

  /** How many deployments there were of each sort. */
  strategies(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const watched of this.#parts.deployments.all.values()) {
      const name = this.#nameOf(watched);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  check(): void {
    this.#checks++;
    const isFullTurn = this.#checks % FULL_TURN_CHECKS === 0;
    const rules = this.#rules;
    const changes = this.#parts.store.takeChanges();
    const changed = changes?.deployments ?? NOTHING_CHANGED;
    for (const [id, targetIds] of changed) this.#look(id, targetIds);
    for (const [id, watched] of this.#parts.deployments.active) {
      if (changed.has(id) || isFullTurn) rules.tell("deploymentSettled", watched);
      if (isFullTurn) rules.tell("deploymentLookedOver", watched);
      rules.tell("timePassed", watched);
    }
    if (isFullTurn) rules.tell("allLookedOver");
    if (changed.size > 0) rules.tell("someDeploymentChanged");
    if (changes?.groups) rules.tell("groupsChanged");
  }

  /** Whether a deployment has, of which the API was not asked yet. */
  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /** What only the API's own queries can answer. */
  async checkAnswers(): Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    for (const watched of ended) await this.#rules.ask("answersAreDue", watched);
  }

  #look(id: string, targetIds: ReadonlySet<string>): void {
    const { deployments } = this.#parts;
    const row = deployments.row(id);
    // Its creation was rolled back.
    if (!row) return;
    const before = deployments.all.get(id)?.row ?? null;
    const wasOver = before !== null && OVER.includes(before.status);
    const watched = deployments.take(row);
    if (before === null) this.#tellOfNew(watched);
    this.#rules.tell("deploymentChanged", watched, before);
    if (before === null) this.#rules.tell("deploymentAppeared", watched);
    if (targetIds.size > 0) this.#lookAtTargets(watched, targetIds, wasOver);
    if (row.last_sequence !== watched.lastSequence) this.#lookAtEvents(watched);
    if (!wasOver && OVER.includes(row.status)) this.#end(watched, row);
  }

  #tellOfNew(watched: Watched): void {
    const { row, head } = watched;
    this.#parts.chronicle.note(
      watched.id,
      `is created by ${row.creator}: ${this.#nameOf(watched)}, ${row.revision_key}, ${"healthRule" in head.strategy ? JSON.stringify(head.strategy.healthRule) : head.strategy.type}`,
    );
  }

  #lookAtTargets(watched: Watched, targetIds: ReadonlySet<string>, isAfterEnd: boolean): void {
    const { deployments, chronicle } = this.#parts;
    const isStart = watched.targets.size === 0;
    const found = isStart
      ? deployments.targetRows(watched.id)
      : [...targetIds].flatMap((targetId) => deployments.targetRow(watched.id, targetId) ?? []);
    // Their transaction was rolled back.
    if (found.length === 0) return;
    const changes = found.map((row): TargetChange => {
      const before = watched.targets.get(row.target_id) ?? null;
      const target = deployments.read(row);
      watched.targets.set(row.target_id, target);
      if (isStart) watched.order.push(row.target_id);
      if (before && before.status !== target.status) {
        const cause = isHost(target) && target.agentIssue ? " for its agent's silence" : "";
        chronicle.note(watched.id, `${row.target_id} is ${target.status}${cause}`);
      }
      return { row, target, before, isAfterEnd };
    });
    for (const change of changes) this.#rules.tell("targetChanged", watched, change);
    if (isStart) this.#rules.tell("targetsFound", watched);
    this.#rules.tell("targetsChanged", watched, changes);
  }

  #lookAtEvents(watched: Watched): void {
    const { deployments, chronicle } = this.#parts;
    for (const event of deployments.eventsAfter(watched.id, watched.lastSequence)) {
      this.#rules.tell("eventWritten", watched, event);
      watched.lastSequence = event.sequence;
      if (chronicle.isKept) chronicle.note(watched.id, sentenceOf(event));
    }
    this.#rules.tell("eventsWritten", watched);
  }

  #end(watched: Watched, row: DeploymentRow): void {
    const outcome = row.status === "Failed" ? `Failed (${row.error_code})` : row.status;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.#parts.chronicle.note(watched.id, `ends as ${outcome}`);
    this.#rules.tell("deploymentEnded", watched);
    this.#parts.takeIn(watched);
    this.#ended.push(watched);
  }
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
