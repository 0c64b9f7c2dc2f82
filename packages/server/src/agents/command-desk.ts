import type { TargetState } from "@sluice/engine/state.ts";
import { formatHostCommandIdentifier } from "@sluice/model/host-command.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { Timers } from "../loops/timers.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import type { Store } from "../store/open-store.ts";
import { loadCommandsOfHost } from "../store/targets.ts";

/** How long a poll is held when there is nothing to do. Well below the reference agent's 80 s, and short enough for a calm stop. */
export const POLL_HOLD_MILLISECONDS = 20_000;
/**
 * A command that was handed out and not acknowledged is handed out again after this time: the answer may have been lost. The agents
 * acknowledge within milliseconds, and acknowledgements of two offers are told apart, so this only costs time, never a second run.
 */
const REOFFER_MILLISECONDS = 3_000;

/** Polls of one host that are held at once. An agent has one; past this the oldest is answered empty-handed, so that nobody piles them up. */
const MAX_POLLS_PER_HOST = 8;

interface Waiter {
  readonly take: (candidate: Candidate) => boolean;
  readonly giveUp: () => void;
}

export interface OfferedCommand {
  readonly hostCommandIdentifier: string;
  readonly deploymentId: string;
  readonly event: LifecycleEventName;
}

interface Candidate {
  readonly deploymentId: string;
  readonly target: TargetState;
}

export interface CommandDeskDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly feed: ChangeFeed;
  /** Tells offers of one command apart. */
  readonly newOffer: () => string;
}

/** Where hosts ask for work. A poll is answered the moment a command exists for its host, or empty-handed after the hold time. */
export class CommandDesk {
  readonly #dependencies: CommandDeskDependencies;
  readonly #waiting = new Map<string, Set<Waiter>>();
  /** When each unacknowledged command was last handed out, by deployment, target and event. */
  readonly #offeredAt = new Map<string, number>();
  readonly #unsubscribe: () => void;

  constructor(dependencies: CommandDeskDependencies) {
    this.#dependencies = dependencies;
    this.#unsubscribe = dependencies.feed.subscribe(({ deploymentId, offered }) => {
      for (const target of offered) this.#hand(deploymentId, target);
    });
  }

  get waitingPolls(): number {
    return this.#waiting.size;
  }

  close(): void {
    this.#unsubscribe();
  }

  /** The next command for a host; null after the hold time, or when `signal` ends the poll. */
  async poll(
    hostId: string,
    signal: AbortSignal,
    holdMilliseconds = POLL_HOLD_MILLISECONDS,
  ): Promise<OfferedCommand | null> {
    const { store, timers } = this.#dependencies;
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (command: OfferedCommand | null) => {
        if (settled) return;
        settled = true;
        cancelHold();
        cancelReoffer();
        signal.removeEventListener("abort", abort);
        this.#leave(hostId, waiter);
        resolve(command);
      };
      const take = (candidate: Candidate): boolean => {
        if (settled || signal.aborted) return false;
        const offer = this.#offer(candidate);
        if (offer) settle(offer);
        return offer !== null;
      };
      const abort = () => settle(null);
      const waiter: Waiter = { take, giveUp: abort };
      const look = () =>
        loadCommandsOfHost(store, hostId, "available").then(
          (candidates) => {
            for (const candidate of candidates) if (take(candidate)) return;
            // What another poll was given and nobody acknowledged yet may have to be handed out again during this one.
            if (candidates.length > 0 && !settled) cancelReoffer = timers.after(REOFFER_MILLISECONDS, look);
          },
          (error: unknown) => {
            if (!settled) reject(error);
            settle(null);
          },
        );
      let cancelReoffer = () => {};
      const cancelHold = timers.after(holdMilliseconds, () => settle(null));
      signal.addEventListener("abort", abort);
      // Waiting before looking: a command that appears in between reaches the waiter.
      this.#join(hostId, waiter);
      void look();
    });
  }

  /** The answer that carried this command never reached the host: it may be handed out again at once. */
  takeBack(command: OfferedCommand, hostId: string): void {
    this.#offeredAt.delete(offerKey(command.deploymentId, hostId, command.event));
  }

  #hand(deploymentId: string, target: TargetState): void {
    for (const { take } of this.#waiting.get(target.targetId) ?? []) if (take({ deploymentId, target })) return;
  }

  #offer({ deploymentId, target }: Candidate): OfferedCommand | null {
    const { command, targetId } = target;
    if (target.type !== "host" || command?.by !== "agent" || command.acknowledgedAt !== null) return null;
    const key = offerKey(deploymentId, targetId, command.event);
    const now = this.#dependencies.timers.now();
    const offeredAt = this.#offeredAt.get(key);
    if (offeredAt !== undefined && now - offeredAt < REOFFER_MILLISECONDS) return null;
    this.#forgetOldOffers(now);
    this.#offeredAt.set(key, now);
    const offer = this.#dependencies.newOffer();
    const { event, attempt } = command;
    return {
      deploymentId,
      event,
      hostCommandIdentifier: formatHostCommandIdentifier({ deploymentId, event, attempt, offer, targetId }),
    };
  }

  /** The map keeps insertion order, so what is too old to matter stands in front. */
  #forgetOldOffers(now: number): void {
    for (const [key, offeredAt] of this.#offeredAt) {
      if (now - offeredAt < REOFFER_MILLISECONDS) return;
      this.#offeredAt.delete(key);
    }
  }

  #join(hostId: string, waiter: Waiter): void {
    const waiting = this.#waiting.get(hostId);
    if (!waiting) {
      this.#waiting.set(hostId, new Set([waiter]));
      return;
    }
    waiting.add(waiter);
    const [oldest] = waiting;
    if (waiting.size > MAX_POLLS_PER_HOST) oldest?.giveUp();
  }

  #leave(hostId: string, waiter: Waiter): void {
    const waiting = this.#waiting.get(hostId);
    waiting?.delete(waiter);
    if (waiting?.size === 0) this.#waiting.delete(hostId);
  }
}

function offerKey(deploymentId: string, targetId: string, event: LifecycleEventName): string {
  return `${deploymentId}/${targetId}/${event}`;
}
