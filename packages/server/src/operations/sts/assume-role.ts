import { createHash } from "node:crypto";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { AssumeRoleInput, AssumeRoleOutput } from "@sluice/wire/query/sts-service.ts";
import { callerArn } from "../../access/caller-arn.ts";
import { newTemporaryKey } from "../../access/new-access-key.ts";
import { SESSION_POLICIES } from "../../store/columns/iam-columns.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { roleArn, sessionArn } from "../../store/iam/iam-arns.ts";
import type { IamRolesTable } from "../../store/iam/iam-tables.ts";
import { keepRole } from "../../store/iam/roles.ts";
import { countTemporaryKeysOf, findTemporaryKey, insertTemporaryKey } from "../../store/iam/temporary-keys.ts";
import { keepKey } from "../../store/people-keys.ts";
import { requirePolicyDocument } from "../iam/checks/policy-documents.ts";
import { requirePolicy } from "../iam/checks/policy-references.ts";
import type { Operation, OperationContext } from "../operation.ts";

export const MIN_SESSION_SECONDS = 900;
/** Of a session that a temporary key takes. */
export const MAX_CHAINED_SESSION_SECONDS = 3_600;
const DEFAULT_SESSION_SECONDS = 3_600;
export const MAX_SESSION_POLICY_ARNS = 10;
/** Temporary keys of one key that are good at once. */
export const MAX_TEMPORARY_KEYS_PER_KEY = 1_000;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const ROLE_NAME_IN_ARN = /^arn:aws:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/;

/** Members of AWS's that would change what the session may do. */
const UNSERVED = [
  "ExternalId",
  "SerialNumber",
  "TokenCode",
  "SourceIdentity",
  "Tags",
  "TransitiveTagKeys",
  "ProvidedContexts",
] as const;

/** A temporary key with the rights of the role. Whoever is allowed sts:AssumeRole on its ARN has been let in; there is no trust policy. */
export const assumeRole: Operation<AssumeRoleInput, AssumeRoleOutput> = async (input, context) => {
  const { RoleSessionName: sessionName, DurationSeconds: seconds = DEFAULT_SESSION_SECONDS } = input;
  for (const member of UNSERVED) {
    if (input[member] !== undefined) throw invalid(`${member} is not served here: leave it out.`);
  }
  if (!SESSION_NAME.test(sessionName ?? "")) {
    throw invalid(
      `RoleSessionName is "${excerpt(sessionName)}": it has 2 to 64 letters, digits and characters of = , . @ _ + -`,
    );
  }
  const now = context.now();
  const key = newTemporaryKey(context.randomText);
  const { role, expiresAt } = await context.store.write(async (transaction) => {
    const found = await requireRole(input.RoleArn, transaction, context);
    requireDuration(seconds, found.max_session_seconds);
    const source = await sourceOf(transaction, seconds, context);
    const end = Math.min(now + seconds * 1000, source.expiresAt);
    await insertTemporaryKey(transaction, {
      access_key_id: key.accessKeyId,
      secret_access_key: key.secretAccessKey,
      token_sha256: createHash("sha256").update(key.sessionToken).digest("hex"),
      role_name: found.role_name,
      session_name: sessionName,
      source_access_key_id: source.accessKeyId,
      session_policies_json: SESSION_POLICIES.write(await sessionPolicies(input, transaction, context)),
      // Another server may have made the role by a clock that is ahead.
      created_at: Math.max(now, found.created_at),
      expires_at: end,
    });
    return { role: found, expiresAt: end };
  });
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: new Date(expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.role_id}:${sessionName}`,
      Arn: sessionArn(context.accountId, role.role_name, sessionName),
    },
  };
};

/** Of a role that is not there STS says no more than of one that the caller may not take. */
async function requireRole(
  arn: string | undefined,
  transaction: WriteTransaction,
  { principal, accountId }: OperationContext,
): Promise<IamRolesTable> {
  const [, name] = ROLE_NAME_IN_ARN.exec(arn ?? "") ?? [];
  if (name === undefined) {
    throw invalid(
      `RoleArn is "${excerpt(arn)}": it has the form arn:aws:iam::${accountId}:role/NAME. See: sluice roles list`,
    );
  }
  const role = await keepRole(transaction, name);
  if (role && roleArn(accountId, role.path, role.role_name) === arn) return role;
  throw new CallerFault(
    "AccessDeniedException",
    `User: ${callerArn(principal, accountId)} is not authorized to perform: sts:AssumeRole on resource: ${excerpt(arn)}`,
  );
}

function requireDuration(seconds: number, maxSeconds: number): void {
  if (seconds < MIN_SESSION_SECONDS) {
    throw invalid(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${MIN_SESSION_SECONDS}`,
    );
  }
  if (seconds > maxSeconds) {
    throw invalid(
      `The requested DurationSeconds exceeds the MaxSessionDuration set for this role: it is ${seconds}, and the role has ${maxSeconds}.`,
    );
  }
}

/** The long-lived key from which the session descends, and how long that is good. */
async function sourceOf(
  transaction: WriteTransaction,
  seconds: number,
  { principal, now }: OperationContext,
): Promise<{ readonly accessKeyId: string; readonly expiresAt: number }> {
  const { db } = transaction;
  const chained = await findTemporaryKey(db, principal.accessKeyId);
  if (chained && seconds > MAX_CHAINED_SESSION_SECONDS) {
    throw invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }
  const accessKeyId = chained?.source_access_key_id ?? principal.accessKeyId;
  const key = await keepKey(transaction, accessKeyId);
  const expiresAt = key?.expires_at ?? Number.MAX_SAFE_INTEGER;
  // It was good when the call came in, as far as this server remembered.
  if (key?.status !== "Active" || expiresAt <= now()) {
    throw new CallerFault(
      "UnrecognizedClientException",
      `The security token included in the request is invalid: the access key ${accessKeyId}, by which the role would be taken, is deleted, disabled or expired. Take the role with another key.`,
    );
  }
  if ((await countTemporaryKeysOf(db, accessKeyId, now())) >= MAX_TEMPORARY_KEYS_PER_KEY) {
    throw new CallerFault(
      "LimitExceeded",
      `The access key ${accessKeyId} has ${MAX_TEMPORARY_KEYS_PER_KEY} temporary keys: use them until they expire, or ask for shorter sessions.`,
    );
  }
  return { accessKeyId, expiresAt };
}

async function sessionPolicies(
  { Policy, PolicyArns = [] }: AssumeRoleInput,
  { db }: WriteTransaction,
  { accountId }: OperationContext,
): Promise<readonly string[]> {
  if (PolicyArns.length > MAX_SESSION_POLICY_ARNS) {
    throw invalid(`PolicyArns has ${PolicyArns.length} members: at most ${MAX_SESSION_POLICY_ARNS} are allowed.`);
  }
  const documents = Policy === undefined ? [] : [requirePolicyDocument(Policy, "session policy", "session")];
  for (const { arn = "" } of PolicyArns) documents.push((await requirePolicy(db, accountId, arn)).document);
  return documents;
}

function invalid(message: string): CallerFault {
  return new CallerFault("ValidationException", message);
}
