import { ALWAYS_HEARD } from "@sluice/engine/heard-time.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { type FleetSelection, selectHosts } from "@sluice/engine/ports/fleet.ts";
import { DEFAULT_SERVICE_LIMITS } from "@sluice/model/service-limits.ts";
import type { Principal } from "@sluice/server/access/principal.ts";
import { Hearing, PROBE_INTERVAL_MILLISECONDS, PROBE_TIMEOUT_MILLISECONDS } from "@sluice/server/hosts/hearing.ts";
import { Liveness } from "@sluice/server/hosts/liveness.ts";
import type { Timers } from "@sluice/server/loops/timers.ts";
import { NO_REVISIONS } from "@sluice/server/operations/codedeploy/codedeploy.fixture.ts";
import type { AddressedReport, CodeDeployContext } from "@sluice/server/operations/codedeploy/codedeploy-context.ts";
import type { CommandContext } from "@sluice/server/operations/command/command-context.ts";
import type { OperationContext } from "@sluice/server/operations/operation.ts";
import { pageTokens } from "@sluice/server/operations/page-tokens.ts";
import type { SluiceContext } from "@sluice/server/operations/sluice/sluice-context.ts";
import { liveEcsServices } from "@sluice/server/platforms/ecs-services.ts";
import { liveLambdaAliases } from "@sluice/server/platforms/lambda-aliases.ts";
import { createRunner, type Runner } from "@sluice/server/runner/runner.ts";
import { listLivingHosts, tagsOf } from "@sluice/server/store/hosts.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { DiskFailure, type Fate, MortalStore, never } from "./mortal-store.ts";
import type { Random } from "./random.ts";
import type { ServerDoor } from "./server-door.ts";
import type { Life, ServerPorts } from "./server-ports.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import { Unreachable } from "./unreachable.ts";

const ACCOUNT_ID = "111122223333";
const REGION = "us-east-1";
const ROOT: Principal = { role: "root", accessKeyId: "AKIASIMULATION000000", hostId: null };
const FLUSH_MILLISECONDS = 5_000;
/** Made once, as a server does: to derive their keys for every call took a tenth of the simulation. */
const PAGE_TOKENS = pageTokens("the secret of a simulation", ACCOUNT_ID);

export interface ServerParts {
  readonly store: Store;
  readonly time: SimulatedTime;
  readonly alarms: AlarmReader;
  readonly random: Random;
  readonly door: ServerDoor;
  /** Whatever it asks outside but alarms. */
  readonly ports: (life: Life) => ServerPorts;
  /** A fault of the simulation itself: the server takes it that it always hears. */
  readonly alwaysHears: boolean;
  /** Another: its deadlines count all time, though silence does not. */
  readonly countsOutages: boolean;
  readonly name: string;
  readonly fate: () => Fate | null;
  readonly onDeath: () => void;
  /** A bug: the runner says that something is wrong that the simulation did not do. */
  readonly onTrouble: (message: string) => void;
}

/** One life of the control plane: production code over a store that may die under it, without sockets. */
export class SimulatedServer {
  readonly store: MortalStore;
  readonly runner: Runner;
  readonly liveness: Liveness;
  readonly upSince: number;
  /** As leases name it. */
  readonly name: string;
  readonly #parts: ServerParts;
  readonly #fleet;
  readonly #hearing: Hearing;
  #dropsSeen = 0;
  readonly #connections = new Set<() => void>();
  readonly #death = new AbortController();

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { time, random, onTrouble } = parts;
    this.upSince = time.now();
    this.name = parts.name;
    this.store = new MortalStore(parts.store, parts.fate, () => {
      this.#death.abort();
      for (const breakOff of this.#connections) breakOff();
      parts.onDeath();
    });
    this.#hearing = new Hearing(time.now());
    if (parts.countsOutages) this.#hearing.heardTime = () => ALWAYS_HEARD;
    this.liveness = new Liveness({
      store: this.store,
      readyAt: time.now(),
      ...(parts.alwaysHears ? {} : { hearing: this.#hearing, now: time.now }),
      onFlushError: (error) => this.#flushFailed(error),
    });
    const listHosts = async () =>
      (await listLivingHosts(this.store.db)).map((row) => ({
        hostId: row.host_id,
        hostName: row.host_name,
        kind: row.kind,
        tags: tagsOf(row),
        zone: row.zone,
      }));
    this.#fleet = {
      resolveTargets: async (selection: FleetSelection) => selectHosts(await listHosts(), selection),
    };
    const { agentsOf = (heard) => heard, ...ports } = parts.ports({
      whileAlive: (ask) => this.#whileAlive(ask),
      death: this.#death.signal,
    });
    this.runner = createRunner({
      store: this.store,
      timers: this.#timers(),
      hosts: {
        observe: (store, hostIds) => this.liveness.observe(store, hostIds),
        heardTime: () => this.liveness.heardTime(),
        agentsOf: async (store, hostIds) => agentsOf(await this.liveness.agentsOf(store, hostIds)),
      },
      matchHosts: (fields) => this.#fleet.resolveTargets(fields as FleetSelection),
      ...ports,
      alarmReader: { read: (names, signal) => this.#whileAlive(() => parts.alarms.read(names, signal)) },
      owner: parts.name,
      newOffer: () => random.text("abcdefghij", 8),
      newDeploymentId: () => `d-R${random.text("abcdefghij", 8).toUpperCase()}`,
      onError: (error) => {
        // What the simulation did to the server is not the server's fault.
        if (error instanceof DiskFailure || error instanceof Unreachable) return;
        onTrouble(`runner: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      },
      onQuarantine: (id, error) => onTrouble(`${id} was quarantined: ${error.message}`),
    });
    void this.liveness.recall();
    this.runner.start();
    this.#flushLater();
    this.#probe();
  }

  /** The signature of a host's call was proved. */
  heard(hostId: string): void {
    if (!this.isDead) this.liveness.seen(hostId, this.#parts.time.now());
  }

  get isDead(): boolean {
    return this.store.isDead;
  }

  die(): void {
    this.store.die();
  }

  /** Called when the server dies while a call is under way. */
  onBreak(breakOff: () => void): () => void {
    this.#connections.add(breakOff);
    return () => this.#connections.delete(breakOff);
  }

  get codeDeploy(): CodeDeployContext {
    const planner = {
      wake: () => this.runner.wake(),
      report: (report: AddressedReport) => this.runner.report(report),
    };
    return {
      ...this.#operationContext(ROOT),
      fleet: this.#fleet,
      liveness: this.liveness,
      planner,
      forgetOutput: async () => {},
      revisions: NO_REVISIONS,
      ecsServices: liveEcsServices({}, this.#parts.time.now),
      lambdaAliases: liveLambdaAliases({}, this.#parts.time.now),
    };
  }

  command(hostId: string, signal: AbortSignal, onUndelivered: (action: () => void) => void): CommandContext {
    return {
      ...this.#operationContext(hostPrincipal(hostId)),
      runner: this.runner,
      liveness: this.liveness,
      // Specifications are signed and read elsewhere; no call of the simulation asks for one.
      specifications: undefined as never,
      signal,
      publicEndpoint: "",
      agent: "sluice",
      agentVersion: null,
      onUndelivered,
    };
  }

  sluice(hostId: string, signal: AbortSignal): SluiceContext {
    return {
      ...this.#operationContext(hostPrincipal(hostId)),
      runner: this.runner,
      liveness: this.liveness,
      logs: undefined as never,
      logCursors: undefined as never,
      // Nothing of the simulation has triggers.
      notifications: undefined as never,
      // Nor does anybody ask for a plan, or prune.
      preflight: undefined as never,
      retention: undefined as never,
      audit: undefined as never,
      // Nor upgrades agents.
      agentUpgrades: { wake: () => {}, heard: async () => undefined, limitsOf: () => [] },
      findAgentProgram: undefined as never,
      // Nor lists bundles, or what forms choose from.
      bundles: undefined as never,
      serves: undefined as never,
      codeDeploy: this.codeDeploy,
      joinAddress: (server) => ({ server, pin: undefined }),
      publicEndpoint: "",
      host: "",
      signingCertificate: "",
      serverFingerprints: [],
      signal,
    };
  }

  /** A person with the root key calls. */
  sluiceAsRoot(signal: AbortSignal): SluiceContext {
    return { ...this.sluice("", signal), principal: ROOT };
  }

  #operationContext(principal: Principal): OperationContext {
    const { time, random } = this.#parts;
    return {
      store: this.store,
      now: time.now,
      accountId: ACCOUNT_ID,
      region: REGION,
      randomText: (alphabet, length) => random.text(alphabet, length),
      randomUuid: () => random.text("0123456789abcdef", 32),
      forgetKeys: () => {},
      pageTokens: PAGE_TOKENS,
      limits: DEFAULT_SERVICE_LIMITS,
      principal,
    };
  }

  /** A dead process asks nobody, and hears no answer. */
  async #whileAlive<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isDead) return never();
    try {
      const answer = await ask();
      return this.isDead ? never() : answer;
    } catch (error) {
      return this.isDead ? never() : Promise.reject(error);
    }
  }

  /** A dead process has no timers. */
  #timers(): Timers {
    const { time } = this.#parts;
    return {
      now: time.now,
      after: (milliseconds, action) =>
        time.after(milliseconds, () => {
          if (!this.isDead) action();
        }),
    };
  }

  #flushFailed(error: unknown): void {
    if (!(error instanceof DiskFailure)) this.#parts.onTrouble(`flush: ${String(error)}`);
  }

  /** As the server's own heartbeats go: by the door that hosts come in by, and down to the store, which here always answers. */
  #probe(): void {
    const { door, time } = this.#parts;
    const startedAt = time.now();
    let isOver = false;
    const end = (isAnswered: boolean) => {
      if (isOver || this.isDead) return;
      isOver = true;
      cancel();
      if (door.drops > this.#dropsSeen) this.#hearing.doubted("connections were dropped");
      this.#dropsSeen = door.drops;
      if (isAnswered) this.#hearing.answered(startedAt, time.now());
      else this.#hearing.failed("no answer");
      this.#timers().after(startedAt + PROBE_INTERVAL_MILLISECONDS - time.now(), () => this.#probe());
    };
    const cancel = this.#timers().after(PROBE_TIMEOUT_MILLISECONDS, () => end(false));
    door.enter(() => end(true));
  }

  #flushLater(): void {
    this.#timers().after(FLUSH_MILLISECONDS, () => {
      this.liveness.flush().catch((error: unknown) => this.#flushFailed(error));
      this.#flushLater();
    });
  }
}

function hostPrincipal(hostId: string): Principal {
  return { role: "host", accessKeyId: `AKIA${hostId}`, hostId };
}
