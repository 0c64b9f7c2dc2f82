import type {
  CommandStatus,
  GetDeploymentSpecificationOutput,
  HostCommand,
  NextCommand,
  PutHostCommandCompleteInput,
} from "@sluice/wire/command/command-api.ts";
import type { AgentProgramOffer, SignedAgentOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { LogChunk } from "@sluice/wire/sluice/sluice-api.ts";
import type { AgentSaying } from "../upgrade/upgrade-parts.ts";

/**
 * What the agent asks of its server, on behalf of one host. Every call fails with a {@link ServerRefusal} when the server answered
 * and said no, and with any other error when there was no usable answer (then it may or may not have happened: ask again).
 */
export interface HostServer {
  /** Held open by the server, up to 20 s or so many seconds, until there is a command. */
  pollHostCommand(signal: AbortSignal, waitSeconds?: number): Promise<HostCommand | undefined>;
  getDeploymentSpecification(executionId: string, signal?: AbortSignal): Promise<GetDeploymentSpecificationOutput>;
  acknowledge(commandId: string, isNoop: boolean, signal?: AbortSignal): Promise<CommandStatus>;
  /** With what this host has acknowledged by the answer, if it asked for it (`TakesNextCommand`) and there is something. */
  complete(input: PutHostCommandCompleteInput, signal?: AbortSignal): Promise<NextCommand | undefined>;
  heartbeat(beat: Heartbeat, signal?: AbortSignal): Promise<HeartbeatAnswer>;
  /** The bytes of the program that the server offered. */
  downloadProgram(offer: AgentProgramOffer, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
  putLogs(chunks: readonly LogChunk[], signal?: AbortSignal): Promise<void>;
}

export interface Heartbeat extends AgentSaying {
  /** Those that are acknowledged. */
  readonly heldCommands: readonly string[];
  readonly goodbye?: boolean | undefined;
}

export interface HeartbeatAnswer {
  /** Until the next one. */
  readonly intervalSeconds: number;
  readonly offer: SignedAgentOffer | undefined;
  /** What it said of an upgrade was written down. */
  readonly isUpgradeHeard: boolean;
}

/** The server answered with an error of the caller's (4xx, not throttling): asking the same again is of no use by itself. */
export class ServerRefusal extends Error {
  readonly code: string;
  /** The host's key or signature was refused: nothing will work until the host is enrolled again or the clock is set. */
  readonly isIdentityRefused: boolean;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServerRefusal";
    this.code = code;
    this.isIdentityRefused = IDENTITY_CODES.has(code);
  }
}

const IDENTITY_CODES: ReadonlySet<string> = new Set([
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "IncompleteSignatureException",
  "MissingAuthenticationTokenException",
  "InvalidClientTokenId",
  "SignatureDoesNotMatch",
  "RequestExpired",
  "AccessDeniedException",
]);

/** What the operator of the host has to do about a refused identity. */
export function cureOfRefusal(refusal: ServerRefusal): string {
  if (refusal.code === "RequestExpired" || refusal.code === "InvalidSignatureException") {
    return "Check this host's clock (timedatectl): it can differ from the server's by a few minutes at most. If the clock is correct, enrol the host again: `sluice agent enroll --force` on this host with a new token, then restart the agent.";
  }
  return "The server does not know this host's key. If the host was removed, or the server is new, enrol the host again: run the line that `sluice token create` prints on the server, or `sluice agent enroll --force` with a new token.";
}
