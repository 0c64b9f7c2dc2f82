import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { createServiceClient } from "@sluice/wire/client/service-client.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import type { SluiceOperations } from "@sluice/wire/sluice/sluice-operations.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { proxyOfAgent } from "../host/agent-proxy.ts";
import { AGENT_VERSION } from "../identity/agent-version.ts";
import { type Enrolment, readEnrolment } from "../identity/enrolment-files.ts";
import { trustIn } from "../identity/server-pins.ts";
import { describeFailure } from "../process/agent-log.ts";
import { connectToServer } from "./connect-to-server.ts";
import { cureOfRefusal, ServerRefusal } from "./host-server.ts";

const QUIET = { info: () => {}, warn: () => {} };
const RETIRE_PATIENCE_MILLISECONDS = 15_000;

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
    return { outcome: "refused", problem: `${error.message} (${error.code}). ${cureOfRefusal(error)}` };
  } finally {
    server.close();
  }
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
    const enrolment = readEnrolment(directory);
    const { server, region, credentials, hostId, host } = enrolment;
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
      await sluice.call("RemoveHost", { host: hostId }, { timeoutMs: RETIRE_PATIENCE_MILLISECONDS });
      return undefined;
    } finally {
      connections.destroy();
    }
  } catch (error) {
    return describeFailure(error);
  }
}
