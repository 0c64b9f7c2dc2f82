import { text } from "node:stream/consumers";
import { formatElapsed } from "@sluice/model/elapsed.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import { connectionTo, type Connection as ServerConnection } from "@sluice/wire/config/connection.ts";
import { AWS_CLI_MINIMUM, awsCliOnPath } from "../aws/aws-cli.ts";
import { describeError } from "../command-failed.ts";
import { listHosts } from "../place/listings.ts";
import { type Connection, namingServer } from "../place/server-connection.ts";
import type { ServerPlace } from "../place/server-place.ts";
import { type Check, ok, warning, wrong } from "./check.ts";

const ANSWER_TIMEOUT_MILLISECONDS = 10_000;
const HTTP_OK = 200;
/** Signatures are refused from five minutes on (verify.ts). */
const MAX_CLOCK_OFFSET_SECONDS = 300;
/** The Date header counts whole seconds, and the answer takes a moment. */
const CLOCK_OFFSET_IGNORED_SECONDS = 5;

/** What the server says before anybody is asked for a key: that it is reached, is ready, and what time it has. */
export async function serverAnswers(server: ServerConnection, place: ServerPlace): Promise<Check[]> {
  const { endpoint, tls } = connectionTo(server, "sluice");
  const agent = agentFor(endpoint, tls);
  const begun = performance.now();
  try {
    const call = { method: "GET", headers: {}, agent, timeoutMs: ANSWER_TIMEOUT_MILLISECONDS };
    const answer = await exchange({ ...call, url: `${endpoint.replace(/\/+$/, "")}/readyz` });
    const elapsed = performance.now() - begun;
    const { reason, warning: said } = readinessIn(await text(answer));
    const secure = endpoint.startsWith("https:") ? ", its certificate is trusted" : "";
    return [
      ok("server", `${endpoint} answers after ${formatElapsed(elapsed)}${secure}`),
      answer.statusCode === HTTP_OK
        ? ok("database", "the server is ready and its database answers")
        : wrong("database", `the server is not ready: ${reason}`),
      ...(said === undefined ? [] : [warning("server's warning", said)]),
      clockCheck(answer.headers.date, Date.now()),
    ];
  } catch (error) {
    return [wrong("server", describeError(namingServer(error, place)).replaceAll("\n", " "))];
  } finally {
    agent.destroy();
  }
}

/** Whether the key is good, and what the server says of its hosts. */
export async function keyAndHosts({ sluice, server }: Connection): Promise<Check[]> {
  try {
    const { hosts, trouble } = await listHosts(sluice);
    const silent = hosts
      .filter(({ state }) => state !== "alive")
      .map(({ hostName, state }) => `${hostName} (${state})`);
    return [
      ok("key", `the key ${server.credentials.accessKeyId} of ${server.foundIn} is accepted`),
      trouble === undefined ? hostsCheck(hosts.length, silent) : warning("hosts", trouble),
      ...hosts.flatMap(({ clockTrouble }) =>
        clockTrouble === undefined ? [] : [warning("clock of a host", clockTrouble)],
      ),
    ];
  } catch (error) {
    return [wrong("key", describeError(error))];
  }
}

function hostsCheck(count: number, silent: readonly string[]): Check {
  if (count === 0)
    return warning(
      "hosts",
      "there are no hosts. To join one, run on it the line that this prints: sluice token create",
    );
  if (silent.length === 0) return ok("hosts", `${count} of ${count} are alive`);
  return warning(
    "hosts",
    `${silent.length} of ${count} are not alive: ${silent.join(", ")}. On each: sudo sluice agent doctor`,
  );
}

export async function awsCliCheck(path: string | undefined): Promise<Check> {
  const cli = await awsCliOnPath(path);
  const minimums = Object.values(AWS_CLI_MINIMUM).join(" or ");
  if (cli === undefined) return ok("AWS CLI", "not on the PATH, and not needed: see sluice --help");
  const found = `${cli.path}${cli.version === undefined ? ", version unknown" : ` is version ${cli.version}`}`;
  if (cli.readsEndpoints) return ok("AWS CLI", found);
  return warning(
    "AWS CLI",
    `${found}: it ignores endpoint_url in profiles and calls AWS. Upgrade it to ${minimums} or later`,
  );
}

/**
 * @param now epoch milliseconds
 * @param caller an agent signs its calls by the server's time, where this machine's is wrong
 */
export function clockCheck(date: string | undefined, now: number, caller: "command" | "agent" = "command"): Check {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return warning("clock", "the server's answer has no date to compare");
  const offset = Math.round((now - theirs) / 1000);
  const seconds = Math.abs(offset);
  if (seconds <= CLOCK_OFFSET_IGNORED_SECONDS) return ok("clock", "this machine's clock agrees with the server's");
  const detail = `this machine's clock is ${seconds} s ${offset > 0 ? "ahead of" : "behind"} the server's. Correct the wrong clock: timedatectl`;
  if (caller === "agent") return warning("clock", `${detail}. The agent goes by the server's, its scripts do not`);
  return seconds < MAX_CLOCK_OFFSET_SECONDS ? warning("clock", detail) : wrong("clock", `${detail}. Calls are refused`);
}

function readinessIn(body: string): { readonly reason: string; readonly warning?: string } {
  try {
    const { reason = body, warning: said } = JSON.parse(body) as {
      readonly reason?: string;
      readonly warning?: string;
    };
    return { reason: String(reason), ...(said !== undefined && { warning: String(said) }) };
  } catch {
    return { reason: body };
  }
}
