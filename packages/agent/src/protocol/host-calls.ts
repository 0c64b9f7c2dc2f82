import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { createServiceClient, type ServiceClient } from "@sluice/wire/client/service-client.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import type { SluiceOperations } from "@sluice/wire/sluice/sluice-operations.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { proxyOfAgent } from "../host/agent-proxy.ts";
import { AGENT_VERSION } from "../identity/agent-version.ts";
import { type Enrolment, prepareDirectory, readEnrolment, replaceCredentials } from "../identity/enrolment-files.ts";
import { trustIn } from "../identity/server-pins.ts";
import { describeFailure } from "../process/agent-log.ts";
import { connectToServer } from "./connect-to-server.ts";
import { cureOfRefusal, ServerRefusal } from "./host-server.ts";

const QUIET = { info: () => {}, warn: () => {} };
const UNKNOWN_KEY = "UnrecognizedClientException";
const PATIENT = { timeoutMs: 15_000 };
/** In which an agent that stands still, or hangs on to a connection, may go on with the old one. */
const KEEP_OLD_KEY_SECONDS = 60 * 60;

/** Whether the server takes the host's key, asked without an agent. */
export type KeyAnswer =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "refused" | "unreachable"; readonly problem: string };

/** Sends no output, which changes nothing, and hears what the server says of the signature. */
export async function askWithKey(enrolment: Enrolment, directory: string): Promise<KeyAnswer> {
  // A check leaves no file in a directory that may be another user's.
  const trust = trustIn(enrolment, directory, QUIET, { isStored: false });
  const server = connectToServer(enrolment, trust, QUIET);
  try {
    await server.putLogs([]);
    return { outcome: "accepted" };
  } catch (error) {
    if (!(error instanceof ServerRefusal)) return { outcome: "unreachable", problem: describeFailure(error) };
    return { outcome: "refused", problem: refusalWords(error) };
  } finally {
    server.close();
  }
}

/** With what to do, once: of a key that it does not know the server says what keys of people need. */
function refusalWords(error: ServerRefusal): string {
  const cure = cureOfRefusal(error);
  return error.code === UNKNOWN_KEY ? `${cure} (${error.code})` : `${error.message} (${error.code}). ${cure}`;
}

/**
 * Why the enrolment in a directory cannot be used at that server; undefined when it can, and also when nobody answers: a server that is away does not make it
 * a bad one.
 * @param server absent: its own
 */
export async function enrolmentTrouble(directory: string, server: string | undefined): Promise<string | undefined> {
  let enrolment: Enrolment;
  try {
    enrolment = readEnrolment(directory);
  } catch (error) {
    return describeFailure(error);
  }
  if (server !== undefined && server.replace(/\/+$/, "") !== enrolment.server) {
    return `this host is enrolled at another server, ${enrolment.server}`;
  }
  const answer = await askWithKey(enrolment, directory);
  return answer.outcome === "refused" ? answer.problem : undefined;
}

/** Takes this host off its server, by its own key. @returns why the server still lists it; undefined when it does not */
export async function retireHost(directory: string): Promise<string | undefined> {
  try {
    await ownCall(directory, ({ hostId }, sluice) => sluice.call("RemoveHost", { host: hostId }, PATIENT));
    return undefined;
  } catch (error) {
    return describeFailure(error);
  }
}

/** Gets a new key for this host by its old one, which stays good for a while, and stores it. A running agent takes it up within seconds. */
export async function rotateHostKey(directory: string): Promise<{ readonly accessKeyId: string }> {
  return ownCall(directory, async (enrolment, sluice) => {
    const { accessKeyId } = enrolment.credentials;
    // A key that cannot be stored would cost the host its server: the old one is not replaced twice.
    prepareDirectory(directory);
    const answer = await sluice.call("RotateAccessKey", { accessKeyId, keepOldSeconds: KEEP_OLD_KEY_SECONDS }, PATIENT);
    const credentials = { accessKeyId: answer.accessKey.accessKeyId, secretAccessKey: answer.secretAccessKey };
    replaceCredentials(directory, credentials);
    return { accessKeyId: credentials.accessKeyId };
  });
}

async function ownCall<T>(
  directory: string,
  act: (enrolment: Enrolment, sluice: ServiceClient<SluiceOperations>) => Promise<T>,
): Promise<T> {
  const enrolment = readEnrolment(directory);
  const { server, region, credentials, host } = enrolment;
  const trust = trustIn(enrolment, directory, QUIET, { isStored: false });
  const connections = agentFor(server, trust, proxyOfAgent(server, host)?.url);
  const sluice = createServiceClient<SluiceOperations>({
    endpoint: server,
    connections,
    region,
    credentials,
    userAgent: `sluice-agent/${AGENT_VERSION}`,
    table: SLUICE_TABLE,
    targetPrefix: SLUICE_TARGET_PREFIX,
    signingName: SLUICE_SIGNING_NAME,
  });
  try {
    return await act(enrolment, sluice);
  } finally {
    connections.destroy();
  }
}
