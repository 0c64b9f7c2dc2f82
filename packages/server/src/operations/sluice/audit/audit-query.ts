import { isIP } from "node:net";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { ListAuditEventsInput } from "@sluice/wire/sluice/audit-api.ts";
import { canonicalAddress } from "../../../access/canonical-address.ts";
import { type AuditQuery, OUTCOMES } from "../../../audit/search-audit.ts";
import { noSuchOperation } from "../../../audit/told-operations.ts";

/** What the line about lost lines has for an address. */
const OWN_ADDRESS = "sluice";
/** Of any account: the server may have had another one. */
const IDENTITY_ARN = /^arn:aws:(?:iam|sts)::\d{12}:./;

/** What is asked for. A filter that no line can ever match is refused: an empty answer to it would pass for "nobody did that". */
export function requireAuditQuery(input: ListAuditEventsInput, accountId: string): AuditQuery {
  const { startTime, endTime, outcome, caller, operation, resource, sourceAddress } = input;
  if (startTime && endTime && startTime > endTime) {
    throw new CallerFault(
      "InvalidTimeRangeException",
      "startTime is after endTime: give the earlier one as startTime.",
    );
  }
  for (const [name, value] of Object.entries({ caller, operation, resource, sourceAddress })) {
    if (value?.trim() === "") throw invalid(`${name} is blank: give what to look for, or leave it out.`);
  }
  if (caller !== undefined) requireCaller(caller, accountId);
  const missing = operation === undefined ? undefined : noSuchOperation(operation);
  if (missing !== undefined) throw invalid(`operation is "${excerpt(operation!)}": ${missing}.`);
  return {
    startTime: startTime?.getTime(),
    endTime: endTime?.getTime(),
    outcome: requireOutcome(outcome),
    caller,
    operation,
    resource,
    sourceAddress: sourceAddress === undefined ? undefined : requireAddress(sourceAddress),
  };
}

function requireCaller(caller: string, accountId: string): void {
  const given = `caller is "${excerpt(caller)}"`;
  if (/[*?]/.test(caller)) {
    throw invalid(`${given}: it is compared in full. Give a name, a host's id, an access key's id or an ARN.`);
  }
  if (caller.startsWith("arn:") && !IDENTITY_ARN.test(caller)) {
    throw invalid(`${given}: no caller has such an ARN. Give one such as arn:aws:iam::${accountId}:user/NAME.`);
  }
}

function requireAddress(address: string): string {
  if (address === OWN_ADDRESS) return address;
  const canonical = canonicalAddress(address);
  if (isIP(canonical) !== 0) return canonical;
  throw invalid(`sourceAddress is "${excerpt(address)}": give one address, such as 192.0.2.1 or 2001:db8::1.`);
}

function requireOutcome(outcome: string | undefined) {
  if (outcome === undefined) return undefined;
  const known = OUTCOMES.find((one) => one === outcome);
  if (known) return known;
  throw invalid(`outcome is "${excerpt(outcome)}": use one of ${OUTCOMES.join(", ")}.`);
}

function invalid(message: string): CallerFault {
  return new CallerFault("ValidationException", message);
}
