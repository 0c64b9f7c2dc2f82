import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_ERROR_CODES, type AgentDiagnostics, MAX_AGENT_LOG_CHARACTERS } from "@sluice/model/diagnostics.ts";
import type { Play, PlayedEvent, PlayedOutput } from "../../bench/simulated-host.ts";
import { HOSTILE_OUTPUT } from "./hostile-strings.ts";

/**
 * What the scripts of the stage's revisions print and do. Which revision does what is in its key: `checkout-2.16.0-broken.tgz` fails on 40 hosts,
 * `search-8.4.1-slow.tgz` takes its time. Played by the hosts' process, so the times and the lines are those of real hosts.
 */
interface Script {
  readonly name: string;
  readonly lines: (event: PlayedEvent) => readonly Line[];
}
type Line = string | { readonly error: string };

const DIM = "\u001b[2m";
const RED = "\u001b[31m";
const GREEN = "\u001b[32m";
const YELLOW = "\u001b[33m";
const BOLD_RED = "\u001b[1;31m";
const END = "\u001b[0m";

const SCRIPTS: Readonly<Record<string, Script>> = {
  ApplicationStop: {
    name: "scripts/stop.sh",
    lines: ({ specification }) => [
      `+ systemctl stop ${specification.ApplicationName}.service`,
      "draining 3 connections …",
      `${GREEN}✔${END} stopped after 0.8 s`,
    ],
  },
  BeforeInstall: {
    name: "scripts/prepare.sh",
    lines: ({ specification }) => [
      `+ install -d -o deploy -g deploy /opt/${specification.ApplicationName}/releases`,
      `free space on /opt: 61 % used, ${YELLOW}WARN${END} below 40 % free`,
      { error: `${YELLOW}WARN${END}  vm.swappiness is 60; 10 is what this service was measured with` },
      "3 old releases kept, 2 removed",
    ],
  },
  AfterInstall: {
    name: "scripts/configure.sh",
    lines: ({ specification, hostName }) => [
      `rendering /etc/${specification.ApplicationName}/config.json for ${hostName}`,
      `${DIM}{"level":30,"msg":"configuration","listen":"0.0.0.0:8080","pool":{"min":4,"max":32,"idleTimeoutMillis":30000},"features":["cart-v2","one-click","gift-cards","tax-by-destination"],"upstreams":["inventory.internal:7001","pricing.internal:7002","identity.internal:7003","recommendations.internal:7004"],"sampling":0.05}${END}`,
      `${GREEN}✔${END} 14 settings, 0 unknown`,
    ],
  },
  ApplicationStart: {
    name: "scripts/start.sh",
    lines: ({ specification, hostName }) => [
      `+ systemctl start ${specification.ApplicationName}.service`,
      ...["connecting to the database", "warming caches: 1,204 products", "listening on 0.0.0.0:8080"].map(
        (text) => `${DIM}${new Date().toISOString()}${END} INFO  [${hostName}] ${text}`,
      ),
    ],
  },
  ValidateService: {
    name: "scripts/validate.sh",
    lines: ({ specification }) => [
      "GET http://127.0.0.1:8080/healthz → 503, again in 1 s",
      "GET http://127.0.0.1:8080/healthz → 200 in 12 ms",
      `${GREEN}✔${END} ${specification.ApplicationName} answers as ${versionOf(specification)}`,
    ],
  },
};

/** A way in which an event ends badly. */
interface Failure {
  readonly event: string;
  readonly errorCode: number;
  readonly message: (script: string) => string;
  readonly lines: (event: PlayedEvent, host: number) => readonly Line[];
}

const failed = (script: string) => `Script at specified location: ${script} failed with exit code 1`;

/** The same on each host but for what differs between hosts: times, process ids, addresses. */
const MISSING_RELATION: Failure = {
  event: "ApplicationStart",
  errorCode: AGENT_ERROR_CODES.scriptFailed,
  message: failed,
  lines: ({ hostName }, host) => [
    `${DIM}${new Date().toISOString()}${END} INFO  [${hostName}] connecting to the database`,
    {
      error: `${new Date().toISOString()} ${BOLD_RED}FATAL${END} [pid ${2114 + 7 * host}] relation "carts_v2" does not exist (SQLSTATE 42P01)`,
    },
    { error: `    at Parser.parseErrorMessage (/opt/checkout/node_modules/pg-protocol/dist/parser.js:285:98)` },
    { error: `    at Socket.<anonymous> (/opt/checkout/node_modules/pg-protocol/dist/index.js:11:42)` },
    { error: `    at CartStore.open (/opt/checkout/dist/carts/store.js:41:17)` },
    { error: "checkout.service: Main process exited, code=exited, status=1/FAILURE" },
  ],
};
const FULL_DISK: Failure = {
  event: "AfterInstall",
  errorCode: AGENT_ERROR_CODES.scriptFailed,
  message: failed,
  lines: () => [
    { error: `${RED}cp: error writing '/opt/checkout/assets/sprites.png': No space left on device${END}` },
    { error: "/dev/nvme1n1p1   40G   40G     0 100% /opt" },
  ],
};
const NO_ANSWER: Failure = {
  event: "ValidateService",
  errorCode: AGENT_ERROR_CODES.scriptTimedOut,
  message: (script) => `Script at specified location: ${script} failed to complete in 60 seconds`,
  lines: () =>
    Array.from({ length: 12 }, (_, second) => ({
      error: `GET http://127.0.0.1:8080/healthz → connect ECONNREFUSED 127.0.0.1:8080, again in ${second + 1} s`,
    })),
};
const BAD_INDEX: Failure = {
  event: "ValidateService",
  errorCode: AGENT_ERROR_CODES.scriptFailed,
  message: failed,
  lines: () => [
    "search for 'shoes' → 0 results, expected at least 1",
    { error: `${RED}ERROR${END} the index products-v9 is empty: was it built by this schema?` },
  ],
};

const SAME_FAILURES = 37;
const FULL_DISKS = 2;
/** Hosts that succeed between the first wave's failures and the last one. */
const SUCCESSES_BETWEEN = 3;

/** Hosts in the order in which they came to a deployment. */
const arrivals = new Map<string, string[]>();

function arrivalOf({ specification, hostName }: PlayedEvent): number {
  const known = arrivals.get(specification.DeploymentId) ?? [];
  arrivals.set(specification.DeploymentId, known);
  if (!known.includes(hostName)) known.push(hostName);
  return known.indexOf(hostName);
}

function failureOf(event: PlayedEvent, host: number): Failure | undefined {
  const key = keyOf(event.specification);
  if (key.includes("-badindex")) return BAD_INDEX;
  if (!key.includes("-broken")) return undefined;
  if (host < SAME_FAILURES) return MISSING_RELATION;
  if (host < SAME_FAILURES + FULL_DISKS) return FULL_DISK;
  return host < SAME_FAILURES + FULL_DISKS + SUCCESSES_BETWEEN ? undefined : NO_ANSWER;
}

/** Milliseconds of one line. */
function paceOf(key: string): number {
  if (key.includes("-slow")) return 900;
  if (key.includes("-steady")) return 120;
  return 0;
}

export const playRevision: Play = async (event) => {
  const { name, specification, print } = event;
  const host = arrivalOf(event);
  const key = keyOf(specification);
  const script = SCRIPTS[name];
  const failure = failureOf(event, host);
  const isEnd = failure?.event === name;
  if (script === undefined) return outcome(AGENT_ERROR_CODES.success, "", "Succeeded", "");
  const usual = isEnd ? [] : script.lines(event);
  const hostile = key.includes("-hostile") ? HOSTILE_OUTPUT : [];
  const lines = [...usual, ...hostile, ...(isEnd ? failure.lines(event, host) : [])].map(
    (line): PlayedOutput => ({
      stream: typeof line === "string" ? "stdout" : "stderr",
      scriptName: script.name,
      text: `${typeof line === "string" ? line : line.error}\n`,
    }),
  );
  const pace = paceOf(key);
  if (pace === 0) await print(lines);
  for (const line of pace === 0 ? [] : lines) {
    await sleep(pace * (0.5 + Math.random()));
    await print([line]);
  }
  const log = lines.map(({ stream, text }) => `[${stream}]${text}`).join("");
  const tail = log.slice(-MAX_AGENT_LOG_CHARACTERS);
  if (isEnd) return outcome(failure.errorCode, script.name, failure.message(script.name), tail);
  return outcome(AGENT_ERROR_CODES.success, script.name, "Succeeded", tail);
};

function outcome(error_code: number, script_name: string, message: string, log: string): AgentDiagnostics {
  return { error_code, script_name, message, log };
}

function keyOf({ Revision }: PlayedEvent["specification"]): string {
  return Revision.RevisionType === "S3" ? Revision.S3Revision.Key : "";
}

/** `checkout/checkout-2.14.0.tgz` is 2.14.0. */
function versionOf(specification: PlayedEvent["specification"]): string {
  return /-(\d[^/]*)\.tgz$/.exec(keyOf(specification))?.[1] ?? "an unknown version";
}
