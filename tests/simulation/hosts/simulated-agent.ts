import { AGENT_ERROR_CODES, AGENT_RESTART_MESSAGE } from "@sluice/model/diagnostics.ts";
import { parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { pollHostCommand } from "@sluice/server/operations/command/poll-host-command.ts";
import { putHostCommandAcknowledgement } from "@sluice/server/operations/command/put-host-command-acknowledgement.ts";
import { putHostCommandComplete } from "@sluice/server/operations/command/put-host-command-complete.ts";
import { hostHeartbeat } from "@sluice/server/operations/sluice/host-heartbeat.ts";
import type { HostCommand, NextCommand } from "@sluice/wire/command/command-api.ts";
import type { Random } from "../random.ts";
import { POLL_TIMEOUT_MILLISECONDS, Refused, type SimulatedNetwork, Unanswered } from "../simulated-network.ts";
import type { SimulatedTime } from "../simulated-time.ts";
import type { Ledger } from "./ledger.ts";

const HEARTBEAT_MILLISECONDS = 5_000;
const HEARTBEAT_TIMEOUT_MILLISECONDS = 4_000;
const HEARTBEAT_RETRY_MILLISECONDS = 3_000;
/** The reference agent gives a report up for good that was not answered for so long. */
const REPORT_GIVEN_UP_MILLISECONDS = 14_000;
/** Between two polls or reports that are not answered: at first, and at most. As the real agent's. */
const RETRY_FIRST_MILLISECONDS = 2_000;
const MAX_RETRY_MILLISECONDS = 5_000;

export interface AgentParts {
  readonly hostId: string;
  readonly hostIdentifier: string;
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  readonly ledger: Ledger;
  /**
   * Ours takes a group's commands in turn, knows an event that it ran by any offer of it, and reports until it is answered. The reference
   * agent does none of these.
   */
  readonly remembersEvents: boolean;
  /** It takes what comes next with the answers to its reports, as ours does; the reference agent and those of before poll for it. */
  readonly takesNext: boolean;
  /** As the deployment's specification names it. */
  readonly groupOf: (deploymentId: string) => string;
  /** Whether this run of an event goes well, and how long it takes. */
  readonly run: (deploymentId: string, event: LifecycleEventName) => { succeeds: boolean; milliseconds: number };
  readonly onTrouble: (message: string) => void;
  /** A command came with the answer to a report. */
  readonly onTaken: () => void;
  readonly onReportGivenUp: (deploymentId: string, event: LifecycleEventName) => void;
}

interface Outcome {
  readonly errorCode: number;
  readonly message: string;
}

interface JournalEntry {
  readonly commandId: string;
  outcome: Outcome | null;
  isReported: boolean;
}

const SUCCEEDED: Outcome = { errorCode: AGENT_ERROR_CODES.success, message: "Succeeded" };
const SCRIPT_FAILED: Outcome = { errorCode: AGENT_ERROR_CODES.scriptFailed, message: "exit code 1" };
const AFTER_RESTART: Outcome = { errorCode: AGENT_ERROR_CODES.failedAfterRestart, message: AGENT_RESTART_MESSAGE };

/**
 * An honest host agent as the server sees it: it polls while it works, acknowledges until answered, runs an event only when told
 * InProgress, and keeps a journal of what it has begun, unless the journal is lost.
 */
export class SimulatedAgent {
  readonly parts: AgentParts;
  #life = 0;
  #isRunning = false;
  #journal = new Map<string, JournalEntry>();
  #held = new Map<string, "waiting" | "acknowledged">();
  #lastOfGroup = new Map<string, Promise<void>>();
  readonly #givenUp = new Set<string>();

  constructor(parts: AgentParts) {
    this.parts = parts;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether it will never say how this event ended. */
  hasGivenUp(deploymentId: string, event: LifecycleEventName): boolean {
    return this.#givenUp.has(`${deploymentId}:${event}`);
  }

  /** Whether it has anything in hand of this event. */
  knows(deploymentId: string, event: LifecycleEventName): boolean {
    return [...this.#held.keys()].some((commandId) => commandId.startsWith(`${deploymentId}:${event}:`));
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const life = ++this.#life;
    for (const [key, entry] of this.#journal) if (!entry.isReported) void this.#recover(key, entry, life);
    void this.#poll(life);
    void this.#beat(life);
  }

  /** The process is gone in whatever it was doing. */
  crash({ losesJournal }: { readonly losesJournal: boolean }): void {
    this.#isRunning = false;
    this.#life++;
    this.#held = new Map();
    this.#lastOfGroup = new Map();
    if (losesJournal) this.#journal = new Map();
  }

  /** An orderly end: the server is told. */
  async leave(): Promise<void> {
    const held = this.#acknowledged();
    this.crash({ losesJournal: false });
    await this.#heartbeat(held, true).catch(ignoreUnanswered);
  }

  async #poll(life: number): Promise<void> {
    const { time, random, network, hostId, hostIdentifier } = this.parts;
    let retry = RETRY_FIRST_MILLISECONDS;
    while (life === this.#life) {
      let command: HostCommand | undefined;
      try {
        const answer = await network.call(
          hostId,
          (server, line) =>
            pollHostCommand(
              { HostIdentifier: hostIdentifier },
              server.command(hostId, line.signal, line.onUndelivered),
            ),
          POLL_TIMEOUT_MILLISECONDS,
        );
        command = answer.HostCommand;
        retry = RETRY_FIRST_MILLISECONDS;
      } catch (error) {
        this.#judge(error);
        await time.sleep(random.integer(retry >> 4, retry));
        retry = Math.min(2 * retry, MAX_RETRY_MILLISECONDS);
        continue;
      }
      if (life !== this.#life) return;
      if (!command) continue;
      if (this.#held.has(command.HostCommandIdentifier)) await time.sleep(random.integer(20, 1_000));
      else void this.#carryOut(command, life);
    }
  }

  async #beat(life: number): Promise<void> {
    const { time, random } = this.parts;
    while (life === this.#life) {
      const isAnswered = await this.#heartbeat(this.#acknowledged(), false).then(
        () => true,
        (error) => {
          this.#judge(error);
          return false;
        },
      );
      await time.sleep(isAnswered ? HEARTBEAT_MILLISECONDS : random.integer(500, HEARTBEAT_RETRY_MILLISECONDS));
    }
  }

  async #carryOut(command: HostCommand, life: number): Promise<void> {
    const commandId = command.HostCommandIdentifier;
    const key = parseHostCommandIdentifier(commandId);
    if (!key) return this.parts.onTrouble(`${this.parts.hostId} was offered ${commandId}`);
    const { deploymentId, event, targetId } = key;
    if (targetId !== this.parts.hostId) this.parts.onTrouble(`${this.parts.hostId} was offered another's ${commandId}`);
    this.#held.set(commandId, "waiting");
    let next: NextCommand | undefined;
    await this.#inTurn(this.parts.groupOf(deploymentId), life, async () => {
      const journalKey = this.parts.remembersEvents ? `${deploymentId}/${event}` : commandId;
      const earlier = this.#journal.get(journalKey);
      if (earlier) {
        await this.#report(commandId, earlier.outcome ?? AFTER_RESTART, life);
        return;
      }
      this.#held.set(commandId, "acknowledged");
      const entry: JournalEntry = { commandId, outcome: null, isReported: false };
      this.#journal.set(journalKey, entry);
      const status = await this.#acknowledge(commandId, life);
      if (life !== this.#life) return;
      if (status !== "InProgress") return void this.#journal.delete(journalKey);
      next = await this.#run(deploymentId, event, entry, life);
    });
    // Of a report that was given up its heartbeats know no more than those of an agent that has none.
    if (life === this.#life && !this.hasGivenUp(deploymentId, event)) this.#held.delete(commandId);
    await this.#carryOutTaken(next, life);
  }

  /** What came with the answer to a report, and what comes with the answers to its own and theirs. */
  async #carryOutTaken(first: NextCommand | undefined, life: number): Promise<void> {
    let taken = first;
    while (taken !== undefined && life === this.#life) {
      const { HostCommandIdentifier: commandId } = taken;
      const key = parseHostCommandIdentifier(commandId);
      taken = undefined;
      if (!key) return this.parts.onTrouble(`${this.parts.hostId} was given ${commandId}`);
      const { deploymentId, event } = key;
      await this.#inTurn(this.parts.groupOf(deploymentId), life, async () => {
        const entry = this.#journal.get(`${deploymentId}/${event}`);
        if (entry?.commandId === commandId) taken = await this.#run(deploymentId, event, entry, life);
        else await this.#report(commandId, entry?.outcome ?? AFTER_RESTART, life);
      });
      if (life === this.#life) this.#held.delete(commandId);
    }
  }

  /** In the journal and on the heartbeats' list before the one ahead of it is off them. Undefined: it is known already. */
  #take(next: NextCommand | undefined): NextCommand | undefined {
    const key = next && parseHostCommandIdentifier(next.HostCommandIdentifier);
    if (!next || !key || this.#held.has(next.HostCommandIdentifier)) return undefined;
    if (key.targetId !== this.parts.hostId) this.parts.onTrouble(`${this.parts.hostId} was given another's command`);
    const journalKey = `${key.deploymentId}/${key.event}`;
    const earlier = this.#journal.get(journalKey);
    if (earlier?.commandId === next.HostCommandIdentifier) return undefined;
    this.parts.onTaken();
    this.#held.set(next.HostCommandIdentifier, "acknowledged");
    if (!earlier)
      this.#journal.set(journalKey, { commandId: next.HostCommandIdentifier, outcome: null, isReported: false });
    return next;
  }

  async #run(
    deploymentId: string,
    event: LifecycleEventName,
    entry: JournalEntry,
    life: number,
  ): Promise<NextCommand | undefined> {
    const { hostId, ledger, run, time } = this.parts;
    ledger.began(hostId, deploymentId, event);
    const { succeeds, milliseconds } = run(deploymentId, event);
    await time.sleep(milliseconds);
    // The script dies with its agent.
    if (life !== this.#life) return undefined;
    if (succeeds) ledger.succeeded(hostId, deploymentId, event);
    entry.outcome = succeeds ? SUCCEEDED : SCRIPT_FAILED;
    const { isAnswered, next } = await this.#report(entry.commandId, entry.outcome, life, this.parts.takesNext);
    if (life !== this.#life) return undefined;
    const taken = this.#take(next);
    entry.isReported = true;
    if (!isAnswered) {
      this.#givenUp.add(`${deploymentId}:${event}`);
      this.parts.onReportGivenUp(deploymentId, event);
    }
    return taken;
  }

  /** What an earlier process left: what it had run is reported, what it was running has failed. */
  async #recover(key: string, entry: JournalEntry, life: number): Promise<void> {
    this.#held.set(entry.commandId, "acknowledged");
    entry.outcome ??= AFTER_RESTART;
    const { next } = await this.#report(entry.commandId, entry.outcome, life, this.parts.takesNext);
    if (life !== this.#life) return;
    const taken = this.#take(next);
    this.#held.delete(entry.commandId);
    const kept = this.#journal.get(key);
    if (kept) kept.isReported = true;
    await this.#carryOutTaken(taken, life);
  }

  #acknowledge(commandId: string, life: number) {
    return this.#untilAnswered(life, async (hostId, network) => {
      const answer = await network.call(hostId, (server, line) =>
        putHostCommandAcknowledgement(
          { HostCommandIdentifier: commandId },
          server.command(hostId, line.signal, line.onUndelivered),
        ),
      );
      return answer.CommandStatus;
    });
  }

  /** Not answered: it was given up. */
  async #report(
    commandId: string,
    { errorCode, message }: Outcome,
    life: number,
    takesNext = false,
  ): Promise<{ readonly isAnswered: boolean; readonly next?: NextCommand | undefined }> {
    const payload = { error_code: errorCode, script_name: "script.sh", message, log: "" };
    const patience = this.parts.remembersEvents ? Number.POSITIVE_INFINITY : REPORT_GIVEN_UP_MILLISECONDS;
    const givesUpAt = this.parts.time.now() + patience;
    let isAnswered = false;
    let next: NextCommand | undefined;
    const report = async (hostId: string, network: SimulatedNetwork) => {
      const answer = await network.call(hostId, (server, line) =>
        putHostCommandComplete(
          {
            HostCommandIdentifier: commandId,
            TakesNextCommand: takesNext,
            CommandStatus: errorCode === AGENT_ERROR_CODES.success ? "Succeeded" : "Failed",
            Diagnostics: { Format: "JSON", Payload: JSON.stringify(payload) },
          },
          server.command(hostId, line.signal, line.onUndelivered),
        ),
      );
      isAnswered = true;
      next = answer.NextCommand;
    };
    const isRefused = await this.#untilAnswered(life, report, givesUpAt);
    return { isAnswered: isAnswered || isRefused === "refused", next };
  }

  #heartbeat(heldCommands: readonly string[], goodbye: boolean) {
    const { network, hostId, hostIdentifier } = this.parts;
    return network.call(
      hostId,
      (server, line) => hostHeartbeat({ hostIdentifier, heldCommands, goodbye }, server.sluice(hostId, line.signal)),
      HEARTBEAT_TIMEOUT_MILLISECONDS,
    );
  }

  /** `refused` for good; undefined: this process is gone, or gave up. */
  async #untilAnswered<T>(
    life: number,
    ask: (hostId: string, network: SimulatedNetwork) => Promise<T>,
    givesUpAt = Number.POSITIVE_INFINITY,
  ): Promise<T | "refused" | undefined> {
    const { time, random, hostId, network } = this.parts;
    while (life === this.#life) {
      try {
        return await ask(hostId, network);
      } catch (error) {
        this.#judge(error);
        if (error instanceof Refused) return "refused";
        if (time.now() >= givesUpAt) return undefined;
        await time.sleep(random.integer(100, 3_000));
      }
    }
    return undefined;
  }

  async #inTurn(groupId: string, life: number, work: () => Promise<void>): Promise<void> {
    const earlier = this.parts.remembersEvents ? this.#lastOfGroup.get(groupId) : undefined;
    const mine = Promise.withResolvers<void>();
    this.#lastOfGroup.set(groupId, mine.promise);
    await earlier;
    if (life === this.#life) await work();
    mine.resolve();
  }

  #acknowledged(): string[] {
    return [...this.#held].filter(([, state]) => state === "acknowledged").map(([commandId]) => commandId);
  }

  #judge(error: unknown): void {
    if (error instanceof Unanswered || error instanceof Refused) return;
    this.parts.onTrouble(`a call failed: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

function ignoreUnanswered(error: unknown): void {
  if (!(error instanceof Unanswered || error instanceof Refused)) throw error;
}
