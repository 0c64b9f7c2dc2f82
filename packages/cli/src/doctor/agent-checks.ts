import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Enrolment } from "@sluice/agent/identity/enrolment-files.ts";
import type { AgentStatus } from "@sluice/agent/status.ts";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import { LOG_FILE, packageUnit, UNIT_FILE, UNIT_NAME } from "../agent-service/places.ts";
import { describeError } from "../command-failed.ts";
import { namingUnreadable } from "../files/file-trouble.ts";
import { type Check, ok, warning, wrong } from "./check.ts";
import { clockCheck } from "./client-checks.ts";
import { diskCheck } from "./disk-check.ts";
import { awsAgentCheck, keyCheck, nameCheck, programCheck, proxyCheck, unitCheck } from "./host-checks.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 10_000;

/** The agent of this host: its enrolment, whether it runs and is heard, its server as it is reached from here, and its directory. */
export async function agentChecks(directory: string): Promise<Check[]> {
  const { readAgentStatus } = await import("@sluice/agent/status.ts");
  const { whoElseMayChange } = await import("@sluice/agent/host/who-else-may-change.ts");
  let status: AgentStatus;
  try {
    status = await readAgentStatus(directory);
  } catch (error) {
    return [wrong("enrolment", describeError(namingUnreadable(error, directory)))];
  }
  if (!status.enrolled) {
    return [
      wrong(
        "enrolment",
        `${directory} contains no enrolment. Join this host with the line that this prints on the server: sluice token create`,
      ),
    ];
  }
  const problem = whoElseMayChange(directory);
  const { readEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
  const enrolment = readEnrolment(directory);
  const key = await keyCheck(enrolment, directory);
  return [
    ok("enrolment", `${status.hostName} (${status.hostId}), host of ${status.server}`),
    runningCheck(directory, status, key),
    await programCheck(directory),
    ...present(unitCheck()),
    ...present(await nameCheck(enrolment), await proxyCheck(enrolment)),
    ...(await serverFromHere(enrolment, directory)),
    key,
    awsAgentCheck(),
    problem === undefined
      ? ok("directory", `only its owner can change ${directory}`)
      : wrong("directory", `users of this host can make the agent run their scripts: ${problem}`),
    await archivesCheck(directory),
    await diskCheck(directory),
  ];
}

function present(...checks: readonly (Check | undefined)[]): readonly Check[] {
  return checks.filter((check) => check !== undefined);
}

/** @param key what became of the same key just now: a refusal is told once, with its cure */
export function runningCheck(directory: string, { running }: Pick<AgentStatus, "running">, key: Check): Check {
  if (running === undefined) return wrong("agent", `it is not running. ${howToStart(directory)}`);
  if (running.processId === undefined) {
    return wrong(
      "agent",
      `the process that has ${directory}/agent.sock open does not answer. Is the agent suspended (kill -CONT)?`,
    );
  }
  if (running.lastFailure !== undefined) {
    const problem =
      key.outcome === "wrong" ? "the server refuses its key" : `the server does not answer: ${running.lastFailure}`;
    return wrong("agent", `process ${running.processId} runs, and ${problem}`);
  }
  const holds = running.heldCommands.map(({ event, deploymentId }) => `${event} of ${deploymentId}`);
  return ok("agent", `process ${running.processId}${holds.length === 0 ? "" : `, working on ${holds.join(", ")}`}`);
}

function howToStart(directory: string): string {
  if (existsSync(UNIT_FILE) || packageUnit() !== undefined) {
    return `Start it: systemctl start ${UNIT_NAME}. If it ends again, its log says why: journalctl -u ${UNIT_NAME} -n 30`;
  }
  if (existsSync(LOG_FILE)) return `Start it: sluice agent install. Its log says why it ended: tail -n 30 ${LOG_FILE}`;
  return `Start it: sluice agent run --data ${directory}`;
}

/** By the same trust as the agent's, its pinned certificates, and through the same proxy. */
async function serverFromHere(enrolment: Enrolment, directory: string): Promise<Check[]> {
  try {
    const { trustIn } = await import("@sluice/agent/identity/server-pins.ts");
    const { proxyOfAgent } = await import("@sluice/agent/host/agent-proxy.ts");
    const log = { info: () => {}, warn: () => {} };
    // A check that root runs leaves no file in a directory that may be another user's.
    const trust = trustIn(enrolment, directory, log, { isStored: false });
    const agent = agentFor(enrolment.server, trust, proxyOfAgent(enrolment.server, enrolment.host)?.url);
    try {
      const call = { method: "GET", headers: {}, agent, timeoutMs: ANSWER_TIMEOUT_MILLISECONDS };
      const answer = await exchange({ ...call, url: `${enrolment.server}/healthz` });
      answer.resume();
      const whose = enrolment.serverFingerprints.length > 0 ? "the pinned one" : "one that this host trusts";
      const pinned = enrolment.server.startsWith("https:") ? `, and its certificate is ${whose}` : "";
      return [
        ok("server", `${enrolment.server} is reached from here${pinned}`),
        clockCheck(answer.headers.date, Date.now(), "agent"),
      ];
    } finally {
      agent.destroy();
    }
  } catch (error) {
    return [wrong("server", describeError(error))];
  }
}

async function archivesCheck(directory: string): Promise<Check> {
  try {
    return ok("archives", `${formatBytes(await sizeOf(directory))} in ${directory}, old revisions included`);
  } catch (error) {
    return warning("archives", describeError(error));
  }
}

/** Follows no links: the directory may be another user's. */
async function sizeOf(path: string): Promise<number> {
  const stats = await lstat(path);
  if (!stats.isDirectory()) return stats.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await sizeOf(join(path, name)).catch(() => 0);
  return bytes;
}
