import { type DueEffects, type ShutOut, TRAFFIC_KIND } from "../store/effects.ts";

export interface EffectRoomParts {
  /** How many more traffic events, and how many more other effects, may be under way. */
  readonly traffic: number;
  readonly others: number;
  /** Traffic events of one deployment that may be under way, and those that are. */
  readonly share: number;
  readonly running: ReadonlyMap<string, number>;
}

/** An effect, as far as its place in the room is concerned. */
interface Entrant {
  readonly deploymentId: string;
  readonly kind: string;
}

/** How many effects a server may begin yet. Traffic events are counted by deployment: a load balancer that hangs is that deployment's trouble. */
export class EffectRoom implements DueEffects {
  readonly #share: number;
  readonly #running: Map<string, number>;
  #traffic: number;
  #others: number;

  constructor({ traffic, others, share, running }: EffectRoomParts) {
    this.#traffic = traffic;
    this.#others = others;
    this.#share = share;
    this.#running = new Map(running);
  }

  /** What is left of `limits` beside what is under way. */
  static beside(
    running: readonly Entrant[],
    limits: { readonly traffic: number; readonly others: number; readonly share: number },
  ): EffectRoom {
    const traffic = new Map<string, number>();
    let others = 0;
    for (const { deploymentId, kind } of running) {
      if (isTraffic(kind)) traffic.set(deploymentId, (traffic.get(deploymentId) ?? 0) + 1);
      else others += 1;
    }
    return new EffectRoom({
      traffic: limits.traffic - (running.length - others),
      others: limits.others - others,
      share: limits.share,
      running: traffic,
    });
  }

  get size(): number {
    return Math.max(0, this.#traffic) + Math.max(0, this.#others);
  }

  get shutOut(): ShutOut {
    const full = [...this.#running].filter(([, running]) => running >= this.#share);
    return {
      traffic: this.#traffic <= 0,
      others: this.#others <= 0,
      deployments: full.map(([deploymentId]) => deploymentId),
    };
  }

  /** Takes the effect in if there is room for it. */
  admit({ deploymentId, kind }: Entrant): boolean {
    if (!isTraffic(kind)) {
      if (this.#others <= 0) return false;
      this.#others -= 1;
      return true;
    }
    const running = this.#running.get(deploymentId) ?? 0;
    if (this.#traffic <= 0 || running >= this.#share) return false;
    this.#traffic -= 1;
    this.#running.set(deploymentId, running + 1);
    return true;
  }
}

function isTraffic(kind: string): boolean {
  return kind === TRAFFIC_KIND;
}
