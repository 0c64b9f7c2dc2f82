import { truncate } from "@sluice/model/excerpt.ts";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
import type { Timers } from "../loops/timers.ts";
import { kindOf } from "./action-kind.ts";
import { type AuditRecord, lineOf, resourceOf } from "./audit-record.ts";
import type { AuditWriter } from "./audit-writer.ts";
import {
  MAX_TOLD_REFUSALS,
  MAX_TOLD_UNPROVED_REFUSALS,
  MAX_UNPROVED_LINES_A_MINUTE,
  RefusalBudget,
} from "./refusal-budget.ts";
import { type AuditFault, isRefusal } from "./refusals.ts";
import { provedIdentity, tokenIdentity, type UserIdentity, unknownIdentity } from "./user-identity.ts";

/** A call whose outcome is known, as a door tells it. */
export interface AuditedCall {
  /** Who called; undefined: nobody proved who he is. */
  readonly principal: Principal | undefined;
  /** The key that a call names of which nothing is proved. */
  readonly claimedAccessKeyId?: string | undefined;
  /** Of an enrolment: the token that it was shown. */
  readonly tokenId?: string | undefined;
  readonly sourceAddress: string;
  readonly userAgent: string | undefined;
  /** Undefined: the call is of no operation that is known, or it was refused before anybody knew of which. */
  readonly action: Action | undefined;
  /** What the operation is called, where the action's name is not it: S3's operations, the console's sign-ins. */
  readonly operation?: string | undefined;
  /** Of a call without an action. */
  readonly eventSource?: string | undefined;
  readonly eventType?: "AwsApiCall" | "AwsConsoleSignIn";
  /** A call that changes something, though it has no action, such as a sign-in. */
  readonly isChange?: boolean;
  /** What else is to be said of it. */
  readonly note?: Readonly<Record<string, unknown>> | undefined;
  /** Asked for only when the line is written; redacted. */
  readonly parameters?: (() => unknown) | undefined;
  readonly answer?: (() => object | null) | undefined;
  /** ARNs; asked for only when the line is written. */
  readonly resources?: (() => readonly string[]) | undefined;
  /** Absent: it succeeded. */
  readonly fault?: AuditFault | undefined;
  readonly requestId: string;
  readonly isConsole?: boolean | undefined;
}

export interface AuditRecorderOptions {
  readonly writer: Pick<AuditWriter, "append">;
  readonly timers: Timers;
  readonly accountId: string;
  readonly region: string;
  readonly newEventId: () => string;
}

const MAX_USER_AGENT_CHARACTERS = 256;
const MAX_MESSAGE_CHARACTERS = 1_024;
const MAX_OPERATION_CHARACTERS = 64;
const MAX_RESOURCES = 20;
const MAX_ARN_CHARACTERS = 1_224;
const MINUTE_MILLISECONDS = 60_000;

/** What a door needs of the audit. */
export type Audit = Pick<AuditRecorder, "record">;

/** Decides which calls get a line, and writes it. One for the whole server: every door asks it once the outcome of a call is known. */
export class AuditRecorder {
  readonly #options: AuditRecorderOptions;
  readonly #proved = new RefusalBudget(Number.POSITIVE_INFINITY, MAX_TOLD_REFUSALS);
  readonly #unproved = new RefusalBudget(MAX_UNPROVED_LINES_A_MINUTE, MAX_TOLD_UNPROVED_REFUSALS);
  #cancelFlush: (() => void) | undefined;

  constructor(options: AuditRecorderOptions) {
    this.#options = options;
  }

  /** A promise to wait for before the call is answered: its line is then in the kernel's hands, or counted as lost. Undefined: nothing to wait for. */
  record(call: AuditedCall): Promise<void> | undefined {
    const { principal, action, fault, isChange = false } = call;
    const kind = action === undefined ? (isChange ? "change" : "read") : kindOf(action);
    const isWritten = kind === "change" || kind === "told-read";
    if (fault === undefined) return isWritten ? this.#write(call) : undefined;
    const isProved = principal !== undefined;
    if (!isRefusal(fault.code) && isProved) return isWritten ? this.#write(call) : undefined;
    if (!isRefusal(fault.code) && !isWritten) return undefined;
    // A refused caller waits for nothing: nothing has changed.
    this.#refused(call, fault, isProved);
    return undefined;
  }

  /** Tells what was only counted so far. */
  close(): void {
    this.#cancelFlush?.();
    this.#flush();
  }

  #refused(call: AuditedCall, fault: AuditFault, isProved: boolean): void {
    const { timers } = this.#options;
    const who = call.principal?.accessKeyId ?? `${call.claimedAccessKeyId?.slice(0, 128) ?? ""} ${call.sourceAddress}`;
    const key = `${who} ${operationOf(call)} ${fault.code}`;
    const budget = isProved ? this.#proved : this.#unproved;
    // What is kept until the minute is over must not keep the request with it.
    const kept: AuditedCall = { ...call, parameters: undefined, answer: undefined, resources: undefined };
    const isTold = budget.takes(key, timers.now(), (repeated, areOthers) => {
      const extra = areOthers ? { repeated, repeatedBy: "several callers" } : { repeated };
      void this.#write(kept, extra);
    });
    if (isTold) void this.#write(call);
    else this.#cancelFlush ??= timers.after(MINUTE_MILLISECONDS, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush = undefined;
    this.#proved.flush();
    this.#unproved.flush();
  }

  #write(call: AuditedCall, extra: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const isProved = call.principal !== undefined || call.fault === undefined;
    return this.#options.writer.append(lineOf(this.#recordOf(call, extra)), isProved);
  }

  #recordOf(call: AuditedCall, extra: Readonly<Record<string, unknown>>): AuditRecord {
    const { accountId, region, timers, newEventId } = this.#options;
    const { action, fault, userAgent, eventType = "AwsApiCall", isConsole = false } = call;
    const isData = action === "lambda:InvokeFunction" || (action?.startsWith("s3:") && isOnObject(action)) === true;
    const additional = {
      ...(call.tokenId !== undefined && { tokenId: truncate(call.tokenId, 128) }),
      ...call.note,
      ...(isConsole && { via: "console" }),
      ...extra,
    };
    const resources = call.resources?.() ?? [];
    return {
      eventVersion: "1.11",
      userIdentity: identityOf(call, accountId),
      eventTime: new Date(timers.now()).toISOString(),
      eventSource: eventSourceOf(call),
      eventName: operationOf(call),
      awsRegion: region,
      sourceIPAddress: call.sourceAddress,
      ...(userAgent !== undefined && { userAgent: truncate(userAgent, MAX_USER_AGENT_CHARACTERS) }),
      ...(fault && { errorCode: fault.code, errorMessage: truncate(fault.message, MAX_MESSAGE_CHARACTERS) }),
      requestParameters: call.parameters?.() ?? null,
      responseElements: fault ? null : (call.answer?.() ?? null),
      ...(Object.keys(additional).length > 0 && { additionalEventData: additional }),
      requestID: call.requestId,
      eventID: newEventId(),
      readOnly: action === undefined ? call.isChange !== true : isReadOnly(action),
      ...(resources.length > 0 && {
        resources: resources.slice(0, MAX_RESOURCES).map((arn) => resourceOf(truncate(arn, MAX_ARN_CHARACTERS))),
      }),
      eventType,
      managementEvent: !isData,
      recipientAccountId: accountId,
      eventCategory: isData ? "Data" : "Management",
      ...(isConsole && { sessionCredentialFromConsole: "true" as const }),
    };
  }
}

function identityOf({ principal, claimedAccessKeyId, tokenId, fault }: AuditedCall, accountId: string): UserIdentity {
  if (principal) return provedIdentity(principal, accountId);
  if (tokenId !== undefined && fault === undefined) return tokenIdentity(accountId, tokenId);
  return unknownIdentity(accountId, claimedAccessKeyId);
}

function isReadOnly(action: Action): boolean {
  const kind = kindOf(action);
  return kind === "read" || kind === "told-read";
}

/** S3's actions on objects and their uploads end so; those on buckets name them. */
function isOnObject(action: Action): boolean {
  return !/Bucket|ListAllMy|Configuration$/.test(action);
}

function operationOf({ operation, action }: AuditedCall): string {
  return truncate(operation ?? action?.slice(action.indexOf(":") + 1) ?? "Unknown", MAX_OPERATION_CHARACTERS);
}

function eventSourceOf({ action, eventSource }: AuditedCall): string {
  if (eventSource !== undefined) return eventSource;
  const service = action?.slice(0, action.indexOf(":")) ?? "sluice";
  return service === "sluice" ? service : `${service}.amazonaws.com`;
}
