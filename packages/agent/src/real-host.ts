import { connectionAgent, type TlsTrust } from "@sluice/wire/client/connection-agent.ts";
import { proxyOfAgent } from "./host/agent-proxy.ts";
import { withheldNames } from "./host/hooks/script-environment.ts";
import type { Host } from "./host/host.ts";
import { completeHostConfig, type HostConfigInput, type HostLogger } from "./host/host-config.ts";
import type { LifecycleHost } from "./host/lifecycle-host.ts";
import type { Enrolment } from "./identity/enrolment-files.ts";
import type { AgentLog, LogFields } from "./process/agent-log.ts";

/**
 * This machine, set up as its agent.json says. What unpacks and installs is loaded with the first command, so that an agent that has
 * nothing to do stays small; the settings are checked at once.
 */
export function createRealHost(enrolment: Enrolment, tls: TlsTrust, directory: string, log: AgentLog): LifecycleHost {
  const config = hostConfig(enrolment, tls);
  const { scriptEnvironment } = completeHostConfig(config);
  const withheld = withheldNames(process.env, scriptEnvironment);
  if (withheld.length > 0) {
    log.info(
      "scripts do not get these variables of the agent's environment; name those that they need in scriptEnvironment of agent.json",
      {
        setting: "host.scriptEnvironment",
        variables: withheld.join(" "),
      },
    );
  }
  let loading: Promise<Host> | undefined;
  const load = () => {
    loading ??= import("./host/host.ts")
      .then(({ createHost }) => {
        const host = createHost({ directory, logger: asHostLogger(log), config });
        host.sweepOnStart();
        return host;
      })
      .catch((error: unknown) => {
        // What stood in the way (a disk that was full) may be gone when the next command comes.
        loading = undefined;
        throw error;
      });
    return loading;
  };
  return {
    isNoop: async (command) => (await load()).isNoop(command),
    run: async (command, sink, signal) => (await load()).run(command, sink, signal),
    afterFailure: async (failed, sink, signal) => (await load()).afterFailure(failed, sink, signal),
  };
}

function hostConfig(enrolment: Enrolment, tls: TlsTrust): HostConfigInput {
  return { ...enrolment.host, ...bundleTrust(enrolment, tls) };
}

/** Presigned URLs that lead back to our own server: it is trusted exactly as for everything else. */
function bundleTrust({ server, host }: Enrolment, tls: TlsTrust): HostConfigInput {
  const trustedOrigins = [new URL(server).origin];
  if (!server.startsWith("https:")) return { trustedOrigins };
  const proxy = proxyOfAgent(server, host);
  return { trustedOrigins, bundleTls: { agent: connectionAgent("https:", tls, proxy?.url) } };
}

/** The host's fields hold an error and plain values; the error's words are in the message already. */
function asHostLogger(log: AgentLog): HostLogger {
  return {
    info: (fields, message) => log.info(message, plain(fields)),
    warn: (fields, message) => log.warn(message, plain(fields)),
    error: (fields, message) => log.error(message, plain(fields)),
  };
}

function plain(fields: object): LogFields {
  const isPlain = ([, value]: [string, unknown]) => ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(Object.entries(fields).filter(isPlain)) as LogFields;
}
