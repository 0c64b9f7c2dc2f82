import { type FileHandle, open } from "node:fs/promises";
import { visibleJson } from "@sluice/model/visible-text.ts";
import { type AuditFile, listAuditFiles } from "./audit-directory.ts";
import type { AuditRecord } from "./audit-record.ts";
import { isRefusal } from "./refusals.ts";

/** What one call reads of the files at most. */
export const MAX_SEARCHED_AUDIT_BYTES = 8_388_608;
/** Read and looked through in one turn of the event loop: the first one is small, for whoever wants the newest; the last is longer than any line. */
const FIRST_BLOCK_BYTES = 64 * 1024;
const LAST_BLOCK_BYTES = 512 * 1024;
const LINE_FEED = 0x0a;

export const OUTCOMES = ["succeeded", "refused", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is looked for. Times are epoch milliseconds. */
export interface AuditQuery {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly caller?: string | undefined;
  readonly operation?: string | undefined;
  readonly resource?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly sourceAddress?: string | undefined;
}

/** What lies before this offset of this file, and in older files, has not been looked at. */
export interface AuditPosition {
  readonly fileName: string;
  readonly offset: number;
}

export interface FoundRecord {
  readonly record: AuditRecord;
  readonly line: string;
}

export interface AuditPage {
  /** The newest first. */
  readonly found: readonly FoundRecord[];
  /** Undefined: there is nothing older. */
  readonly next: AuditPosition | undefined;
  readonly searchedBackTo: number | undefined;
}

interface Search {
  readonly query: AuditQuery;
  readonly needles: readonly Buffer[];
  readonly limit: number;
  readonly found: FoundRecord[];
  bytesLeft: number;
  searchedBackTo: number | undefined;
}

/** Looks through the files backwards, so far and no further; the event loop is free between two blocks. */
export async function searchAudit(
  directory: string,
  query: AuditQuery,
  {
    limit,
    from,
    maxBytes = MAX_SEARCHED_AUDIT_BYTES,
  }: { limit: number; from?: AuditPosition | undefined; maxBytes?: number },
): Promise<AuditPage> {
  const search: Search = {
    query,
    needles: needlesOf(query),
    limit,
    found: [],
    bytesLeft: maxBytes,
    searchedBackTo: undefined,
  };
  const files = await listAuditFiles(directory);
  for (const [index, file] of files.entries()) {
    if (from && file.name > from.fileName) continue;
    if (query.endTime !== undefined && file.begunAt > query.endTime) continue;
    // The lines of this one ended when the next one was begun.
    const newer = files[index - 1];
    if (query.startTime !== undefined && newer !== undefined && newer.begunAt < query.startTime) break;
    const offset = await searchFile(file, from?.fileName === file.name ? from.offset : undefined, search);
    if (offset === undefined) break;
    const isOver = search.found.length >= limit || search.bytesLeft <= 0;
    // Where a file is through the next one begins: a position at its start leads there.
    if (isOver) return pageOf(search, { fileName: file.name, offset });
  }
  return pageOf(search, undefined);
}

function pageOf({ found, searchedBackTo }: Search, next: AuditPosition | undefined): AuditPage {
  return { found, next, searchedBackTo: next && searchedBackTo };
}

/** Before which offset nothing was looked at; undefined: older lines are before the time that is asked for. */
async function searchFile({ path }: AuditFile, from: number | undefined, search: Search): Promise<number | undefined> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    // Pruned since the files were listed.
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (handle === null) return 0;
  try {
    const { size } = await handle.stat();
    let end = Math.min(from ?? size, size);
    let blockBytes = FIRST_BLOCK_BYTES;
    while (end > 0 && search.bytesLeft > 0 && search.found.length < search.limit) {
      const begin = Math.max(0, end - blockBytes);
      const block = await readBlock(handle, begin, end);
      search.bytesLeft -= block.length;
      // What stands before the first line feed belongs to a line that began before.
      const first = begin === 0 ? 0 : block.indexOf(LINE_FEED) + 1 || block.length;
      const hasLine = first < block.length;
      const isLast = blockBytes === LAST_BLOCK_BYTES;
      blockBytes = Math.min(2 * blockBytes, LAST_BLOCK_BYTES);
      if (!hasLine) {
        // The longest block without a whole line is of a line that nobody here has written.
        if (isLast) end = begin;
        continue;
      }
      const stoppedAt = searchBlock(block, first, search);
      const isTooOld = isBefore(timeOfFirstLine(block, first), search);
      if (isTooOld && search.found.length < search.limit) return undefined;
      end = begin + stoppedAt;
    }
    return end;
  } finally {
    await handle.close();
  }
}

async function readBlock(handle: FileHandle, begin: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(end - begin), 0, end - begin, begin);
  return buffer.subarray(0, bytesRead);
}

/** From the last line to the first. Where the first line begins that was looked at. */
function searchBlock(block: Buffer, first: number, search: Search): number {
  let end = block.length;
  while (end > first && search.found.length < search.limit) {
    // A line that is being written has no end yet.
    const last = block[end - 1] === LINE_FEED ? end - 1 : end;
    const begin = last === 0 ? 0 : block.lastIndexOf(LINE_FEED, last - 1) + 1;
    const line = block.subarray(begin, last);
    end = begin;
    if (!search.needles.every((needle) => line.includes(needle))) continue;
    const found = readLine(line);
    if (!found) continue;
    if (matches(found.record, search.query)) search.found.push(found);
    search.searchedBackTo = Date.parse(found.record.eventTime);
  }
  return end;
}

function timeOfFirstLine(block: Buffer, first: number): number | undefined {
  const end = block.indexOf(LINE_FEED, first);
  const found = end < 0 ? undefined : readLine(block.subarray(first, end));
  return found && Date.parse(found.record.eventTime);
}

function isBefore(time: number | undefined, search: Search): boolean {
  if (time === undefined) return false;
  if (search.found.length < search.limit) search.searchedBackTo = time;
  return search.query.startTime !== undefined && time < search.query.startTime;
}

/** Undefined: half a line, or none of ours. */
function readLine(bytes: Buffer): FoundRecord | undefined {
  const line = bytes.toString("utf8");
  try {
    const record = JSON.parse(line) as Partial<AuditRecord> | null;
    const isOurs =
      typeof record?.eventTime === "string" && typeof record.userIdentity === "object" && record.userIdentity !== null;
    return isOurs ? { record: record as AuditRecord, line } : undefined;
  } catch {
    return undefined;
  }
}

/** Texts that a line has somewhere if it is one of those that are looked for: most lines need not be read as JSON. */
function needlesOf({ caller, operation, resource, outcome, sourceAddress }: AuditQuery): readonly Buffer[] {
  const texts = [caller, operation, resource, sourceAddress].filter((text) => text !== undefined);
  const written = texts.map((text) => visibleJson(JSON.stringify(text)).slice(1, -1));
  const error = outcome === "refused" || outcome === "failed" ? ['"errorCode":'] : [];
  return [...written, ...error].map((text) => Buffer.from(text));
}

export function outcomeOf({ errorCode }: Pick<AuditRecord, "errorCode">): Outcome {
  if (errorCode === undefined) return "succeeded";
  return isRefusal(errorCode) ? "refused" : "failed";
}

function matches(record: AuditRecord, query: AuditQuery): boolean {
  const time = Date.parse(record.eventTime);
  return (
    !(query.startTime !== undefined && time < query.startTime) &&
    !(query.endTime !== undefined && time > query.endTime) &&
    (query.operation === undefined || record.eventName === query.operation) &&
    (query.sourceAddress === undefined || record.sourceIPAddress === query.sourceAddress) &&
    (query.outcome === undefined || outcomeOf(record) === query.outcome) &&
    (query.caller === undefined || isBy(record, query.caller)) &&
    (query.resource === undefined || isAbout(record, query.resource))
  );
}

/** A session is by its role, too. */
function isBy({ userIdentity }: AuditRecord, caller: string): boolean {
  const { arn, userName, accessKeyId, principalId, sessionContext } = userIdentity;
  const roleArn = sessionContext?.sessionIssuer.arn;
  return [arn, userName, accessKeyId, principalId, roleArn].includes(caller) || userName?.split("/", 1)[0] === caller;
}

function isAbout({ resources = [], requestParameters, responseElements }: AuditRecord, name: string): boolean {
  return (
    resources.some(({ ARN }) => ARN === name || ARN.endsWith(`/${name}`) || ARN.endsWith(`:${name}`)) ||
    hasValue(requestParameters, name) ||
    hasValue(responseElements, name)
  );
}

/** At its top, or in a list or a structure there. */
function hasValue(object: unknown, value: string, depth = 3): boolean {
  if (object === value) return true;
  if (typeof object !== "object" || object === null || depth === 0) return false;
  return Object.values(object).some((one) => hasValue(one, value, depth - 1));
}
