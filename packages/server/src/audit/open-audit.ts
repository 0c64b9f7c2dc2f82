import { join } from "node:path";
import type { Timers } from "../loops/timers.ts";
import { lineOf } from "./audit-record.ts";
import { AuditRecorder } from "./audit-recorder.ts";
import type { AuditRule } from "./audit-rule.ts";
import { AuditWriter } from "./audit-writer.ts";

export interface AuditOptions {
  readonly rule: AuditRule;
  readonly dataDirectory: string;
  /** The database is in the data directory, too. */
  readonly hasDatabaseThere: boolean;
  readonly timers: Timers;
  readonly accountId: string;
  readonly region: string;
  readonly randomUuid: () => string;
  readonly onError: (error: unknown) => void;
}

/** The audit of one server: who writes it, and where it lies. */
export interface OpenAudit {
  readonly recorder: AuditRecorder;
  readonly writer: Pick<AuditWriter, "linesWritten" | "linesLost" | "whyNot">;
  readonly directory: string;
  close(): Promise<void>;
}

export function openAudit({
  rule,
  dataDirectory,
  hasDatabaseThere,
  timers,
  accountId,
  region,
  randomUuid,
  onError,
}: AuditOptions): OpenAudit {
  const directory = rule.directory ?? join(dataDirectory, "audit");
  const writer = new AuditWriter({
    directory,
    maxFileBytes: rule.maxFileBytes,
    keepDays: rule.keepDays,
    isAtOnce: hasDatabaseThere && rule.directory === null,
    timers,
    onError,
    lossLine: (lost) =>
      lineOf({
        eventVersion: "1.11",
        userIdentity: { type: "AWSService", principalId: "sluice", accountId },
        eventTime: new Date(timers.now()).toISOString(),
        eventSource: "sluice",
        eventName: "AuditLinesLost",
        awsRegion: region,
        sourceIPAddress: "sluice",
        requestParameters: null,
        responseElements: null,
        additionalEventData: { linesLost: lost },
        requestID: randomUuid(),
        eventID: randomUuid(),
        readOnly: false,
        eventType: "AwsServiceEvent",
        managementEvent: true,
        recipientAccountId: accountId,
        eventCategory: "Management",
      }),
  });
  const recorder = new AuditRecorder({ writer, timers, accountId, region, newEventId: randomUuid });
  return {
    recorder,
    writer,
    directory,
    async close() {
      recorder.close();
      await writer.close();
    },
  };
}
