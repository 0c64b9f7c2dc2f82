import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { CreateAccessKeyInput, CreateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { newAccessKey } from "../../../access/new-access-key.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { findAnyKey, insertKey } from "../../../store/people-keys.ts";
import { invalid, requireUserName } from "../../iam/checks/iam-names.ts";
import type { Operation, OperationContext } from "../../operation.ts";
import { requireDescription, requireExpiry, requireRootFor } from "./key-checks.ts";
import { keyHost } from "./key-host.ts";
import { keySummary } from "./key-summary.ts";
import { keyUser } from "./key-user.ts";

const ROLES = ["root", "read-only", "user", "host"] as const;
type KeyRole = (typeof ROLES)[number];

/** Whom a key speaks for. */
interface KeyHolder {
  readonly userName?: string;
  readonly hostId?: string;
  readonly hostIdentifier?: string;
  readonly isNew: boolean;
  readonly description?: string;
}

const NOBODY: KeyHolder = { isNew: false };

/** The secret leaves the server here and only here. */
export const createAccessKey: Operation<CreateAccessKeyInput, CreateAccessKeyOutput> = async (input, context) => {
  const role = requireRole(input);
  requireRootFor(role, context, "sluice:CreateAccessKey");
  const now = context.now();
  const description = requireDescription(input.description) ?? null;
  const expiresAt = requireExpiry(input.expiresAt, now) ?? null;
  const { accessKeyId, secretAccessKey } = newAccessKey(context.randomText);
  const made = await context.store.write(async (transaction) => {
    const holder = await holderOf(role, input, transaction, context);
    await insertKey(transaction, {
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
      role,
      host_id: holder.hostId ?? null,
      user_name: holder.userName ?? null,
      description: description ?? holder.description ?? null,
      expires_at: expiresAt,
      created_at: now,
    });
    const row = (await findAnyKey(transaction.db, accessKeyId))!;
    return { holder, accessKey: await keySummary(transaction.db, row) };
  });
  const { isNew, hostIdentifier } = made.holder;
  return {
    accessKey: made.accessKey,
    secretAccessKey,
    isNewUser: role === "user" && isNew,
    isNewHost: role === "host" && isNew,
    hostIdentifier,
  };
};

async function holderOf(
  role: KeyRole,
  input: CreateAccessKeyInput,
  transaction: WriteTransaction,
  context: OperationContext,
): Promise<KeyHolder> {
  if (role === "user") return keyUser(requireUserName(input.userName), input, transaction, context);
  if (role === "host") return keyHost(input.hostName, transaction, context);
  return NOBODY;
}

/** With nothing that only another role's keys have. */
function requireRole({ role, userName, policyNames, policyDocument, hostName }: CreateAccessKeyInput): KeyRole {
  const known = ROLES.find((each) => each === role);
  if (!known) {
    throw new CallerFault(
      "ValidationException",
      `role is '${excerpt(role)}': it must be root, which may do everything, read-only, user, which may do what its policies say, or host, for the agent of one host.`,
    );
  }
  const users = { userName, policyNames, policyDocument };
  for (const [member, value] of Object.entries(users)) {
    if (known !== "user" && value !== undefined)
      throw invalid(`${member} is for the role user: leave it out, or name that role.`);
  }
  if (known !== "host" && hostName !== undefined) {
    throw invalid("hostName is for the role host: leave it out, or name that role.");
  }
  return known;
}
