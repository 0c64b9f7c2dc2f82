import { setTimeout as sleep } from "node:timers/promises";
import type { SluiceClient } from "@sluice/wire/client/clients.ts";
import type { AuditEvent, ListAuditEventsInput, ListAuditEventsOutput } from "@sluice/wire/sluice/audit-api.ts";
import type { Command } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  parseMoment,
  parsePositiveInteger,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJson, printJsonLine } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

interface AuditOptions extends ClientOptions {
  readonly since?: Date;
  readonly until?: Date;
  readonly who?: string;
  readonly operation?: string;
  readonly resource?: string;
  readonly from?: string;
  readonly refused?: boolean;
  readonly failed?: boolean;
  readonly limit?: number;
  readonly follow?: boolean;
}

const LISTED_DEFAULT = 50;
const PAGE = 200;
const FOLLOW_MILLISECONDS = 2_000;

export function define(command: Command): void {
  command
    .option("--since <time>", "only since then: 1h, 7d (ago), or 2026-11-30T08:00:00Z", parseMoment)
    .option("--until <time>", "only until then", parseMoment)
    .option("--who <name>", "only calls of this user, role, host, key or ARN, in full")
    .option("--operation <name>", "only calls of this operation, such as CreateDeployment")
    .option("--resource <name>", "only calls about this: an ARN, its end, or an id such as a deployment's")
    .option("--from <address>", "only calls from this address")
    .option("--refused", "only calls that were refused")
    .option("--failed", "only calls that failed")
    .option("--limit <n>", `how many to list at most (default: ${LISTED_DEFAULT})`, parsePositiveInteger)
    .option("--follow", "print what is new, until it is stopped");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice audit --since 1h --data .sluice/up",
    "sluice audit --who ann --operation CreateDeployment --data .sluice/up",
    "sluice audit --refused --follow --data .sluice/up",
  );
  command.action(async (options: AuditOptions) => {
    if (options.refused && options.failed) {
      throw new CommandFailed("give --refused or --failed, not both", { exitStatus: EXIT_USAGE });
    }
    const { limit = LISTED_DEFAULT } = options;
    if (options.follow && (options.until ?? options.limit) !== undefined) {
      const other = options.until ? "--until" : "--limit";
      throw new CommandFailed(`--follow prints whatever is new: leave out ${other}`, { exitStatus: EXIT_USAGE });
    }
    using connection = connect(options);
    if (options.follow) return follow(connection.sluice, options);
    const { events, hasMore, server } = await newest(connection.sluice, inputOf(options), limit);
    if (options.json) printJson(events.map(asJson));
    else print(events.length === 0 ? "No calls." : formatEvents(events));
    if (!options.json && hasMore) print(`There are more: --limit ${limit * 2}`);
    tellServer(server);
  });
}

function inputOf({
  since,
  until,
  who,
  operation,
  resource,
  from,
  refused,
  failed,
}: AuditOptions): ListAuditEventsInput {
  return {
    startTime: since,
    endTime: until,
    caller: who,
    operation,
    resource,
    sourceAddress: from,
    outcome: refused ? "refused" : failed ? "failed" : undefined,
  };
}

interface Newest {
  readonly events: readonly AuditEvent[];
  readonly hasMore: boolean;
  readonly server: ListAuditEventsOutput;
}

/** Asks until there are enough: a call looks through so much of the files, and may find nothing there. */
async function newest(sluice: SluiceClient, input: ListAuditEventsInput, limit: number): Promise<Newest> {
  const events: AuditEvent[] = [];
  for (let nextToken: string | undefined; ; ) {
    const maxResults = Math.min(PAGE, Math.max(limit - events.length, 1));
    const page = await sluice.call("ListAuditEvents", { ...input, maxResults, nextToken });
    events.push(...page.events);
    nextToken = page.nextToken;
    if (nextToken === undefined || events.length >= limit) {
      return { events: events.slice(0, limit), hasMore: nextToken !== undefined, server: page };
    }
  }
}

/** Several lines may have one time: those that were printed are told by their ids. */
async function follow(sluice: SluiceClient, options: AuditOptions): Promise<void> {
  let startTime = options.since ?? new Date();
  let printed: ReadonlySet<string> = new Set();
  for (let isFirst = true; ; isFirst = false) {
    const { events, server } = await newest(sluice, { ...inputOf(options), startTime }, Number.MAX_SAFE_INTEGER);
    if (isFirst) tellServer(server);
    for (const event of events.toReversed()) {
      if (printed.has(event.eventId)) continue;
      if (options.json) printJsonLine(asJson(event));
      else print(rowOf(event).join("  "));
    }
    const [last] = events;
    if (last) {
      startTime = last.at;
      printed = new Set(events.filter(({ at }) => at.getTime() === last.at.getTime()).map(({ eventId }) => eventId));
    }
    await sleep(FOLLOW_MILLISECONDS);
  }
}

/** The line itself, as other tools know it. */
function asJson({ record }: AuditEvent): unknown {
  return JSON.parse(record);
}

function tellServer({ serverName, mayBeOneOfSeveral }: ListAuditEventsOutput): void {
  if (!mayBeOneOfSeveral) return;
  printError(
    `These are the calls that ${serverName} answered. Other servers on its database have their own: ask each.`,
  );
}

function formatEvents(events: readonly AuditEvent[]): string {
  return formatTable(["TIME", "WHO", "FROM", "OPERATION", "OUTCOME", "ON"], events.map(rowOf));
}

function rowOf(event: AuditEvent): string[] {
  return [
    event.at.toISOString(),
    whoOf(event),
    event.sourceAddress || "-",
    event.isConsole ? `${event.operation} (console)` : event.operation,
    outcomeOf(event),
    event.resources.join(" ") || "-",
  ];
}

function whoOf({ caller: { type, userName, accessKeyId } }: AuditEvent): string {
  if (type === "Root") return `root ${accessKeyId ?? ""}`.trimEnd();
  if (type === "Unknown") return accessKeyId === undefined ? "nobody" : `unproved ${accessKeyId}`;
  return userName ?? accessKeyId ?? type;
}

function outcomeOf({ outcome, errorCode, repeated }: AuditEvent): string {
  const error = errorCode === undefined ? "" : ` ${errorCode}`;
  return `${outcome}${error}${repeated === undefined ? "" : ` (${repeated} more)`}`;
}
