import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import {
  createSigningCertificate,
  loadSigningKey,
  type SigningCertificate,
  type SpecificationSigningKey,
  signSpecification,
} from "@sluice/server/signing/specification-envelope.ts";

export const HOST_IDENTIFIER = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";
const POLL_HOLD_MILLISECONDS = 5_000;
/** Sooner than the real server makes an offer again that nobody acknowledged. */
export const SOON_MILLISECONDS = 150;

type Operation =
  | "PollHostCommand"
  | "GetDeploymentSpecification"
  | "PutHostCommandAcknowledgement"
  | "PutHostCommandComplete"
  | "HostHeartbeat"
  | "PutHostLogs"
  | "EnrolHost";

// biome-ignore lint/suspicious/noExplicitAny: wire JSON of every operation, looked into by tests
type Fields = any;

export interface ReceivedCall {
  readonly operation: Operation;
  readonly input: Fields;
}

export interface Completion {
  readonly commandId: string;
  readonly status: string;
  readonly diagnostics: { error_code: number; script_name: string; message: string; log: string };
}

interface Command {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  status: "available" | "acknowledged" | "completed";
  offeredAt: number;
}

/** What a test does with a request in place of the usual answer; `undefined` leaves it to the usual one. */
type Fault =
  | "lose-request"
  | "lose-answer"
  | { readonly status: number; readonly code: string; readonly message?: string };

/** CodeDeployCommand and Sluice's own host operations, unsigned, with the faults that a network and a server have. */
export class FakeCommandServer {
  readonly calls: ReceivedCall[] = [];
  readonly completions: Completion[] = [];
  readonly certificate: SigningCertificate;
  /** Decides per request. */
  fault: (call: ReceivedCall) => Fault | undefined = () => undefined;
  /** The envelope's payload for a specification; tests of attacks replace it. */
  sign: (json: string) => Promise<string>;
  acknowledgementAnswer = "InProgress";
  /** Whether the next command comes with the answer to a report, for an agent that takes it. A server of before does not know of it. */
  givesNext = false;
  /**
   * After this time an offer that nobody acknowledged is made again, where a test loses offers. Elsewhere never: on a busy machine an
   * acknowledgement and the next offer would cross, and the agent would say a second time how the event ended.
   */
  reofferMs = Number.POSITIVE_INFINITY;
  enrolAnswer: Fields = {};
  /** Beside the interval. */
  heartbeatAnswer: object = {};

  readonly #key: SpecificationSigningKey;
  readonly #commands: Command[] = [];
  readonly #specifications = new Map<string, Partial<DeploymentSpecification>>();
  readonly #sockets = new Set<Socket>();
  readonly #wakes = new Set<() => void>();
  /** What came with the answer to the completion of which command. */
  readonly #given = new Map<string, Command>();
  #server: Server | undefined;
  #port = 0;

  private constructor(certificate: SigningCertificate, key: SpecificationSigningKey) {
    this.certificate = certificate;
    this.#key = key;
    this.sign = (json) => signSpecification(json, this.#key);
  }

  static async start(): Promise<FakeCommandServer> {
    const certificate = await createSigningCertificate();
    const fake = new FakeCommandServer(certificate, await loadSigningKey(certificate));
    await fake.listen();
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the port of the first time, so that an agent that lost its server finds it again. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async goAway(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Makes commands of a deployment available, the next when the one before has completed. */
  deploy(
    deploymentId: string,
    events: readonly string[],
    { groupId = "group-1", specification = {} as Partial<DeploymentSpecification> } = {},
  ): void {
    const executionId = `111122223333/app/group/${deploymentId}`;
    this.#specifications.set(executionId, { DeploymentGroupId: groupId, ...specification });
    for (const name of events) this.offer(`${deploymentId}:${name}`, executionId, name);
  }

  offer(id: string, executionId: string, name: string): void {
    this.#commands.push({ id, executionId, name, status: "available", offeredAt: 0 });
    this.#wake();
  }

  /** As a server does that was restored from a backup: it has forgotten that the command was acknowledged or completed. */
  forgetProgress(commandId: string): void {
    for (const command of this.#commands) {
      if (command.id === commandId) Object.assign(command, { status: "available", offeredAt: 0 });
    }
    this.#wake();
  }

  callsOf(operation: Operation): readonly ReceivedCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  completionsOf(commandId: string): readonly Completion[] {
    return this.completions.filter((completion) => completion.commandId === commandId);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    // Of a caller that went away only a part has come, or nothing.
    if (!request.complete || chunks.length === 0) return void response.destroy();
    const operation = String(request.headers["x-amz-target"]).split(".")[1] as Operation;
    const call: ReceivedCall = { operation, input: JSON.parse(Buffer.concat(chunks).toString()) };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault === "lose-request") return void response.destroy();
    if (typeof fault === "object") {
      const { status, code, message = "no" } = fault;
      response.writeHead(status).end(JSON.stringify({ __type: code, message }));
      return;
    }
    const answer = await this.#answer(call, response);
    if (fault === "lose-answer") return void response.destroy();
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  }

  async #answer({ operation, input }: ReceivedCall, response: ServerResponse): Promise<object> {
    switch (operation) {
      case "PollHostCommand":
        return this.#poll(response);
      case "GetDeploymentSpecification":
        return this.#specification(input.DeploymentExecutionId);
      case "PutHostCommandAcknowledgement":
        return this.#acknowledge(input.HostCommandIdentifier);
      case "PutHostCommandComplete":
        return this.#complete(input);
      case "HostHeartbeat":
        return { intervalSeconds: 1, ...this.heartbeatAnswer };
      case "PutHostLogs":
        return {};
      case "EnrolHost":
        return this.enrolAnswer;
    }
  }

  async #poll(response: ServerResponse): Promise<object> {
    const deadline = performance.now() + POLL_HOLD_MILLISECONDS;
    while (!response.destroyed && performance.now() < deadline) {
      const command = this.#nextCommand();
      if (command !== undefined) {
        command.offeredAt = performance.now();
        return {
          HostCommand: {
            HostCommandIdentifier: command.id,
            HostIdentifier: HOST_IDENTIFIER,
            DeploymentExecutionId: command.executionId,
            CommandName: command.name,
          },
        };
      }
      await this.#change(Math.min(this.reofferMs, POLL_HOLD_MILLISECONDS));
    }
    return {};
  }

  #nextCommand(): Command | undefined {
    const now = performance.now();
    return this.#commands.find((command, index) => {
      const isFree = command.offeredAt === 0 || now - command.offeredAt > this.reofferMs;
      const isFirst = !this.#commands
        .slice(0, index)
        .some((earlier) => earlier.executionId === command.executionId && earlier.status !== "completed");
      return command.status === "available" && isFree && isFirst;
    });
  }

  async #specification(executionId: string): Promise<object> {
    const specification = {
      DeploymentId: executionId.split("/").at(-1),
      DeploymentGroupId: "group-1",
      DeploymentGroupName: "group",
      ApplicationName: "app",
      Revision: { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k", BundleType: "zip" } },
      ...this.#specifications.get(executionId),
    };
    const payload = await this.sign(JSON.stringify(specification));
    return {
      DeploymentSystem: "CodeDeploy",
      DeploymentSpecification: { GenericEnvelope: { Format: "PKCS7/JSON", Payload: payload } },
      BundleUrl: `${this.url}/bundle?asked=${this.calls.length}`,
    };
  }

  #acknowledge(commandId: string): object {
    const command = this.#commands.find(({ id }) => id === commandId);
    if (command?.status === "available") command.status = "acknowledged";
    return { CommandStatus: this.acknowledgementAnswer };
  }

  #complete(input: Fields): object {
    this.completions.push({
      commandId: input.HostCommandIdentifier,
      status: input.CommandStatus,
      diagnostics: JSON.parse(input.Diagnostics.Payload),
    });
    const command = this.#commands.find(({ id }) => id === input.HostCommandIdentifier);
    const isFirst = command?.status !== "completed";
    if (command) command.status = "completed";
    const next = command && input.TakesNextCommand === true ? this.#nextWith(command, isFirst) : undefined;
    this.#wake();
    return next === undefined ? {} : { NextCommand: next };
  }

  /** Said again, a completion gets the same answer for as long as the command that came with it is under way. */
  #nextWith(command: Command, isFirst: boolean): object | undefined {
    if (!this.givesNext) return undefined;
    const later = this.#commands.slice(this.#commands.indexOf(command) + 1);
    const following = later.find(({ executionId }) => executionId === command.executionId);
    if (isFirst && following?.status === "available") {
      following.status = "acknowledged";
      this.#given.set(command.id, following);
    }
    const given = this.#given.get(command.id);
    if (given?.status !== "acknowledged") return undefined;
    const { id, executionId, name } = given;
    return { HostCommandIdentifier: id, DeploymentExecutionId: executionId, CommandName: name };
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }

  #change(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(end, maxMs);
      this.#wakes.add(end);
    });
  }
}
