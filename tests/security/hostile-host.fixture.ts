import {
  type ClientConnection,
  type CommandClient,
  commandClient,
  type SluiceClient,
  sluiceClient,
} from "@sluice/wire/client/clients.ts";
import type { HostCommand } from "@sluice/wire/command/command-api.ts";
import type { EnrolHostOutput, LogChunk } from "@sluice/wire/sluice/sluice-api.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** Somebody who has a host's key and says what no agent says. */
export class HostileHost implements AsyncDisposable {
  readonly hostId: string;
  readonly hostIdentifier: string;
  readonly sluice: SluiceClient;
  readonly commands: CommandClient;

  private constructor(enrolled: EnrolHostOutput, connection: ClientConnection) {
    this.hostId = enrolled.hostId;
    this.hostIdentifier = enrolled.hostIdentifier;
    this.sluice = sluiceClient(connection);
    this.commands = commandClient(connection);
  }

  /** Enrols as any host does, with a token that somebody made for it. */
  static async enrol(server: SluiceServer, hostName: string, tag: string, zone?: string): Promise<HostileHost> {
    const token = (await server.sluice("token", "create", "--tag", tag)).trim();
    const answer = await fetch(server.url(), {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Sluice_20261101.EnrolHost" },
      body: JSON.stringify({ token, hostName, zone }),
    });
    if (!answer.ok) throw new Error(`EnrolHost was answered ${answer.status}: ${await answer.text()}`);
    const enrolled = (await answer.json()) as EnrolHostOutput;
    const { accessKeyId, secretAccessKey, region } = enrolled;
    return new HostileHost(enrolled, {
      endpoint: server.url(),
      region,
      credentials: { accessKeyId, secretAccessKey },
      userAgent: "sluice-agent/0.1.0",
    });
  }

  beat(heldCommands: readonly string[] = []): Promise<unknown> {
    return this.sluice.call("HostHeartbeat", { hostIdentifier: this.hostIdentifier, heldCommands });
  }

  /** Polls until there is a command, and takes it. */
  async take(): Promise<HostCommand> {
    const command = await until("a command", async () => {
      const polled = await this.commands.call("PollHostCommand", { HostIdentifier: this.hostIdentifier });
      return polled.HostCommand ?? false;
    });
    const { HostCommandIdentifier } = command;
    await this.commands.call("PutHostCommandAcknowledgement", { HostCommandIdentifier });
    return command;
  }

  async complete(HostCommandIdentifier: string, diagnostics: object, status = "Succeeded"): Promise<void> {
    const Diagnostics = { Format: "JSON", Payload: JSON.stringify(diagnostics) };
    await this.commands.call("PutHostCommandComplete", {
      HostCommandIdentifier,
      CommandStatus: status as "Succeeded",
      Diagnostics,
    });
  }

  send(...chunks: readonly LogChunk[]): Promise<unknown> {
    return this.sluice.call("PutHostLogs", { hostIdentifier: this.hostIdentifier, chunks });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sluice.close();
    this.commands.close();
  }
}

export function outputOf(hostCommandIdentifier: string, sequence: number, text: string): LogChunk {
  return { hostCommandIdentifier, sequence, at: new Date(), stream: "stdout", scriptName: "start.sh", text };
}
