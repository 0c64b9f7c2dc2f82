import type { EffectReport } from "@sluice/engine/effect-report.ts";
import { isHost } from "@sluice/engine/host-targets.ts";
import type { RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { WithholdProgress } from "../store/columns/effect-records.ts";
import type { Store } from "../store/open-store.ts";
import { loadSomeTargets } from "../store/targets.ts";
import { requestOfActive, routedHosts } from "../traffic/routed-hosts.ts";

/** Hosts that the load balancers are asked for at one time. */
const MAX_HOSTS_AT_ONCE = 16;
/** After this an attempt begins no further host: those that it has begun must end before the attempt's own time does. */
const MAX_BEGINNING_MILLISECONDS = 20_000;
/** Of so many hosts the balancers' words are passed on; the others are counted. */
const MAX_QUOTED_HOSTS = 10;

export interface WithholdingParts {
  readonly store: Store;
  readonly trafficRouter: TrafficRouter;
  readonly now: () => number;
}

export interface Withholding {
  readonly progress: WithholdProgress & { readonly left: readonly string[] };
  /** Null: nobody has said. */
  readonly retryAfterMilliseconds: number | null;
  /** A host could not be asked for; the others' answers count all the same. */
  readonly failure: { readonly error: unknown } | undefined;
  /** More hosts are out than were before. */
  readonly hasProgressed: boolean;
}

/**
 * Asks the load balancers to keep out these hosts, each once, and as many of them as there is time for. Undefined: the deployment is over,
 * and what becomes of its hosts is not its business any more.
 *
 * @param targetIds those that are not known to be out, in the order of their turns
 */
export async function withholdReplacements(
  parts: WithholdingParts,
  deploymentId: string,
  targetIds: readonly string[],
  signal: AbortSignal,
): Promise<Withholding | undefined> {
  const { store, now } = parts;
  const request = await requestOfActive(store, deploymentId);
  if (!request) return undefined;
  const targets = new Map(
    (await loadSomeTargets(store, deploymentId, targetIds)).filter(isHost).map((target) => [target.targetId, target]),
  );
  const hosts = targetIds.flatMap((hostId) => {
    const target = targets.get(hostId);
    return target ? { hostId, hostName: target.hostName } : [];
  });
  const round = new Round(parts.trafficRouter, await routedHosts(store, hosts, request), signal);
  const until = now() + MAX_BEGINNING_MILLISECONDS;
  let isOver = false;
  const ask = async () => {
    while (!isOver && round.goesOn && now() < until) {
      // Of many hosts that take their time, the last one's turn may come when somebody else deploys to it.
      if (!(await requestOfActive(store, deploymentId))) isOver = true;
      else await round.askNext();
    }
  };
  // None is left alone: what a call brings about must not come after the attempt has ended.
  await Promise.all(Array.from({ length: MAX_HOSTS_AT_ONCE }, ask));
  return isOver ? undefined : round.result();
}

/** One attempt at the hosts that are left. */
class Round {
  readonly #router: TrafficRouter;
  readonly #signal: AbortSignal;
  readonly #unasked: RoutedHost[];
  readonly #hostCount: number;
  /** Asked for, and not out: by the host's id, what is said of it. */
  readonly #waiting = new Map<string, string>();
  readonly #retries: number[] = [];
  #refusal: string | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(router: TrafficRouter, hosts: readonly RoutedHost[], signal: AbortSignal) {
    this.#router = router;
    this.#signal = signal;
    this.#unasked = [...hosts];
    this.#hostCount = hosts.length;
  }

  get goesOn(): boolean {
    return this.#unasked.length > 0 && this.#refusal === undefined && !this.#failure;
  }

  /** Never rejects: one host that could not be asked for says nothing about those under way. */
  async askNext(): Promise<void> {
    const host = this.#unasked.shift();
    if (!host) return;
    try {
      const outcome = await this.#router.block(host, this.#signal);
      if (outcome.outcome === "failed") this.#refusal ??= `${host.hostName}: ${outcome.reason}`;
      if (outcome.outcome !== "pending") return;
      this.#waiting.set(host.hostId, `${host.hostName}: ${outcome.detail}`);
      this.#retries.push(outcome.retryAfterMilliseconds);
    } catch (error) {
      this.#failure ??= { error };
      this.#waiting.set(host.hostId, `${host.hostName}: ${reasonOf(error)}`);
    }
  }

  result(): Withholding {
    const left = [...this.#unasked.map(({ hostId }) => hostId), ...this.#waiting.keys()];
    const retries = this.#unasked.length > 0 ? [0] : this.#retries;
    return {
      progress: { ...this.#report(left.length), left },
      retryAfterMilliseconds: retries.length > 0 ? Math.min(...retries) : null,
      failure: this.#failure,
      hasProgressed: left.length < this.#hostCount,
    };
  }

  #report(leftCount: number): EffectReport {
    if (this.#refusal !== undefined) return { outcome: "failed", detail: this.#refusal };
    if (leftCount === 0) return { outcome: "done", detail: "" };
    const words = [...this.#waiting.values()];
    const more = leftCount - Math.min(words.length, MAX_QUOTED_HOSTS);
    const rest = more > 0 ? [`and ${more} more`] : [];
    return { outcome: "pending", detail: [...words.slice(0, MAX_QUOTED_HOSTS), ...rest].join("; ") };
  }
}
