import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { removeHost } from "@sluice/server/operations/sluice/remove-host.ts";
import { START } from "../simulated-time.ts";
import type { WorldParts } from "../world-parts.ts";
import { identifierOf } from "./furnish-hosts.ts";
import type { HostFaultRates, ScenarioDeployment, ScenarioHost } from "./host-scenario.ts";
import { Knocks } from "./knocks.ts";
import type { Ledger } from "./ledger.ts";
import { LyingAgent } from "./lying-agent.ts";
import { SimulatedAgent } from "./simulated-agent.ts";
import type { HostTruth } from "./watched-hosts.ts";

const MINUTE = 60_000;
const NO_TROUBLE = { scriptFailure: 0, stopFailure: 0, slowScripts: 0 };

export interface FleetParts extends WorldParts<HostFaultRates> {
  readonly hosts: readonly ScenarioHost[];
  readonly ledger: Ledger;
  /** What the group's deployment of now is like. */
  readonly underway: (groupId: string) => ScenarioDeployment | undefined;
  /** Called when a host begins an event. */
  readonly onRun: (hostId: string, deploymentId: string, event: LifecycleEventName) => void;
}

/** All hosts of a world, with their agents, and what happens to them. */
export class SimulatedFleet {
  readonly knocks = new Knocks();
  /** When a person last took a host away; null: nobody has. */
  lastRemovalAt: number | null = null;
  readonly #parts: FleetParts;
  readonly #agents = new Map<string, SimulatedAgent>();
  readonly #liars: LyingAgent[] = [];
  readonly #removed = new Set<string>();
  /** Hosts without an agent, and since when. */
  readonly #goneSince = new Map<string, number>();

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  start(): void {
    for (const host of this.#parts.hosts) this.#start(host);
  }

  isReference(hostId: string): boolean {
    return this.#parts.hosts.some((host) => host.hostId === hostId && host.nature === "reference");
  }

  truthOf(hostId: string): HostTruth {
    const { time, quietSince } = this.#parts;
    const agent = this.#agents.get(hostId);
    const isRemoved = this.#removed.has(hostId);
    return {
      steadyMilliseconds: isRemoved ? 0 : this.knocks.steadyMilliseconds(hostId, time.now()),
      goneSince: this.#goneSince.get(hostId) ?? null,
      soundSince: agent?.isRunning === true && !isRemoved ? quietSince() : null,
      knows: (deploymentId, event) => agent?.knows(deploymentId, event) ?? false,
      hasGivenUp: (deploymentId, event) => agent?.hasGivenUp(deploymentId, event) ?? false,
    };
  }

  /** Once a second, until the faults stop. */
  haveFaults(): void {
    const { random, faults } = this.#parts;
    const { agentCrash, agentLeave, networkCut, hostRemoval } = faults();
    for (const [hostId, agent] of this.#agents) {
      if (agent.isRunning && random.chance(agentCrash)) this.#crash(hostId, agent);
      if (agent.isRunning && random.chance(agentLeave)) this.#leave(hostId, agent);
      if (random.chance(networkCut)) this.#cutOff(hostId);
      if (random.chance(hostRemoval)) void this.#remove(hostId);
    }
  }

  /** Who was silent for good stays so, and who lied falls silent. */
  calmDown(): void {
    for (const liar of this.#liars) liar.stop();
    for (const agent of this.#agents.values()) agent.start();
  }

  #start({ hostId, nature, isOld }: ScenarioHost): void {
    const { time, random, network, ledger, hosts, deployments, chronicle, count, onTrouble } = this.#parts;
    if (nature === "declared") {
      count("declaredOnly");
      this.#goneSince.set(hostId, START);
      return;
    }
    const parts = {
      hostId,
      hostIdentifier: identifierOf(hostId),
      time,
      random,
      network,
      ledger,
      remembersEvents: nature !== "reference",
      takesNext: nature !== "reference" && !isOld,
      groupOf: (deploymentId: string) => deployments.groupIdOf(deploymentId),
      run: (deploymentId: string, event: LifecycleEventName) => this.#run(hostId, deploymentId, event),
      onTrouble,
      onTaken: () => count("nextWithAnswer"),
      onReportGivenUp: (deploymentId: string, event: LifecycleEventName) => {
        count("reportGivenUp");
        chronicle.note(hostId, `gives up its report on ${event} of ${deploymentId}`);
      },
    };
    if (nature === "lying") {
      count("lyingHost");
      const liar = new LyingAgent(
        parts,
        hosts.map((host) => host.hostId),
      );
      this.#liars.push(liar);
      liar.start();
      return;
    }
    const agent = new SimulatedAgent(parts);
    this.#agents.set(hostId, agent);
    agent.start();
    if (nature === "goesSilent") time.after(random.integer(0, 2 * MINUTE), () => this.#fallSilent(hostId, agent));
  }

  #run(hostId: string, deploymentId: string, event: LifecycleEventName): { succeeds: boolean; milliseconds: number } {
    const { time, random, deployments, aims, chronicle, count, underway, onRun } = this.#parts;
    onRun(hostId, deploymentId, event);
    const { scriptFailure, stopFailure, slowScripts } = underway(deployments.groupIdOf(deploymentId)) ?? NO_TROUBLE;
    const fails = random.chance(event === "ApplicationStop" ? Math.max(scriptFailure, stopFailure) : scriptFailure);
    if (fails) count("scriptFailure");
    const milliseconds = random.chance(slowScripts)
      ? random.integer(1_000, random.pick([5_000, 60_000]))
      : random.integer(1, 200);
    const end = fails ? ", and it fails" : "";
    chronicle.note(hostId, `runs ${event} of ${deploymentId} for ${milliseconds} ms${end}`);
    const stop = aims.shotAt(deploymentId);
    if (stop) time.after(milliseconds, stop);
    return { succeeds: !fails, milliseconds };
  }

  #fallSilent(hostId: string, agent: SimulatedAgent): void {
    const { time, chronicle, count } = this.#parts;
    count("silentForGood");
    chronicle.note(hostId, "falls silent for good");
    this.#agents.delete(hostId);
    this.#goneSince.set(hostId, time.now());
    agent.crash({ losesJournal: true });
  }

  #crash(hostId: string, agent: SimulatedAgent): void {
    const { random, chronicle, count } = this.#parts;
    const losesJournal = random.chance(0.3);
    count(losesJournal ? "agentCrashWithJournalLost" : "agentCrash");
    chronicle.note(hostId, `its agent crashes${losesJournal ? ", and its journal is lost" : ""}`);
    agent.crash({ losesJournal });
    this.#startAgain(hostId);
  }

  #leave(hostId: string, agent: SimulatedAgent): void {
    const { chronicle, count } = this.#parts;
    count("agentGoodbye");
    chronicle.note(hostId, "its agent says goodbye");
    this.knocks.left(hostId);
    void agent.leave();
    this.#startAgain(hostId);
  }

  #startAgain(hostId: string): void {
    const { time, random } = this.#parts;
    time.after(random.pick([200, 3_000, 12_000, 90_000]), () => this.#agents.get(hostId)?.start());
  }

  #cutOff(hostId: string): void {
    const { time, random, network, chronicle, count } = this.#parts;
    network.cut.add(hostId);
    count("silentForAWhile");
    chronicle.note(hostId, "is cut off for a while");
    time.after(random.pick([2_000, 10_000, 40_000, 120_000]), () => network.cut.delete(hostId));
  }

  async #remove(hostId: string): Promise<void> {
    const { time, line, count } = this.#parts;
    if (this.#removed.has(hostId)) return;
    this.#removed.add(hostId);
    count("hostRemoved");
    line.note(`removes ${hostId}`);
    const ask = () =>
      line.ask((server, { signal }) => {
        this.lastRemovalAt = time.now();
        return removeHost({ host: hostId }, server.sluiceAsRoot(signal));
      });
    await line.insist(ask, () => false);
  }
}
