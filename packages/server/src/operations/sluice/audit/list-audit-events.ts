import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { AuditEvent, ListAuditEventsInput, ListAuditEventsOutput } from "@sluice/wire/sluice/audit-api.ts";
import { type FoundRecord, outcomeOf, searchAudit } from "../../../audit/search-audit.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { requireAuditQuery } from "./audit-query.ts";

export const MAX_AUDIT_PAGE = 200;
const DEFAULT_PAGE = 50;

/** Of the files of the server that answers. */
export const listAuditEvents: Operation<ListAuditEventsInput, ListAuditEventsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { audit, store } = context;
  const { maxResults, nextToken } = input;
  const query = requireAuditQuery(input, context.accountId);
  const limit = requireLimit(maxResults);
  const { after, tokenAfter } = openPage(
    { operation: "ListAuditEvents", input, token: nextToken, size: limit, shape: ["string", "number"] },
    context,
  );
  const page = await searchAudit(audit.directory, query, {
    limit,
    // As this server has given it: a name that nobody else made up.
    from: after && { fileName: after[0], offset: after[1] },
  });
  return {
    events: page.found.map(eventOf),
    ...(page.next && { nextToken: tokenAfter([page.next.fileName, page.next.offset]) }),
    ...(page.searchedBackTo !== undefined && { searchedBackTo: new Date(page.searchedBackTo) }),
    serverName: audit.serverName,
    mayBeOneOfSeveral: store.dialect === "postgres",
  };
};

function eventOf({ record, line }: FoundRecord): AuditEvent {
  const { userIdentity: who, additionalEventData: { repeated, via } = {} } = record;
  return {
    eventId: record.eventID,
    at: new Date(record.eventTime),
    eventSource: record.eventSource,
    operation: record.eventName,
    outcome: outcomeOf(record),
    errorCode: record.errorCode,
    errorMessage: record.errorMessage,
    caller: { type: who.type, arn: who.arn, userName: who.userName, accessKeyId: who.accessKeyId },
    sourceAddress: record.sourceIPAddress,
    userAgent: record.userAgent,
    isConsole: via === "console",
    isReadOnly: record.readOnly,
    resources: (record.resources ?? []).map(({ ARN }) => ARN),
    requestId: record.requestID,
    repeated: typeof repeated === "number" ? repeated : undefined,
    record: line,
  };
}

function requireLimit(maxResults = DEFAULT_PAGE): number {
  if (maxResults >= 1 && maxResults <= MAX_AUDIT_PAGE) return maxResults;
  throw new CallerFault("ValidationException", `maxResults is ${maxResults}: give 1 to ${MAX_AUDIT_PAGE}.`);
}
