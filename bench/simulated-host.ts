import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_VERSION, AGENT_VERSION_HEADER } from "@sluice/agent/identity/agent-version.ts";
import { callToEnrol } from "@sluice/agent/identity/enrolment-call.ts";
import { BackOff } from "@sluice/agent/process/back-off.ts";
import {
  HEARTBEAT_TIMEOUT_MILLISECONDS,
  POLL_TIMEOUT_MILLISECONDS,
  REPORT_TIMEOUT_MILLISECONDS,
} from "@sluice/agent/protocol/connect-to-server.ts";
import { HEARTBEAT_RETRY } from "@sluice/agent/protocol/heartbeat.ts";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { createServiceClient, type ServiceClient } from "@sluice/wire/client/service-client.ts";
import {
  COMMAND_SIGNING_NAMES,
  COMMAND_TARGET_PREFIXES,
  type CommandOperations,
  type HostCommand,
} from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import type { EnrolHostOutput, Tag } from "@sluice/wire/sluice/sluice-api.ts";

/** The real agent's pause when it is offered what it holds already. */
const HELD_ALREADY_MILLISECONDS = 20;
const SUCCESS = JSON.stringify({ error_code: 0, script_name: "", message: "Succeeded", log: "" });
/** What a script prints: with this a line of about 90 bytes. */
const PRINTED = "installed one more file of the revision below the destination, as its AppSpec says\n";
const NOT_NOOP = JSON.stringify({ IsCommandNoop: false });

export interface SimulatedHostOptions {
  readonly server: string;
  readonly token: string;
  readonly name: string;
  readonly tag: Tag;
  /** Lines that each event prints; absent: none. */
  readonly linesPerEvent?: number | undefined;
  /** Its connections come from this address: between two addresses there are ports for 28,000 connections. Absent: the system's choice. */
  readonly localAddress?: string | undefined;
  /** How long each event takes; absent: no time. */
  readonly eventMilliseconds?: number | undefined;
}

/**
 * A host whose agent makes the real agent's calls in the real agent's order, with a key of its own over connections of its own, and does
 * nothing in between: it polls on beside what it carries out, fetches the specification once a deployment, acknowledges each command as
 * one that has something to do, completes it, and sends heartbeats.
 */
export class SimulatedHost {
  readonly #identity: EnrolHostOutput;
  readonly #commands: ServiceClient<CommandOperations>;
  readonly #sluice: ReturnType<typeof sluiceClient>;
  readonly #connections: ReturnType<typeof agentFor>;
  readonly #linesPerEvent: number;
  readonly #held = new Set<string>();
  readonly #eventMilliseconds: number;
  readonly #stopping = new AbortController();
  completed = 0;
  requests = 0;
  failures = 0;
  /** Heartbeats without an answer in time. */
  lateHeartbeats = 0;
  lastFailure = "";

  private constructor(
    { server, localAddress, eventMilliseconds = 0, linesPerEvent = 0 }: SimulatedHostOptions,
    identity: EnrolHostOutput,
  ) {
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
    const { server, token, name, tag } = options;
    const client = sluiceClient({ endpoint: server, region: "us-east-1" });
    try {
      const input = { token, hostName: name, agentVersion: AGENT_VERSION, tags: [tag] };
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
    const { HostCommandIdentifier, DeploymentExecutionId, CommandName } = command;
    this.#held.add(HostCommandIdentifier);
    if (CommandName === "DownloadBundle") {
      const { hostIdentifier: HostIdentifier } = this.#identity;
      const input = { DeploymentExecutionId, HostIdentifier };
      await this.#ask(() => this.#commands.call("GetDeploymentSpecification", input));
    }
    const acknowledgement = { HostCommandIdentifier, Diagnostics: { Format: "JSON", Payload: NOT_NOOP } };
    const options = { timeoutMs: REPORT_TIMEOUT_MILLISECONDS };
    const acknowledge = () => this.#commands.call("PutHostCommandAcknowledgement", acknowledgement, options);
    if ((await this.#ask(acknowledge)).CommandStatus === "InProgress") {
      if (this.#linesPerEvent > 0) await this.#print(HostCommandIdentifier);
      if (this.#eventMilliseconds > 0) await sleep(this.#eventMilliseconds);
      const CommandStatus = "Succeeded" as const;
      const completion = {
        HostCommandIdentifier,
        CommandStatus,
        Diagnostics: { Format: "JSON", Payload: SUCCESS },
      };
      await this.#ask(() => this.#commands.call("PutHostCommandComplete", completion, options));
      this.completed++;
    }
    this.#held.delete(HostCommandIdentifier);
  }

  async #print(hostCommandIdentifier: string): Promise<void> {
    const chunks = Array.from({ length: this.#linesPerEvent }, (_, sequence) => ({
      hostCommandIdentifier,
      sequence,
      at: new Date(),
      stream: "stdout" as const,
      scriptName: "scripts/step.sh",
      text: PRINTED,
    }));
    const { hostIdentifier } = this.#identity;
    await this.#ask(() => this.#sluice.call("PutHostLogs", { hostIdentifier, chunks }));
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
