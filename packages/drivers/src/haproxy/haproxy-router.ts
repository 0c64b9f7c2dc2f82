import { joinBalancers } from "@sluice/engine/ports/join-balancers.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Driver } from "../driver.ts";
import {
  type BalancerState,
  parseBalancerState,
  type ServerState,
  SHOW_STATE,
} from "../haproxy-runtime/balancer-state.ts";
import { askHaproxy, HaproxyUnreachable, type RuntimeSocket } from "../haproxy-runtime/runtime-socket.ts";
import { type AwaitedIn, type DesiredTraffic, DesiredTrafficTable } from "./desired-traffic.ts";
import {
  HAPROXY_SETTINGS,
  type HaproxyBalancers,
  type HaproxySettings,
  readHaproxySettings,
} from "./haproxy-settings.ts";
import { PatienceClock } from "./patience-clock.ts";
import { lookUpServer } from "./server-lookup.ts";
import { SharedReading } from "./shared-reading.ts";
import {
  describeIfLeft,
  describeTraffic,
  planAllow,
  planBlock,
  planRestore,
  type TrafficStep,
} from "./traffic-step.ts";

export interface HaproxyDependencies {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** After a command, and between two looks at sessions or health. Both end in fractions of a second when all is well. */
export const RETRY_AFTER_MILLISECONDS = 50;
/** How often to call `reconcile`: for so long may a restarted balancer send requests to a host that was blocked. */
export const RECONCILE_INTERVAL_MILLISECONDS = 1_000;

/** One wish that a new process of a balancer was told again. */
export interface ReappliedTraffic {
  readonly hostId: string;
  readonly group: string;
  readonly socket: string;
  readonly wish: DesiredTraffic["wish"];
  /** What was done, or the reason why it could not be. */
  readonly detail: string;
}

/** Balancers that the user runs. Their configuration stays the user's; only the states of mapped servers are set. */
export interface HaproxyRouter extends TrafficRouter {
  /** Everything asked for so far. To be stored whenever a call of `block` or `allow` has ended, whatever its outcome. */
  desiredState(): readonly DesiredTraffic[];
  /** Takes over what another process has stored, where it is newer than what is known here. */
  adopt(stored: readonly DesiredTraffic[]): void;
  /**
   * Whether `reconcile` would have something to do: a balancer runs in another process than it did at the last call. A balancer that
   * cannot be reached is a rejection, unless another one has something to be told.
   */
  isBehind(signal: AbortSignal): Promise<boolean>;
  /**
   * Tells balancers that have been restarted or reloaded what they have forgotten. `stored` is what `desiredState` gave before this
   * process, or in another one; newer wishes win. A balancer that cannot be reached is a rejection, after all others have been told.
   */
  reconcile(stored: readonly DesiredTraffic[], signal: AbortSignal): Promise<readonly ReappliedTraffic[]>;
  /** Of a host that is no more. */
  forget(hostId: string): void;
}

/**
 * By runtime sockets of `level admin` (a worker's, not the master's). While HAProxy is being reloaded, the requests that its old
 * process still answers are counted by no socket, so that a block in those moments does not wait for them.
 */
export const haproxyRouter: Driver<"traffic-router", HaproxySettings, HaproxyDependencies, HaproxyRouter> = {
  port: "traffic-router",
  name: "haproxy",
  configSchema: HAPROXY_SETTINGS,
  create: (settings, { now }) => new RuntimeSocketRouter(readHaproxySettings(settings), now),
};

/** A server that stands for a host, in one balancer. */
interface Target {
  readonly socket: RuntimeSocket;
  readonly process: string;
  /** All groups that lead to this server. */
  readonly groups: readonly string[];
  readonly server: ServerState;
}

class RuntimeSocketRouter implements HaproxyRouter {
  readonly #balancers: HaproxyBalancers;
  readonly #drains: PatienceClock;
  readonly #recoveries: PatienceClock;
  readonly #desired = new DesiredTrafficTable();
  /** The end of what is under way for a host, so that no wish overtakes another on its way to a balancer. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #readings = new Map<string, SharedReading<BalancerState>>();
  /** The process of each balancer that was last told all wishes, by socket. */
  readonly #reconciled = new Map<string, string>();

  constructor(balancers: HaproxyBalancers, now: () => number) {
    this.#balancers = balancers;
    this.#drains = new PatienceClock(balancers.drainMilliseconds, now);
    this.#recoveries = new PatienceClock(balancers.healthyMilliseconds, now);
  }

  block(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#inTurn(host.hostId, async () => {
      const located = await this.#locate(host, signal);
      if ("missing" in located) return { outcome: "failed", reason: located.missing };
      this.#desired.wish(host, "draining");
      const plan = (target: Target) => {
        const begins = !target.server.isForcedDrain && !target.server.isForcedMaintenance;
        return planBlock(target.server, this.#drains.of(this.#awaited(host, target), begins));
      };
      const outcome = await this.#bringAbout(host, located.targets, "out", plan, signal);
      if (outcome.outcome === "done") this.#desired.wish(host, "blocked");
      return outcome;
    });
  }

  allow(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#inTurn(host.hostId, async () => {
      const located = await this.#locate(host, signal);
      if ("missing" in located) return { outcome: "failed", reason: located.missing };
      this.#desired.wish(host, "serving");
      const plan = (target: Target) => {
        const begins = target.server.isForcedMaintenance;
        return planAllow(target.server, this.#recoveries.of(this.#awaited(host, target), begins));
      };
      const outcome = await this.#bringAbout(host, located.targets, "in", plan, signal);
      if (outcome.outcome === "pending") return outcome;
      // Nobody asks again for a host that was given up, so it must not slip in when it recovers or the balancer is restarted.
      if (outcome.outcome === "failed") await this.#keepOut(host, located.targets, signal);
      return outcome;
    });
  }

  async observe(host: RoutedHost, signal: AbortSignal): Promise<readonly HostTraffic[]> {
    const states = await this.#readAll(signal);
    return host.groups.map((group) => {
      const views = states.map(({ socket, state }) => {
        const found = lookUpServer(state, socket.name, { host, group }, this.#balancers);
        const view = "missing" in found ? UNKNOWN(found.missing) : describeTraffic(found.server);
        return { ...view, socket: socket.name };
      });
      return { group, ...worstOf(views) };
    });
  }

  desiredState(): readonly DesiredTraffic[] {
    return this.#desired.list();
  }

  forget(hostId: string): void {
    this.#desired.forget(hostId);
  }

  adopt(stored: readonly DesiredTraffic[]): void {
    this.#desired.adopt(stored);
  }

  async isBehind(signal: AbortSignal): Promise<boolean> {
    const looks = this.#balancers.sockets.map(async (socket) => {
      const { process } = await this.#read(socket, signal);
      return (
        this.#reconciled.get(socket.name) !== process ||
        this.#desired.list().some(({ appliedIn }) => appliedIn[socket.name] !== process)
      );
    });
    const settled = await Promise.allSettled(looks);
    if (settled.some((look) => look.status === "fulfilled" && look.value)) return true;
    return (await Promise.all(looks)).some(Boolean);
  }

  async reconcile(stored: readonly DesiredTraffic[], signal: AbortSignal): Promise<readonly ReappliedTraffic[]> {
    this.#desired.adopt(stored);
    const perSocket = this.#balancers.sockets.map(async (socket) => {
      const state = await this.#read(socket, signal);
      const forgotten = this.#desired.list().filter(({ appliedIn }) => appliedIn[socket.name] !== state.process);
      const told = forgotten.map(({ host }) =>
        this.#inTurn(host.hostId, () => this.#reapply(host.hostId, host.groups[0]!, { socket, state }, signal)),
      );
      const reapplied = (await allOrFirstFault(told)).flatMap((entry) => entry ?? []);
      this.#reconciled.set(socket.name, state.process);
      return reapplied;
    });
    return (await allOrFirstFault(perSocket)).flat();
  }

  /** Undefined when nothing was to be done, be it that a call for the host has come between. */
  async #reapply(
    hostId: string,
    group: string,
    { socket, state }: { readonly socket: RuntimeSocket; readonly state: BalancerState },
    signal: AbortSignal,
  ): Promise<ReappliedTraffic | undefined> {
    const entry = this.#desired.get(hostId, group);
    if (!entry || entry.appliedIn[socket.name] === state.process) return undefined;
    const { host, wish } = entry;
    const report = (detail: string) => ({ hostId, group, socket: socket.name, wish, detail });
    const found = lookUpServer(state, socket.name, { host, group }, this.#balancers);
    if ("missing" in found) return report(found.missing);
    const step = planRestore(found.server, wish);
    if (step.step !== "command") {
      // A host that waits for its health in a drain has to be made ready yet.
      if (!found.server.isForcedDrain || wish !== "serving")
        this.#desired.applied(hostId, group, socket.name, state.process);
      return undefined;
    }
    const refusal = await this.#command(socket, step.commands, signal);
    return report(refusal ?? step.detail);
  }

  /** Reads every balancer first: nothing is touched anywhere while one is out of reach or does not know the host. */
  async #locate(
    host: RoutedHost,
    signal: AbortSignal,
  ): Promise<{ readonly targets: readonly Target[] } | { readonly missing: string }> {
    const targets = new Map<string, Target>();
    const missing: string[] = [];
    for (const { socket, state } of await this.#readAll(signal)) {
      for (const group of host.groups) {
        const found = lookUpServer(state, socket.name, { host, group }, this.#balancers);
        if ("missing" in found) missing.push(found.missing);
        else {
          const key = `${socket.name} ${found.server.backend}/${found.server.server}`;
          const groups = [...(targets.get(key)?.groups ?? []), group];
          targets.set(key, { socket, process: state.process, groups, server: found.server });
        }
      }
    }
    return missing.length > 0 ? { missing: missing.join("; ") } : { targets: [...targets.values()] };
  }

  #awaited({ hostId }: RoutedHost, target: Target) {
    const group = target.groups[0]!;
    const socket = target.socket.name;
    const entry = this.#desired.get(hostId, group);
    return {
      ...target,
      revision: entry?.revision ?? 0,
      known: entry?.awaitedIn?.[socket],
      onBegin: (awaited: AwaitedIn) => this.#desired.awaited(hostId, group, socket, awaited),
    };
  }

  /** Leaves the host drained, in which state its health is still checked for whoever looks into it. */
  async #keepOut(host: RoutedHost, targets: readonly Target[], signal: AbortSignal): Promise<void> {
    this.#desired.wish(host, "draining");
    await this.#bringAbout(host, targets, "out", ({ server }) => planRestore(server, "draining"), signal);
  }

  /** One step for every target. */
  async #bringAbout(
    host: RoutedHost,
    targets: readonly Target[],
    wish: "in" | "out",
    plan: (target: Target) => TrafficStep,
    signal: AbortSignal,
  ): Promise<PortOutcome> {
    return joinBalancers(
      await allOrFirstFault(targets.map((target) => this.#advance(host, target, wish, plan, signal))),
    );
  }

  async #advance(
    host: RoutedHost,
    target: Target,
    wish: "in" | "out",
    plan: (target: Target) => TrafficStep,
    signal: AbortSignal,
  ): Promise<PortOutcome> {
    const { socket, server } = target;
    const place = `${server.backend}/${server.server} of ${socket.name}`;
    const named = (detail: string) => `${place}: ${detail}`;
    let step = plan(target);
    if (step.step === "command") {
      const refusal = await this.#command(socket, step.commands, signal);
      if (refusal !== undefined) return { outcome: "failed", reason: refusal };
      const after = step.isLast ? await this.#readAgain(target, signal) : undefined;
      const next = after && plan(after);
      if (next && next.step !== "command") step = next;
    }
    if (step.step === "giveUp") return { outcome: "failed", reason: named(step.reason) };
    for (const group of target.groups) this.#desired.applied(host.hostId, group, socket.name, target.process);
    if (step.step !== "done") {
      const ifLeft = describeIfLeft(place, server, wish, step);
      const until = (wish === "out" ? this.#drains : this.#recoveries).endOf(target);
      const detail = named(step.detail);
      return {
        outcome: "pending",
        retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS,
        detail,
        ifLeft,
        ...(until === undefined ? {} : { until }),
      };
    }
    return step.detail === undefined ? { outcome: "done" } : { outcome: "done", detail: named(step.detail) };
  }

  /** Undefined when the server is gone, or when another process answers now: the next call sees. */
  async #readAgain(target: Target, signal: AbortSignal): Promise<Target | undefined> {
    const state = await this.#read(target.socket, signal);
    const { backend, server } = target.server;
    const found = state.servers.find((candidate) => candidate.backend === backend && candidate.server === server);
    return found && state.process === target.process ? { ...target, server: found } : undefined;
  }

  async #readAll(signal: AbortSignal) {
    const { sockets } = this.#balancers;
    return allOrFirstFault(sockets.map(async (socket) => ({ socket, state: await this.#read(socket, signal) })));
  }

  /** The whole state is told at once, so hosts that are waited for at the same time share a reading. */
  #read(socket: RuntimeSocket, signal: AbortSignal): Promise<BalancerState> {
    let reading = this.#readings.get(socket.name);
    if (!reading) {
      let latest: BalancerState | undefined;
      reading = new SharedReading(async () => {
        latest = await readState(socket, latest);
        return latest;
      });
      this.#readings.set(socket.name, reading);
    }
    return reading.ask(signal);
  }

  /** What the balancer had to say against it; undefined when it obeyed. */
  async #command(socket: RuntimeSocket, commands: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const answer = (await askHaproxy(socket, commands.join(";"), signal)).trim();
    if (answer === "") return undefined;
    const cure = answer.startsWith("Permission denied") ? ' (give the socket "level admin")' : "";
    return `${socket.name} refused "${commands.join(";")}": ${answer.replaceAll(/\s*\n\s*/g, " ")}${cure}`;
  }

  async #inTurn<Result>(hostId: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(hostId) ?? Promise.resolve();
    const turn = before.then(act, act);
    this.#turns.set(hostId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(hostId) === turn) this.#turns.delete(hostId);
    }
  }
}

/** A reading that is shared goes on when one of those who asked for it leaves; it has a time limit of its own. */
const NOBODYS = new AbortController().signal;

async function readState(socket: RuntimeSocket, before: BalancerState | undefined): Promise<BalancerState> {
  const answer = await askHaproxy(socket, SHOW_STATE, NOBODYS);
  try {
    return parseBalancerState(answer, before);
  } catch (error) {
    throw new HaproxyUnreachable(socket.name, reasonOf(error), { cause: error });
  }
}

/** Waits for all, so that nothing goes on behind the caller's back, and only then gives up for the first that failed. */
async function allOrFirstFault<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

const UNKNOWN = (detail: string): Omit<HostTraffic, "group"> => ({ state: "unknown", detail });

/** A host is as well off as in its worst balancer. */
const WORST_FIRST: readonly HostTraffic["state"][] = ["unknown", "unhealthy", "blocked", "draining", "serving"];

function worstOf(
  views: readonly (Omit<HostTraffic, "group"> & { readonly socket: string })[],
): Omit<HostTraffic, "group"> {
  const state = WORST_FIRST.find((candidate) => views.some((view) => view.state === candidate)) ?? "unknown";
  const details = views.map(({ socket, detail }) => (views.length === 1 ? detail : `${socket}: ${detail}`));
  return { state, detail: details.join("; ") };
}
