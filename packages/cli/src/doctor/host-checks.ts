import { lookup } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Enrolment } from "@sluice/agent/identity/enrolment-files.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { AWS_AGENT_DIRECTORY, awsAgentBeside } from "../agent-service/aws-agent-beside.ts";
import { packageUnit, UNIT_FILE } from "../agent-service/places.ts";
import { type Check, ok, warning, wrong } from "./check.ts";

/** The server's name, as this host resolves it. An address needs nobody, and through a proxy the proxy resolves it. */
export async function nameCheck({ server, host }: Pick<Enrolment, "server" | "host">): Promise<Check | undefined> {
  if (await isProxied(server, host)) return undefined;
  const name = new URL(server).hostname.replaceAll(/[[\]]/g, "");
  if (isIP(name) !== 0) return undefined;
  try {
    const { address } = await lookup(name);
    return ok("name", `${name} is ${address}`);
  } catch (error) {
    return wrong(
      "name",
      `${name} cannot be resolved here (${reasonOf(error)}). Look at the resolver: getent hosts ${name}; cat /etc/resolv.conf`,
    );
  }
}

async function isProxied(server: string, host: Enrolment["host"]): Promise<boolean> {
  const { proxyOfAgent } = await import("@sluice/agent/host/agent-proxy.ts");
  try {
    return proxyOfAgent(server, host) !== undefined;
  } catch {
    return false; // the check of the proxy says what is wrong with it
  }
}

/** Through what the agent reaches its server. @returns undefined: directly, and nothing says otherwise */
export async function proxyCheck({ server, host }: Pick<Enrolment, "server" | "host">): Promise<Check | undefined> {
  const { passedOverProxy, proxyOfAgent } = await import("@sluice/agent/host/agent-proxy.ts");
  try {
    const proxy = proxyOfAgent(server, host);
    const passedOver = passedOverProxy(server, host);
    if (passedOver !== undefined) return warning("proxy", `the server is reached directly, because ${passedOver}`);
    const where = host?.proxy === undefined ? "the environment of this shell" : "agent.json";
    return proxy && ok("proxy", `${proxy.name}, from ${where}`);
  } catch (error) {
    return wrong("proxy", `${reasonOf(error)} Correct host.proxy in agent.json`);
  }
}

/** Whether the server takes the host's key. */
export async function keyCheck(enrolment: Enrolment, directory: string): Promise<Check> {
  const { askWithKey } = await import("@sluice/agent/protocol/host-calls.ts");
  const answer = await askWithKey(enrolment, directory);
  const { accessKeyId } = enrolment.credentials;
  switch (answer.outcome) {
    case "accepted":
      return ok("key", `the server accepts this host's key ${accessKeyId}`);
    case "refused":
      return wrong("key", `the server refuses this host's key ${accessKeyId}: ${answer.problem}`);
    case "unreachable":
      return warning("key", `not tried, because ${answer.problem}`);
    default:
      return answer satisfies never;
  }
}

/** Two agents that deploy to one host install over each other. */
export function awsAgentCheck({ processes = "/proc", installed = AWS_AGENT_DIRECTORY } = {}): Check {
  const beside = awsAgentBeside(processes);
  if (beside !== undefined) return warning("AWS agent", beside);
  if (existsSync(installed)) {
    return ok("AWS agent", `it is installed in ${installed}, and does not run`);
  }
  return ok("AWS agent", "there is none on this host");
}

/** Which program the supervisor starts, and how its last upgrade went. */
export async function programCheck(directory: string): Promise<Check> {
  const { PROGRAMS_DIRECTORY, UPGRADE_FILES } = await import("@sluice/agent/supervision/programs.ts");
  const current = join(PROGRAMS_DIRECTORY, "current");
  if (!existsSync(current)) {
    if (packageUnit() !== undefined) return ok("program", "that of the Debian package, by which it is upgraded");
    return warning(
      "program",
      `the agent was not installed by \`sluice agent install\`, so the server cannot upgrade it (${current} does not exist)`,
    );
  }
  const restored = join(directory, UPGRADE_FILES.restored);
  if (existsSync(restored)) {
    const reason = readFileSync(restored, "utf8").trim();
    return warning("program", `${current}; the previous version runs again after an upgrade: ${reason}`);
  }
  return ok("program", current);
}

/** Two agents of Sluice's on one host have one name, so only one of them runs. @returns undefined: there is one at most */
export function unitCheck({ joined = UNIT_FILE, ofPackage = packageUnit() } = {}): Check | undefined {
  if (ofPackage === undefined || !existsSync(joined)) return undefined;
  return warning(
    "unit",
    `${joined} takes the place of the Debian package's ${ofPackage}: what runs is the agent that joined by the server's line, which the server upgrades, and not the package. To go back to the package's agent: sluice agent uninstall, then sluice agent enroll`,
  );
}
