/** What `ListAuditEvents` is asked and answers: docs/reference/audit.md. */

/** Who called. */
export interface AuditCaller {
  /**
   * `Root`, `IAMUser` (also the keys of hosts, functions and the role read-only), `AssumedRole`, `EnrolmentToken`, or `Unknown`: nobody proved
   * who he is, and `accessKeyId` is what the call claimed.
   */
  readonly type: string;
  /** Absent of `Unknown`. */
  readonly arn?: string | undefined;
  /** A user's, a role's with its session (`ROLE/SESSION`), or a host's id. */
  readonly userName?: string | undefined;
  readonly accessKeyId?: string | undefined;
}

/** One line of the audit. */
export interface AuditEvent {
  readonly eventId: string;
  /** When its outcome was known. */
  readonly at: Date;
  /** As CloudTrail names services (`codedeploy.amazonaws.com`, `s3.amazonaws.com`, `signin.amazonaws.com`), or `sluice`. */
  readonly eventSource: string;
  /** `CreateDeployment`, `PutObject`, `ConsoleLogin`. */
  readonly operation: string;
  /** `succeeded`; `refused`: the caller may not, is not who he says he is, or calls too often; `failed`: any other error. */
  readonly outcome: string;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly caller: AuditCaller;
  readonly sourceAddress: string;
  readonly userAgent?: string | undefined;
  /** Whether the call came by a session of the console. */
  readonly isConsole: boolean;
  readonly isReadOnly: boolean;
  /** ARNs of what the call was about. */
  readonly resources: readonly string[];
  readonly requestId: string;
  /** So many more refusals of the same caller, operation and code, which have no lines of their own. */
  readonly repeated?: number | undefined;
  /** The whole line as it stands in the file: JSON in CloudTrail's shape. */
  readonly record: string;
}

export interface ListAuditEventsInput {
  /** Not before. */
  readonly startTime?: Date | undefined;
  /** Not after. */
  readonly endTime?: Date | undefined;
  /** An ARN, a user's name, a host's id or an access key's id, in full. */
  readonly caller?: string | undefined;
  /** In full, such as `CreateDeployment`. */
  readonly operation?: string | undefined;
  /** An ARN in full, what follows its last `/` or `:`, or an id in the request or the answer, such as a deployment's. */
  readonly resource?: string | undefined;
  /** `succeeded`, `refused` or `failed`. */
  readonly outcome?: string | undefined;
  readonly sourceAddress?: string | undefined;
  /** At most so many events in the answer: 1 to 200; 50 when absent. */
  readonly maxResults?: number | undefined;
  /** As the last answer gave it, with the same filters. */
  readonly nextToken?: string | undefined;
}

export interface ListAuditEventsOutput {
  /** The newest first. May be empty though more follow: a call reads so much of the files, and no more. */
  readonly events: readonly AuditEvent[];
  /** Absent: there are no older ones. */
  readonly nextToken?: string | undefined;
  /** How far back has been looked so far; absent: to the end. */
  readonly searchedBackTo?: Date | undefined;
  /** The machine whose files these are. */
  readonly serverName: string;
  /** Other servers may be on the same database, and each has only the calls that it answered. */
  readonly mayBeOneOfSeveral: boolean;
}
