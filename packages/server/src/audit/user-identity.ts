import { truncate } from "@sluice/model/excerpt.ts";
import { callerArn, callerUserId } from "../access/caller-arn.ts";
import type { Principal } from "../access/principal.ts";

/** `userIdentity`, as CloudTrail writes it. */
export interface UserIdentity {
  readonly type: string;
  readonly principalId: string;
  readonly arn?: string;
  readonly accountId: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly sessionContext?: {
    readonly sessionIssuer: {
      readonly type: "Role";
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
  };
}

const MAX_CLAIMED_CHARACTERS = 128;
const USER_ARN = /^arn:aws:iam::\d+:user\/(?:.*\/)?([^/]+)$/;
const SESSION_ARN = /^arn:aws:sts::\d+:assumed-role\/(?:.*\/)?([^/]+)\/([^/]+)$/;

/** Of somebody whose key or session was proved. */
export function provedIdentity(principal: Principal, accountId: string): UserIdentity {
  const arn = callerArn(principal, accountId);
  const { accessKeyId } = principal;
  const common = { principalId: callerUserId(principal, accountId), arn, accountId, accessKeyId };
  if (principal.role === "root") return { type: "Root", ...common };
  const [, role, session] = SESSION_ARN.exec(arn) ?? [];
  if (role !== undefined) {
    const sessionIssuer = {
      type: "Role" as const,
      arn: `arn:aws:iam::${accountId}:role/${role}`,
      accountId,
      userName: role,
    };
    return { type: "AssumedRole", ...common, userName: `${role}/${session}`, sessionContext: { sessionIssuer } };
  }
  const [, userName] = USER_ARN.exec(arn) ?? [];
  return { type: "IAMUser", ...common, ...(userName !== undefined && { userName }) };
}

/** Of somebody who proved nothing. @param claimedId the access key's id that the call named */
export function unknownIdentity(accountId: string, claimedId: string | undefined): UserIdentity {
  const claimed = claimedId === undefined ? {} : { accessKeyId: truncate(claimedId, MAX_CLAIMED_CHARACTERS) };
  return { type: "Unknown", principalId: "", accountId, ...claimed };
}

/** Of a machine that enrols: whoever has the token may. */
export function tokenIdentity(accountId: string, tokenId: string): UserIdentity {
  return { type: "EnrolmentToken", principalId: truncate(tokenId, MAX_CLAIMED_CHARACTERS), accountId };
}
