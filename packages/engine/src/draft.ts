import { apply } from "./apply.ts";
import type { DeploymentEvent } from "./event.ts";
import type { DeploymentState } from "./state.ts";

/** A plan in the making: what was decided so far, and the state that follows from it, so that the next decision builds on it. */
export class Draft {
  readonly now: number;
  readonly events: DeploymentEvent[] = [];
  #state: DeploymentState;

  constructor(state: DeploymentState, now: number) {
    this.#state = state;
    this.now = now;
  }

  get state(): DeploymentState {
    return this.#state;
  }

  decide(...events: readonly DeploymentEvent[]): void {
    for (const event of events) {
      this.#state = apply(this.#state, event, this.now);
      this.events.push(event);
    }
  }
}
