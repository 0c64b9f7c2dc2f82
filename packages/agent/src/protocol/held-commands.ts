/** How many commands run at once, as in the reference agent's thread pool. */
export const MAX_COMMANDS_AT_ONCE = 16;

/**
 * `waiting`: for its turn, and unknown to the server. `acknowledged`: the server is being told, and waits for the outcome from then on.
 * `running`: here. `reporting`: ended, and the server is being told how.
 */
export type HoldState = "waiting" | "acknowledged" | "running" | "reporting";

export interface HeldCommand {
  readonly commandId: string;
  readonly commandName: string;
  readonly deploymentId: string;
  state: HoldState;
  readonly since: Date;
}

/** The commands in this agent's hands, and whose turn it is: one of a deployment group, {@link MAX_COMMANDS_AT_ONCE} in all. */
export class HeldCommands {
  readonly #held = new Map<string, HeldCommand>();
  readonly #lastOfGroup = new Map<string, Promise<void>>();
  readonly #waitingForSlot: (() => void)[] = [];
  #freeSlots: number;
  /** Absent while nobody waits for a change. */
  #changed: AbortController | undefined;

  constructor(atOnceMax = MAX_COMMANDS_AT_ONCE) {
    this.#freeSlots = atOnceMax;
  }

  has(commandId: string): boolean {
    return this.#held.has(commandId);
  }

  /** Held, and not yet told how it ended: whatever the server says of it now, it hears the outcome. */
  isAhead(commandId: string): boolean {
    const held = this.#held.get(commandId);
    return held !== undefined && held.state !== "reporting";
  }

  list(): readonly HeldCommand[] {
    return [...this.#held.values()];
  }

  /** What a heartbeat lists: the server fails an acknowledged command that is missing from two of them. */
  acknowledgedIds(): readonly string[] {
    return this.list()
      .filter((command) => command.state !== "waiting")
      .map((command) => command.commandId);
  }

  hold(command: Pick<HeldCommand, "commandId" | "commandName" | "deploymentId">): HeldCommand {
    const held: HeldCommand = { ...command, state: "waiting", since: new Date() };
    this.#held.set(command.commandId, held);
    return held;
  }

  advance(held: HeldCommand, state: HoldState): void {
    held.state = state;
    this.#announce();
  }

  /** Another that was held under its name meanwhile stays. */
  letGo(held: HeldCommand): void {
    if (this.#held.get(held.commandId) === held) this.#held.delete(held.commandId);
    this.#announce();
  }

  /** Aborts at the next change; a new signal each time. */
  get changed(): AbortSignal {
    this.#changed ??= new AbortController();
    return this.#changed.signal;
  }

  /** Runs `work` when every earlier work of the group has ended and a slot is free. */
  async inTurn<T>(groupId: string, work: () => Promise<T>): Promise<T> {
    const earlier = this.#lastOfGroup.get(groupId);
    const mine = Promise.withResolvers<void>();
    this.#lastOfGroup.set(groupId, mine.promise);
    try {
      await earlier;
      await this.#takeSlot();
      try {
        return await work();
      } finally {
        this.#freeSlot();
      }
    } finally {
      mine.resolve();
      if (this.#lastOfGroup.get(groupId) === mine.promise) this.#lastOfGroup.delete(groupId);
    }
  }

  #takeSlot(): Promise<void> | void {
    if (this.#freeSlots === 0) return new Promise((resolve) => this.#waitingForSlot.push(resolve));
    this.#freeSlots -= 1;
  }

  #freeSlot(): void {
    const next = this.#waitingForSlot.shift();
    if (next === undefined) this.#freeSlots += 1;
    else next();
  }

  #announce(): void {
    const previous = this.#changed;
    this.#changed = undefined;
    previous?.abort();
  }
}
