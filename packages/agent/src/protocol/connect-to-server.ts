import type { Agent as HttpsAgent } from "node:https";
import { agentFor, type TlsTrust } from "@sluice/wire/client/connection-agent.ts";
import { CorrectedClock } from "@sluice/wire/client/corrected-clock.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { createServiceClient } from "@sluice/wire/client/service-client.ts";
import {
  COMMAND_SIGNING_NAMES,
  COMMAND_TARGET_PREFIXES,
  type CommandOperations,
  type Envelope,
} from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import type { SluiceOperations } from "@sluice/wire/sluice/sluice-operations.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { passedOverProxy, proxyOfAgent } from "../host/agent-proxy.ts";
import { AGENT_VERSION, AGENT_VERSION_HEADER } from "../identity/agent-version.ts";
import type { Enrolment } from "../identity/enrolment-files.ts";
import type { AgentLog } from "../process/agent-log.ts";
import { type HostServer, ServerRefusal } from "./host-server.ts";

/** The server holds a poll for 20 s; well beyond that without an answer means that the connection is dead. */
export const POLL_TIMEOUT_MILLISECONDS = 30_000;
/**
 * Below the interval of heartbeats, and well below the 15 s after which the server calls a host silent: one that hangs must leave time
 * for two others.
 */
export const HEARTBEAT_TIMEOUT_MILLISECONDS = 4_000;
/** Of a report: what the server does for it is done in milliseconds, and asking again changes nothing. */
export const REPORT_TIMEOUT_MILLISECONDS = 15_000;
/** The server may have to look for the bundle, or to store much output. */
export const REQUEST_TIMEOUT_MILLISECONDS = 30_000;
const HTTP_SERVER_ERRORS = 500;
/** Errors that say "later", with a 4xx status. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set(["ThrottlingException", "ServerException", "RequestTimeout"]);

export interface ServerConnection extends HostServer {
  /** By the server's clock, where this host's is wrong. */
  now(): Date;
  readonly connections: Pick<HttpsAgent, "options">;
  /** Closes the connections; calls under way fail. */
  close(): void;
}

/** The host's own view of its server: requests signed with the key that it got at enrolment. */
export function connectToServer(
  enrolment: Enrolment,
  tls: TlsTrust,
  log: Pick<AgentLog, "warn" | "info">,
): ServerConnection {
  const { hostIdentifier } = enrolment;
  // One pool for both services: the connection that carries the heartbeats is there when a command comes, and a fleet that gets its
  // commands at once does not knock at the server's door at once, which Node opens for one connection at a time.
  const proxy = proxyOfAgent(enrolment.server, enrolment.host);
  if (proxy !== undefined) log.info("the agent connects to its server through a proxy", { proxy: proxy.name });
  const passedOver = passedOverProxy(enrolment.server, enrolment.host);
  if (passedOver !== undefined) log.warn(`the agent connects to its server directly, because ${passedOver}`);
  const connections = agentFor(enrolment.server, tls, proxy?.url);
  const clock = new CorrectedClock((secondsAhead) => {
    if (secondsAhead === 0) log.info("this host's clock is correct again");
    else {
      const where = `${Math.abs(secondsAhead)} s ${secondsAhead > 0 ? "ahead of" : "behind"} the server's`;
      log.warn(
        `this host's clock is ${where}; the agent uses the server's time. Correct the wrong clock: timedatectl set-ntp true`,
      );
    }
  });
  const connection = {
    clock,
    endpoint: enrolment.server,
    connections,
    region: enrolment.region,
    credentials: enrolment.credentials,
    headers: { [AGENT_VERSION_HEADER]: AGENT_VERSION },
    userAgent: `sluice-agent/${AGENT_VERSION}`,
  };
  // Not by `clients.ts`, which also brings CodeDeploy's own table: 1 MB that an idle agent would carry for nothing.
  const commands = createServiceClient<CommandOperations>({
    ...connection,
    table: COMMAND_TABLE,
    targetPrefix: COMMAND_TARGET_PREFIXES[0],
    signingName: COMMAND_SIGNING_NAMES[0],
  });
  const sluice = createServiceClient<SluiceOperations>({
    ...connection,
    table: SLUICE_TABLE,
    targetPrefix: SLUICE_TARGET_PREFIX,
    signingName: SLUICE_SIGNING_NAME,
  });
  const timeoutMs = REQUEST_TIMEOUT_MILLISECONDS;

  return {
    async pollHostCommand(signal, waitSeconds) {
      const options = { signal, timeoutMs: POLL_TIMEOUT_MILLISECONDS };
      const input = { HostIdentifier: hostIdentifier, ...(waitSeconds !== undefined && { WaitSeconds: waitSeconds }) };
      const polled = commands.call("PollHostCommand", input, options);
      return (await orRefusal(polled)).HostCommand;
    },
    getDeploymentSpecification(executionId, signal) {
      const input = { DeploymentExecutionId: executionId, HostIdentifier: hostIdentifier };
      return orRefusal(commands.call("GetDeploymentSpecification", input, { signal, timeoutMs }));
    },
    async acknowledge(commandId, isNoop, signal) {
      const input = { HostCommandIdentifier: commandId, Diagnostics: asJson({ IsCommandNoop: isNoop }) };
      const acknowledged = commands.call("PutHostCommandAcknowledgement", input, {
        signal,
        timeoutMs: REPORT_TIMEOUT_MILLISECONDS,
      });
      return (await orRefusal(acknowledged)).CommandStatus;
    },
    async complete(input, signal) {
      const options = { signal, timeoutMs: REPORT_TIMEOUT_MILLISECONDS };
      return (await orRefusal(commands.call("PutHostCommandComplete", input, options))).NextCommand;
    },
    async heartbeat({ goodbye, ...said }, signal) {
      const { secondsAhead } = clock;
      const input = {
        hostIdentifier,
        ...said,
        agentVersion: AGENT_VERSION,
        ...(secondsAhead === 0 ? {} : { clockOffsetSeconds: secondsAhead }),
        ...(goodbye ? { goodbye } : {}),
      };
      const options = { signal, timeoutMs: HEARTBEAT_TIMEOUT_MILLISECONDS };
      const answer = await orRefusal(sluice.call("HostHeartbeat", input, options));
      const { intervalSeconds, agentOffer: offer, isAgentUpgradeHeard: isUpgradeHeard = false } = answer;
      return { intervalSeconds, offer, isUpgradeHeard };
    },
    async downloadProgram(offer, signal) {
      const { downloadProgram } = await import("./download-program.ts");
      return downloadProgram(offer, { ...connection, signal });
    },
    now: () => clock.now(),
    async putLogs(chunks, signal) {
      await orRefusal(sluice.call("PutHostLogs", { hostIdentifier, chunks }, { signal, timeoutMs }));
    },
    connections: connections as unknown as HttpsAgent,
    close() {
      connections.destroy();
    },
  };
}

export function asJson(payload: object): Envelope {
  return { Format: "JSON", Payload: JSON.stringify(payload) };
}

async function orRefusal<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const isRefusal =
      error instanceof ServiceError && error.statusCode < HTTP_SERVER_ERRORS && !TRANSIENT_CODES.has(error.code);
    throw isRefusal ? new ServerRefusal(error.code, error.message, { cause: error }) : error;
  }
}
