import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_VERSION, AGENT_VERSION_HEADER } from "@sluice/agent/agent-version.ts";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { createServiceClient, type ServiceClient } from "@sluice/wire/client/service-client.ts";
import {
  COMMAND_SIGNING_NAMES,
  COMMAND_TARGET_PREFIXES,
  type CommandOperations,
  type HostCommand,
} from "@sluice/wire/command/operations.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/shapes.ts";
import type { EnrolHostOutput, Tag } from "@sluice/wire/sluice/operations.ts";

const POLL_TIMEOUT_MILLISECONDS = 45_000;
/** The real agent's pause when it is offered what it holds already. */
const HELD_ALREADY_MILLISECONDS = 20;
/** The first pause of the real agent's back-off. */
const AFTER_FAILURE_MILLISECONDS = 100;
const SUCCESS = JSON.stringify({ error_code: 0, script_name: "", message: "Succeeded", log: "" });
const NOT_NOOP = JSON.stringify({ IsCommandNoop: false });

export interface SimulatedHostOptions {
  readonly server: string;
  readonly token: string;
  readonly name: string;
  readonly tag: Tag;
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
  readonly #held = new Set<string>();
  readonly #stopping = new AbortController();
  completed = 0;
  requests = 0;
  failures = 0;
  lastFailure = "";

  private constructor(server: string, identity: EnrolHostOutput) {
    const { accessKeyId, secretAccessKey, region } = identity;
    const credentials = { accessKeyId, secretAccessKey };
    // Known by these to the server as an agent of ours.
    const headers = { [AGENT_VERSION_HEADER]: AGENT_VERSION };
    const userAgent = `sluice-agent/${AGENT_VERSION}`;
    this.#connections = agentFor(server, undefined);
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

  static async enrol({ server, token, name, tag }: SimulatedHostOptions): Promise<SimulatedHost> {
    const client = sluiceClient({ endpoint: server, region: "us-east-1" });
    try {
      const input = { token, hostName: name, agentVersion: AGENT_VERSION, tags: [tag] };
      return new SimulatedHost(server, await client.call("EnrolHost", input));
    } finally {
      client.close();
    }
  }

  async run(): Promise<void> {
    await Promise.all([this.#poll(), this.#beat()]);
  }

  stop(): void {
    this.#stopping.abort();
    this.#connections.destroy();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const options = { signal, timeoutMs: POLL_TIMEOUT_MILLISECONDS };
    while (!signal.aborted) {
      this.requests++;
      const HostIdentifier = this.#identity.hostIdentifier;
      const command = await this.#commands.call("PollHostCommand", { HostIdentifier }, options).then(
        (answer) => answer.HostCommand,
        (error: unknown) => this.#countFailure(error),
      );
      if (command === undefined) continue;
      if (this.#held.has(command.HostCommandIdentifier)) await sleep(HELD_ALREADY_MILLISECONDS);
      else void this.#carryOut(command);
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
    const acknowledge = () => this.#commands.call("PutHostCommandAcknowledgement", acknowledgement);
    if ((await this.#ask(acknowledge)).CommandStatus === "InProgress") {
      const CommandStatus = "Succeeded" as const;
      const completion = {
        HostCommandIdentifier,
        CommandStatus,
        Diagnostics: { Format: "JSON", Payload: SUCCESS },
      };
      await this.#ask(() => this.#commands.call("PutHostCommandComplete", completion));
      this.completed++;
    }
    this.#held.delete(HostCommandIdentifier);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { intervalSeconds } = await this.#ask(() =>
        this.#sluice.call("HostHeartbeat", {
          hostIdentifier: this.#identity.hostIdentifier,
          heldCommands: [...this.#held],
          agentVersion: AGENT_VERSION,
        }),
      );
      await sleep(intervalSeconds * 1000, undefined, { signal });
    }
  }

  /** Asks until there is an answer, as the real agent does. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      this.requests++;
      try {
        return await call();
      } catch (error) {
        await this.#countFailure(error);
      }
    }
  }

  async #countFailure(error: unknown): Promise<undefined> {
    this.#stopping.signal.throwIfAborted();
    this.failures++;
    this.lastFailure = String(error);
    await sleep(AFTER_FAILURE_MILLISECONDS);
  }
}
