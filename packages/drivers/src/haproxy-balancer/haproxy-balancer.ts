import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Balancer, BalancerFacts, BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import { balancerPlanTrouble } from "@sluice/engine/ports/balancer-plan-trouble.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Driver } from "../driver.ts";
import {
  type BalancerState,
  parseBalancerState,
  parseMap,
  SHOW_STATE_AND_REQUESTS,
} from "../haproxy-runtime/balancer-state.ts";
import { askHaproxy, HaproxyUnreachable } from "../haproxy-runtime/runtime-socket.ts";
import { bodiesOf } from "./action-lines.ts";
import { type BalancerConfig, balancerConfig, type ConfigPlace, FILE_NAMES } from "./balancer-config.ts";
import { balancerFacts, newsOf } from "./balancer-facts.ts";
import { BalancerFiles, type RememberedBalancer } from "./balancer-files.ts";
import { type BalancerLayout, planLayout } from "./balancer-layout.ts";
import { DEFAULT_ADDRESS, HAPROXY_BALANCER_SETTINGS, type HaproxyBalancerSettings } from "./balancer-settings.ts";
import { commandLines } from "./command-lines.ts";
import { ConfigChecks } from "./config-checks.ts";
import { commandWord, UnsupportedPlan } from "./config-word.ts";
import { directoryTrouble } from "./directory-trouble.ts";
import { endProcesses, findProcesses, type HaproxyFiles, isAlive, startMaster } from "./haproxy-process.ts";
import { alertsOf, configTrouble, findHaproxy, userToRunAs } from "./haproxy-program.ts";
import { askMaster, isAbsent, readOldSessions } from "./master-process.ts";
import { planRaisedServers } from "./raised-servers.ts";
import { servablePlan } from "./refused-parts.ts";
import { countRequests } from "./request-counts.ts";
import { countLeftServers, planRuntimeCommands } from "./runtime-commands.ts";
import { serverStatesText, stateKey, stateLines } from "./server-states.ts";
import { StartBackOff } from "./start-back-off.ts";
import { Supervision } from "./supervision.ts";
import { lookOutside, type OutsideLook } from "./unserved-listeners.ts";
import { weightsMapText, weightsOf } from "./weights-map.ts";

/** A balancer that somebody has to let go of. */
export interface RunBalancer extends Balancer {
  /** Lets go: the process goes on serving. */
  close(): Promise<void>;
  /** Ends the process, and with it the connections that it has. */
  shutdown(): Promise<void>;
}

export interface HaproxyBalancerDependencies {
  /** Of this driver alone; absolute. It is made where it is missing. */
  readonly directory: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const MAX_THREADS = 2;
/** Servers that have left stay in HAProxy, out of use, until it is reloaded. */
const MAX_LEFT_SERVERS = 100;
/** While a server is new, or HAProxy does not run. */
const QUICK_LOOK_MILLISECONDS = 100;
const LOOK_MILLISECONDS = 500;
/** Between two looks at ports that are taken, and at certificates. */
const LOOK_OUTSIDE_MILLISECONDS = 2_000;
const START_TIMEOUT_MILLISECONDS = 60_000;
const START_PAUSE_MILLISECONDS = 10;
const NOBODYS = new AbortController().signal;

/** HAProxy as a process of ours. */
export const haproxyBalancer: Driver<"balancer", HaproxyBalancerSettings, HaproxyBalancerDependencies, RunBalancer> = {
  port: "balancer",
  name: "haproxy",
  configSchema: HAPROXY_BALANCER_SETTINGS,
  create: (settings, dependencies) => new HaproxyBalancer(settings, dependencies),
};

interface Running {
  readonly state: BalancerState;
  readonly weights: ReadonlyMap<string, string>;
}

/** A plan on its way: what of it can be served, and as what. */
interface Prepared {
  readonly served: BalancerPlan;
  readonly layout: BalancerLayout;
  readonly config: BalancerConfig;
  readonly unserved: ReadonlyMap<string, string>;
  readonly outside: string;
}

class HaproxyBalancer implements RunBalancer {
  readonly #settings: HaproxyBalancerSettings;
  readonly #files: BalancerFiles;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #supervision = new Supervision(() => this.#inTurn(() => this.#lookAfter()), QUICK_LOOK_MILLISECONDS);
  readonly #backOff = new StartBackOff();
  readonly #checks: ConfigChecks;
  #isDirectoryReady = false;
  #program: string | undefined;
  #remembered: RememberedBalancer | undefined;
  /** The master, as far as it is known to be alive. */
  #master: number | null = null;
  #hasOldWorkers = true;
  #trouble = "";
  #unserved: ReadonlyMap<string, string> = new Map();
  #last: BalancerState | undefined;
  #seenHealth = "";
  #outside = "";
  #outsideLookedAt = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(settings: HaproxyBalancerSettings, { directory, now }: HaproxyBalancerDependencies) {
    this.#settings = settings;
    this.#files = new BalancerFiles(directory);
    this.#checks = new ConfigChecks(this.#files);
    this.#now = now;
  }

  async apply(plan: BalancerPlan, signal: AbortSignal): Promise<PortOutcome> {
    signal.throwIfAborted();
    const reason = balancerPlanTrouble(plan);
    if (reason !== undefined) return { outcome: "failed", reason };
    return this.#inTurn(async () => {
      signal.throwIfAborted();
      const outcome = await this.#bringAbout(plan);
      this.#supervision.within(QUICK_LOOK_MILLISECONDS);
      return outcome;
    });
  }

  async observe(signal: AbortSignal): Promise<BalancerFacts> {
    signal.throwIfAborted();
    return this.#inTurn(async () => {
      const { plan } = await this.#recall();
      this.#supervision.within(QUICK_LOOK_MILLISECONDS);
      if (plan === null) return { servers: [], trouble: this.#trouble, unserved: new Map(), requests: new Map() };
      const running = await this.#find();
      if (running) await this.#takeNote(running.state);
      const oldSessions = running && this.#hasOldWorkers ? await readOldSessions(this.#masterSocket, signal) : null;
      if (running) this.#hasOldWorkers = oldSessions !== null;
      return this.#facts(plan, running?.state, oldSessions ?? new Map());
    });
  }

  watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const tell = () => onChange();
      this.#listeners.add(tell);
      this.#supervision.within(QUICK_LOOK_MILLISECONDS);
      signal.addEventListener(
        "abort",
        () => {
          this.#listeners.delete(tell);
          resolve();
        },
        { once: true },
      );
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#supervision.close();
    await this.#turn.catch(() => {});
  }

  async shutdown(): Promise<void> {
    await this.close();
    const found = await findHaproxy(this.#settings.program);
    if ("path" in found) {
      await endProcesses({ program: found.path, config: this.#files.path(FILE_NAMES.config) });
    }
    this.#master = null;
  }

  /** From the plan to a process that serves it. A plan that is refused, no part of it being to blame, leaves everything as it was. */
  async #bringAbout(plan: BalancerPlan): Promise<PortOutcome> {
    const ready = await this.#makeReady();
    if (ready !== undefined) {
      // So that it is started as soon as it can be.
      if (this.#isDirectoryReady) await this.#remember({ plan });
      return this.#fail(ready);
    }
    const running = await this.#find();
    // What is left of a process that died would have its ports still.
    if (!running) await endProcesses(this.#haproxyFiles);
    let prepared: Prepared;
    try {
      prepared = await this.#prepare(plan, running);
    } catch (error) {
      if (error instanceof UnsupportedPlan) return { outcome: "failed", reason: error.message };
      throw error;
    }
    await this.#write(prepared, running);
    const { ports } = await this.#recall();
    const { served, layout } = prepared;
    await this.#remember({ plan, served, layout, ports: running ? ports : [] });
    this.#unserved = prepared.unserved;
    this.#outside = prepared.outside;
    const trouble = await this.#enforce(prepared, running);
    if (trouble !== undefined) return this.#fail(trouble);
    this.#trouble = "";
    this.#backOff.hasStarted();
    const troubles = [...prepared.unserved].map(([id, trouble]) => `${id}: ${trouble}`);
    return troubles.length > 0 ? { outcome: "failed", reason: troubles.join("; ") } : { outcome: "done" };
  }

  #fail(reason: string): PortOutcome {
    this.#trouble = reason;
    return { outcome: "failed", reason };
  }

  /** Why there can be no HAProxy, or undefined. */
  async #makeReady(): Promise<string | undefined> {
    const { directory } = this.#files;
    const trouble = directoryTrouble(directory);
    if (trouble !== undefined) return trouble;
    await this.#files.prepare();
    this.#isDirectoryReady = true;
    if (this.#program === undefined) {
      const found = await findHaproxy(this.#settings.program);
      if ("trouble" in found) return found.trouble;
      this.#program = found.path;
    }
    return undefined;
  }

  async #prepare(plan: BalancerPlan, running: Running | undefined): Promise<Prepared> {
    const { layout: before, ports, served: servedBefore } = await this.#recall();
    const ownPorts = running ? ports : [];
    const { unserved, certificatesDigest, outside } = await this.#lookOutside(plan, ownPorts);
    const runAs = await userToRunAs();
    const place: ConfigPlace = {
      directory: this.#files.directory,
      address: this.#settings.address ?? DEFAULT_ADDRESS,
      runAs,
      threads: Math.min(MAX_THREADS, availableParallelism()),
      certificates: new Map(Object.entries(this.#settings.certificates ?? {})),
      certificatesDigest,
    };
    const now = this.#now();
    const configOf = (some: BalancerPlan) => {
      const layout = planLayout(some, before, now);
      return { layout, config: balancerConfig(some, layout, place) };
    };
    await this.#makeMap();
    this.#checks.beginRound();
    const { served, refused } = await servablePlan(
      without(plan, unserved),
      async () => servedBefore && without(servedBefore, (await this.#lookOutside(servedBefore, ownPorts)).unserved),
      (some) => this.#check(some, () => configOf(some).config, running, certificatesDigest),
    );
    return { served, ...configOf(served), unserved: new Map([...refused, ...unserved]), outside };
  }

  /** What HAProxy runs already it has taken. */
  async #check(
    plan: BalancerPlan,
    configOf: () => BalancerConfig,
    running: Running | undefined,
    certificatesDigest: string,
  ): Promise<string | undefined> {
    let config: BalancerConfig;
    try {
      config = configOf();
    } catch (error) {
      if (error instanceof UnsupportedPlan) return error.message;
      throw error;
    }
    if (running?.state.description === config.digest) return undefined;
    await this.#writeBodies(plan);
    return this.#checks.trouble(this.#program!, config, certificatesDigest);
  }

  /** HAProxy reads it when it checks a configuration. What is in it is what is in force until the new one is. */
  async #makeMap(): Promise<void> {
    if ((await this.#files.read(FILE_NAMES.weights)) === "") await this.#files.write(FILE_NAMES.weights, "");
  }

  #lookOutside({ listeners }: BalancerPlan, ownPorts: readonly number[]): Promise<OutsideLook> {
    this.#outsideLookedAt = performance.now();
    return lookOutside(listeners, new Set(ownPorts), this.#settings);
  }

  /** The files come first: whatever happens to the process from now on, it comes back with the newest wish. */
  async #write({ served, layout, config }: Prepared, running: Running | undefined): Promise<void> {
    await this.#writeBodies(served);
    await this.#files.write(FILE_NAMES.weights, weightsMapText(weightsOf(served)));
    await this.#writeStates(served, layout, running?.state);
    await this.#files.write(FILE_NAMES.config, config.text);
  }

  async #writeBodies({ listeners }: BalancerPlan): Promise<void> {
    for (const [name, body] of bodiesOf(listeners)) await this.#files.write(name, body);
  }

  async #writeStates(
    { groups }: BalancerPlan,
    layout: BalancerLayout,
    state: BalancerState | undefined,
  ): Promise<void> {
    const checks = new Map(groups.map(({ groupId, healthCheck }) => [groupId, healthCheck]));
    const known = state
      ? new Map(state.servers.map((server) => [stateKey(server.backend, server.server), server.line]))
      : stateLines(await this.#files.read(FILE_NAMES.serverStates));
    await this.#files.write(FILE_NAMES.serverStates, serverStatesText(layout, checks, known));
  }

  /** Undefined when it is in force. */
  async #enforce(prepared: Prepared, running: Running | undefined): Promise<string | undefined> {
    const { served, layout, config } = prepared;
    if (!running) return this.#start(prepared);
    const weights = weightsOf(served);
    if (running.state.description === config.digest) {
      const wanted = { groups: served.groups, layout, weights, weightsPath: this.#files.path(FILE_NAMES.weights) };
      const current = { servers: running.state.servers, weights: running.weights };
      const isCluttered = countLeftServers(current, layout) > MAX_LEFT_SERVERS;
      if (!isCluttered && (await this.#command(planRuntimeCommands(current, wanted)))) return undefined;
    }
    return this.#reload(prepared);
  }

  /** False: it refused one of them. */
  async #command(commands: readonly string[]): Promise<boolean> {
    let isObeyed = true;
    for (const line of commandLines(commands)) {
      const answer = await askHaproxy(this.#workerSocket, line, NOBODYS);
      if (answer.replaceAll("New server registered.", "").trim() !== "") isObeyed = false;
    }
    return isObeyed;
  }

  async #start(prepared: Prepared): Promise<string | undefined> {
    let hasEnded = false;
    const pid = await startMaster(this.#haproxyFiles, () => {
      hasEnded = true;
      if (this.#master === pid) this.#master = null;
      this.#supervision.within(0);
    });
    const trouble = await this.#untilInForce(prepared, () => hasEnded);
    if (trouble === undefined) {
      this.#master = pid;
      this.#hasOldWorkers = false;
    }
    return trouble;
  }

  async #reload(prepared: Prepared): Promise<string | undefined> {
    this.#hasOldWorkers = true;
    await askMaster(this.#masterSocket, "reload", NOBODYS);
    const master = this.#master;
    return this.#untilInForce(prepared, () => master !== null && !isAlive(master));
  }

  async #untilInForce({ served, config }: Prepared, hasEnded: () => boolean): Promise<string | undefined> {
    const givesUpAt = performance.now() + START_TIMEOUT_MILLISECONDS;
    for (;;) {
      const state = await this.#read().catch(() => undefined);
      if (state?.description === config.digest) {
        await this.#takeNote(state);
        await this.#remember({ ports: served.listeners.map(({ port }) => port) });
        return undefined;
      }
      if (hasEnded()) return `HAProxy does not start: ${await this.#alerts()}`;
      if (performance.now() > givesUpAt)
        return `HAProxy has not taken its configuration within ${START_TIMEOUT_MILLISECONDS} ms: ${await this.#alerts()}`;
      await pause(START_PAUSE_MILLISECONDS);
    }
  }

  async #alerts(): Promise<string> {
    const { config, log } = FILE_NAMES;
    return (
      alertsOf(await this.#files.read(log)) ||
      (await configTrouble(this.#program!, this.#files.path(config)).catch(reasonOf)) ||
      `it gives no reason; to see one, stop Sluice and run ${this.#program} -db -f ${this.#files.path(config)}`
    );
  }

  /** The process that serves, be it one that an earlier caller has started; undefined: none does. */
  async #find(): Promise<Running | undefined> {
    if ((await this.#makeReady()) !== undefined) return undefined;
    if (this.#master === null || !isAlive(this.#master)) {
      this.#master = (await findProcesses(this.#haproxyFiles)).master;
    }
    if (this.#master === null) return undefined;
    try {
      const state = await this.#read();
      const map = `show map ${commandWord(this.#files.path(FILE_NAMES.weights))}`;
      return { state, weights: parseMap(await askHaproxy(this.#workerSocket, map, NOBODYS)) };
    } catch (error) {
      if (!isAbsent(error)) throw error;
      // It has just died, or is a master without a worker.
      if (this.#master !== null && !isAlive(this.#master)) this.#master = null;
      return undefined;
    }
  }

  async #read(): Promise<BalancerState> {
    const answer = await askHaproxy(this.#workerSocket, SHOW_STATE_AND_REQUESTS, NOBODYS);
    try {
      this.#last = parseBalancerState(answer, this.#last);
      return this.#last;
    } catch (error) {
      throw new HaproxyUnreachable(this.#workerSocket.name, reasonOf(error), { cause: error });
    }
  }

  async #takeNote(state: BalancerState): Promise<void> {
    const { counted } = await this.#recall();
    this.#remembered = { ...(await this.#recall()), counted: countRequests(counted, state.process, state.requests) };
  }

  /** Starts it again when it died, raises new servers that can serve, keeps what a next process has to know. Says when to look again. */
  async #lookAfter(): Promise<number> {
    if (this.#isClosed) return LOOK_MILLISECONDS;
    const { plan } = await this.#recall();
    if (plan === null) return LOOK_MILLISECONDS;
    const running = await this.#find();
    if (!running) {
      await this.#startAgain(plan);
      this.#tellIfChanged(plan, undefined);
      return QUICK_LOOK_MILLISECONDS;
    }
    await this.#takeNote(running.state);
    await this.#raiseNewServers(running.state);
    if (performance.now() > this.#outsideLookedAt + LOOK_OUTSIDE_MILLISECONDS) {
      const { outside } = await this.#lookOutside(plan, (await this.#recall()).ports);
      if (outside !== this.#outside) await this.#bringAbout(plan);
    }
    if (this.#tellIfChanged(plan, running.state)) {
      const { served, layout } = await this.#recall();
      await this.#writeStates(served ?? plan, layout, await this.#read());
      await this.#remember({});
    }
    const isQuick = this.#remembered!.layout.servers.some(({ isProven }) => !isProven);
    return isQuick ? QUICK_LOOK_MILLISECONDS : LOOK_MILLISECONDS;
  }

  async #startAgain(plan: BalancerPlan): Promise<void> {
    if (!this.#backOff.isOver) return;
    const { outcome } = await this.#bringAbout(plan);
    if (outcome === "failed" && this.#trouble !== "") this.#backOff.hasFailed();
  }

  async #raiseNewServers(state: BalancerState): Promise<void> {
    const raised = planRaisedServers((await this.#recall()).layout, state);
    if (raised && (await this.#command(raised.commands))) await this.#remember({ layout: raised.layout });
  }

  #facts(plan: BalancerPlan, state: BalancerState | undefined, oldSessions: ReadonlyMap<string, number>) {
    return balancerFacts({
      plan,
      remembered: this.#remembered!,
      state,
      oldSessions,
      trouble: this.#trouble,
      unserved: this.#unserved,
      now: this.#now(),
    });
  }

  #tellIfChanged(plan: BalancerPlan, state: BalancerState | undefined): boolean {
    const seen = newsOf(this.#facts(plan, state, new Map()));
    if (seen === this.#seenHealth) return false;
    this.#seenHealth = seen;
    for (const tell of this.#listeners) tell();
    return true;
  }

  async #recall(): Promise<RememberedBalancer> {
    this.#remembered ??= await this.#files.recall();
    return this.#remembered;
  }

  async #remember(change: Partial<RememberedBalancer>): Promise<void> {
    this.#remembered = { ...(await this.#recall()), ...change };
    await this.#files.remember(this.#remembered);
  }

  get #workerSocket() {
    return socketAt(this.#files.path(FILE_NAMES.workerSocket));
  }

  get #masterSocket() {
    return socketAt(this.#files.path(FILE_NAMES.masterSocket));
  }

  get #haproxyFiles(): HaproxyFiles {
    return {
      program: this.#program!,
      config: this.#files.path(FILE_NAMES.config),
      masterSocket: this.#files.path(FILE_NAMES.masterSocket),
      log: this.#files.path(FILE_NAMES.log),
      pid: this.#files.path(FILE_NAMES.pid),
    };
  }

  /** One at a time: what is read is what is changed. */
  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

function without(plan: BalancerPlan, unserved: ReadonlyMap<string, string>): BalancerPlan {
  return { ...plan, listeners: plan.listeners.filter(({ listenerId }) => !unserved.has(listenerId)) };
}

const socketAt = (path: string) => ({ name: path, path });
