import type { TargetState } from "@sluice/engine/state.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import type { WatchParts } from "../watch-parts.ts";
import type { TargetRow, Watched, WatchedEvent } from "../watched.ts";

export type Violated = (deploymentId: string | null, message: string) => void;

/** A sentence that stays true in every world, and where one has to look to see that it does. Written down a second time, in another way than in the engine. */
export interface Rule<Parts extends WatchParts = WatchParts, M extends object = Moments> {
  /** As a story ends with it. */
  readonly name: string;
  /** Begins to watch one world. What it has to remember of it, it keeps to itself. */
  readonly watch: (parts: Parts, violated: Violated) => Partial<M>;
}

/** When rules look. Each moment comes after what changed is committed, in the order in which they are listed. */
export interface Moments {
  deploymentAppeared: (watched: Watched) => void;
  /** Its row is another than at the last look. */
  deploymentChanged: (watched: Watched, before: DeploymentRow | null) => void;
  targetChanged: (watched: Watched, change: TargetChange) => void;
  /** The deployment has found its targets. */
  targetsFound: (watched: Watched) => void;
  /** After each of them was told of by itself. */
  targetsChanged: (watched: Watched, changes: readonly TargetChange[]) => void;
  eventWritten: (watched: Watched, event: WatchedEvent) => void;
  /** After each of them was told of by itself. */
  eventsWritten: (watched: Watched) => void;
  /** The group has not taken the outcome in. */
  deploymentEnded: (watched: Watched) => void;
  /** Of an active deployment that changed, and of all of them now and then. */
  deploymentSettled: (watched: Watched) => void;
  /** Of every active deployment, now and then. */
  deploymentLookedOver: (watched: Watched) => void;
  /** Of every active deployment, at every step. */
  timePassed: (watched: Watched) => void;
  allLookedOver: () => void;
  someDeploymentChanged: () => void;
  groupsChanged: () => void;
  /** Of one that has ended. Its API may be asked. */
  answersAreDue: (watched: Watched) => Promise<void>;
}

export interface TargetChange {
  readonly row: TargetRow;
  readonly target: TargetState;
  /** Null: it has just been found. */
  readonly before: TargetState | null;
  /** The deployment had ended when it changed. */
  readonly isAfterEnd: boolean;
}

type Look = (...facts: unknown[]) => unknown;

/** The rules of one world at their watch. */
export class Watch<M extends object> {
  readonly #told = new Map<PropertyKey, Look[]>();

  constructor(watching: readonly Partial<M>[]) {
    for (const moments of watching) {
      for (const [moment, look] of Object.entries<Look>(moments as Record<string, Look>)) {
        const told = this.#told.get(moment) ?? [];
        told.push(look);
        this.#told.set(moment, told);
      }
    }
  }

  tell<K extends keyof M>(moment: K, ...facts: M[K] extends (...facts: infer Facts) => unknown ? Facts : never): void {
    for (const look of this.#told.get(moment) ?? []) look(...(facts as unknown[]));
  }

  async ask<K extends keyof M>(
    moment: K,
    ...facts: M[K] extends (...facts: infer Facts) => unknown ? Facts : never
  ): Promise<void> {
    for (const look of this.#told.get(moment) ?? []) await look(...(facts as unknown[]));
  }
}

/** @param onViolation told which rule */
export function startWatch<Parts extends WatchParts, M extends object>(
  rules: readonly Rule<Parts, M>[],
  parts: Parts,
  onViolation: (rule: string, deploymentId: string | null, message: string) => void,
): Watch<M> {
  return new Watch(rules.map(({ name, watch }) => watch(parts, (id, message) => onViolation(name, id, message))));
}
