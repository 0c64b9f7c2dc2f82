import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_VERSION, AGENT_VERSION_HEADER } from "@sluice/agent/identity/agent-version.ts";
import { callToEnrol } from "@sluice/agent/identity/enrolment-call.ts";
import { openEnvelope, type PinnedCertificate, pinCertificate } from "@sluice/agent/identity/envelope.ts";
import { BackOff } from "@sluice/agent/process/back-off.ts";
import {
  HEARTBEAT_TIMEOUT_MILLISECONDS,
  POLL_TIMEOUT_MILLISECONDS,
  REPORT_TIMEOUT_MILLISECONDS,
} from "@sluice/agent/protocol/connect-to-server.ts";
import { HEARTBEAT_RETRY } from "@sluice/agent/protocol/heartbeat.ts";
import { parseSpecification } from "@sluice/agent/protocol/specification.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { AGENT_ERROR_CODES, type AgentDiagnostics } from "@sluice/model/diagnostics.ts";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { createServiceClient, type ServiceClient } from "@sluice/wire/client/service-client.ts";
import {
  COMMAND_SIGNING_NAMES,
  COMMAND_TARGET_PREFIXES,
  type CommandOperations,
  type HostCommand,
  type NextCommand,
} from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import type { EnrolHostOutput, LogChunk, Tag } from "@sluice/wire/sluice/sluice-api.ts";

/** The real agent's pause when it is offered what it holds already. */
const HELD_ALREADY_MILLISECONDS = 20;
const SUCCESS: AgentDiagnostics = {
  error_code: AGENT_ERROR_CODES.success,
  script_name: "",
  message: "Succeeded",
  log: "",
};
/** What a script prints: with this a line of about 90 bytes. */
const PRINTED: PlayedOutput = {
  stream: "stdout",
  scriptName: "scripts/step.sh",
  text: "installed one more file of the revision below the destination, as its AppSpec says\n",
};
const REPORT_OPTIONS = { timeoutMs: REPORT_TIMEOUT_MILLISECONDS };
const NOT_NOOP = JSON.stringify({ IsCommandNoop: false });

/** What a script writes: some of its output, and how it comes to an end. */
export type PlayedOutput = Pick<LogChunk, "stream" | "scriptName" | "text">;
export interface PlayedEvent {
  readonly name: string;
  readonly hostName: string;
  readonly specification: DeploymentSpecification;
  print(output: readonly PlayedOutput[]): Promise<void>;
}
/** Plays one lifecycle event of a revision. */
export type Play = (event: PlayedEvent) => Promise<AgentDiagnostics>;

export interface SimulatedHostOptions {
  readonly server: string;
  readonly token: string;
  readonly name: string;
  /** Of the token's tags; absent: all of them. */
  readonly tag?: Tag | undefined;
  /** Lines that each event prints; absent: none. */
  readonly linesPerEvent?: number | undefined;
  /** Its connections come from this address: between two addresses there are ports for 28,000 connections. Absent: the system's choice. */
  readonly localAddress?: string | undefined;
  /** How long each event takes; absent: no time. */
  readonly eventMilliseconds?: number | undefined;
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  /** What it does in each event; absent: what the members above say, and it succeeds. */
  readonly play?: Play | undefined;
}

/**
 * A host whose agent makes the real agent's calls in the real agent's order, with a key of its own over connections of its own, and does
 * nothing in between, unless it is given what to play: it polls on beside what it carries out, fetches the specification once a deployment, acknowledges the first command
 * as one that has something to do, completes each and takes the next with the answer, and sends heartbeats.
 */
export class SimulatedHost {
  readonly #identity: EnrolHostOutput;
  readonly #commands: ServiceClient<CommandOperations>;
  readonly #sluice: ReturnType<typeof sluiceClient>;
  readonly #connections: ReturnType<typeof agentFor>;
  readonly #linesPerEvent: number;
  readonly #held = new Set<string>();
  readonly #eventMilliseconds: number;
  readonly #name: string;
  readonly #play: Play | undefined;
  readonly #signer: PinnedCertificate | undefined;
  readonly #specifications = new Map<string, DeploymentSpecification>();
  readonly #stopping = new AbortController();
  completed = 0;
  requests = 0;
  failures = 0;
  /** Heartbeats without an answer in time. */
  lateHeartbeats = 0;
  lastFailure = "";

  private constructor(
    { server, name, localAddress, eventMilliseconds = 0, linesPerEvent = 0, play }: SimulatedHostOptions,
    identity: EnrolHostOutput,
  ) {
    this.#name = name;
    this.#play = play;
    this.#signer = play && pinCertificate(identity.signingCertificate);
    this.#eventMilliseconds = eventMilliseconds;
    this.#linesPerEvent = linesPerEvent;
    const { accessKeyId, secretAccessKey, region } = identity;
    const credentials = { accessKeyId, secretAccessKey };
    // Known by these to the server as an agent of ours.
    const headers = { [AGENT_VERSION_HEADER]: AGENT_VERSION };
    const userAgent = `sluice-agent/${AGENT_VERSION}`;
    this.#connections = agentFor(server, undefined);
    // What an agent of Node's own is made with goes into every connection.
    if (localAddress !== undefined)
      Object.assign(this.#connections, { options: { ...optionsOf(this.#connections), localAddress } });
    const connection = { endpoint: server, region, credentials, headers, userAgent, connections: this.#connections };
    this.#identity = identity;
    this.#sluice = sluiceClient(connection);
    this.#commands = createServiceClient<CommandOperations>({
      ...connection,
      table: COMMAND_TABLE,
      targetPrefix: COMMAND_TARGET_PREFIXES[0],
      signingName: COMMAND_SIGNING_NAMES[0],
    });
  }

  static async enrol(options: SimulatedHostOptions): Promise<SimulatedHost> {
    const { server, token, name, tag, zone, address } = options;
    const client = sluiceClient({ endpoint: server, region: "us-east-1" });
    try {
      const input = { token, hostName: name, agentVersion: AGENT_VERSION, tags: tag && [tag], zone, address };
      return new SimulatedHost(options, await callToEnrol(client, input));
    } finally {
      client.close();
    }
  }

  async run(): Promise<void> {
    await Promise.all([this.#poll(), this.#beat()]);
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  stop(): void {
    this.#stopping.abort();
    this.#connections.destroy();
  }

  /** The machine goes away in order, and says so. */
  async sayGoodbye(): Promise<void> {
    const { hostIdentifier } = this.#identity;
    this.stop();
    await this.#sluice.call("HostHeartbeat", { hostIdentifier, heldCommands: [], goodbye: true });
    this.#connections.destroy();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const options = { signal, timeoutMs: POLL_TIMEOUT_MILLISECONDS };
    const backOff = new BackOff();
    while (!signal.aborted) {
      this.requests++;
      const HostIdentifier = this.#identity.hostIdentifier;
      const answer = await this.#commands
        .call("PollHostCommand", { HostIdentifier }, options)
        .catch((error: unknown) => this.#countFailure(error, backOff));
      if (answer !== undefined) backOff.reset();
      const command = answer?.HostCommand;
      if (command === undefined) continue;
      if (this.#held.has(command.HostCommandIdentifier)) await sleep(HELD_ALREADY_MILLISECONDS);
      else void this.#carryOut(command).catch(ignoreWhenStopped(signal));
    }
  }

  async #carryOut(command: HostCommand): Promise<void> {
    const { HostCommandIdentifier } = command;
    this.#held.add(HostCommandIdentifier);
    await this.#prepare(command);
    const acknowledgement = { HostCommandIdentifier, Diagnostics: { Format: "JSON", Payload: NOT_NOOP } };
    const acknowledge = () => this.#commands.call("PutHostCommandAcknowledgement", acknowledgement, REPORT_OPTIONS);
    let next: NextCommand | undefined;
    if ((await this.#ask(acknowledge)).CommandStatus === "InProgress") next = await this.#run(command);
    this.#held.delete(HostCommandIdentifier);
    while (next !== undefined && !this.isStopped) {
      const taken: NextCommand = next;
      await this.#prepare(taken);
      next = await this.#run(taken);
      this.#held.delete(taken.HostCommandIdentifier);
    }
  }

  async #prepare({ CommandName, DeploymentExecutionId }: NextCommand): Promise<void> {
    if (CommandName === "DownloadBundle" || this.#play !== undefined) await this.#specify(DeploymentExecutionId);
  }

  async #run(command: NextCommand): Promise<NextCommand | undefined> {
    const outcome = await this.#outcomeOf(command);
    const hasSucceeded = outcome.error_code === AGENT_ERROR_CODES.success;
    const completion = {
      HostCommandIdentifier: command.HostCommandIdentifier,
      CommandStatus: hasSucceeded ? ("Succeeded" as const) : ("Failed" as const),
      Diagnostics: { Format: "JSON", Payload: JSON.stringify(outcome) },
      TakesNextCommand: true,
    };
    const complete = () => this.#commands.call("PutHostCommandComplete", completion, REPORT_OPTIONS);
    const { NextCommand: next } = await this.#ask(complete);
    this.completed++;
    if (next !== undefined) this.#held.add(next.HostCommandIdentifier);
    return next;
  }

  async #outcomeOf({
    HostCommandIdentifier,
    DeploymentExecutionId,
    CommandName,
  }: NextCommand): Promise<AgentDiagnostics> {
    let sequence = 0;
    const print = async (output: readonly PlayedOutput[]) => {
      const chunks = output.map((each) => ({
        ...each,
        hostCommandIdentifier: HostCommandIdentifier,
        sequence: sequence++,
        at: new Date(),
      }));
      const { hostIdentifier } = this.#identity;
      await this.#ask(() => this.#sluice.call("PutHostLogs", { hostIdentifier, chunks }));
    };
    const specification = this.#specifications.get(DeploymentExecutionId);
    if (this.#play !== undefined && specification !== undefined)
      return this.#play({ name: CommandName, hostName: this.#name, specification, print });
    if (this.#linesPerEvent > 0) await print(Array.from({ length: this.#linesPerEvent }, () => PRINTED));
    if (this.#eventMilliseconds > 0) await sleep(this.#eventMilliseconds);
    return SUCCESS;
  }

  /** Asks for a deployment's specification; opened where it is played by it. */
  async #specify(DeploymentExecutionId: string): Promise<void> {
    if (this.#specifications.has(DeploymentExecutionId)) return;
    const input = { DeploymentExecutionId, HostIdentifier: this.#identity.hostIdentifier };
    const answer = await this.#ask(() => this.#commands.call("GetDeploymentSpecification", input));
    if (this.#signer === undefined) return;
    const content = openEnvelope(answer.DeploymentSpecification.GenericEnvelope, this.#signer);
    this.#specifications.set(DeploymentExecutionId, parseSpecification(content, DeploymentExecutionId));
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopping;
    const { hostIdentifier } = this.#identity;
    const options = { signal, timeoutMs: HEARTBEAT_TIMEOUT_MILLISECONDS };
    const retries = new BackOff(HEARTBEAT_RETRY);
    while (!signal.aborted) {
      this.requests++;
      const input = { hostIdentifier, heldCommands: [...this.#held], agentVersion: AGENT_VERSION };
      const answer = await this.#sluice.call("HostHeartbeat", input, options).catch((error: unknown) => {
        this.lateHeartbeats++;
        return this.#countFailure(error, retries);
      });
      if (answer === undefined) continue;
      retries.reset();
      await sleep(answer.intervalSeconds * 1000, undefined, { signal });
    }
  }

  /** Asks until there is an answer, as the real agent does. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    const backOff = new BackOff();
    for (;;) {
      this.requests++;
      try {
        return await call();
      } catch (error) {
        await this.#countFailure(error, backOff);
      }
    }
  }

  async #countFailure(error: unknown, backOff: BackOff): Promise<undefined> {
    this.#stopping.signal.throwIfAborted();
    this.failures++;
    this.lastFailure = String(error);
    await sleep(backOff.next());
  }
}

function optionsOf(connections: object): object {
  return (connections as { readonly options: object }).options;
}

/** A host that stops leaves what it was doing. */
function ignoreWhenStopped(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
