import { boolean, integer, list, outputText, string, structure, timestamp } from "../shapes/shape.ts";

const auditEvent = structure(
  {
    eventId: string,
    at: timestamp,
    eventSource: string,
    operation: outputText,
    outcome: string,
    errorCode: string,
    errorMessage: outputText,
    caller: structure({ type: string, arn: string, userName: string, accessKeyId: outputText }, ["type"]),
    sourceAddress: string,
    userAgent: outputText,
    isConsole: boolean,
    isReadOnly: boolean,
    resources: list(outputText),
    requestId: string,
    repeated: integer,
    record: outputText,
  },
  [
    "eventId",
    "at",
    "eventSource",
    "operation",
    "outcome",
    "caller",
    "sourceAddress",
    "isConsole",
    "isReadOnly",
    "resources",
    "requestId",
    "record",
  ],
);

/** The audit; spread into `SLUICE_TABLE`. */
export const AUDIT_TABLE = {
  ListAuditEvents: {
    input: structure({
      startTime: timestamp,
      endTime: timestamp,
      caller: string,
      operation: string,
      resource: string,
      outcome: string,
      sourceAddress: string,
      maxResults: integer,
      nextToken: string,
    }),
    output: structure(
      {
        events: list(auditEvent),
        nextToken: string,
        searchedBackTo: timestamp,
        serverName: outputText,
        mayBeOneOfSeveral: boolean,
      },
      ["events", "serverName", "mayBeOneOfSeveral"],
    ),
  },
};
