import type { Tag } from "@sluice/model/tag-filter.ts";
import { newIamId } from "../../../access/new-access-key.ts";
import { USER_TAGS } from "../../../store/columns/iam-columns.ts";
import type { IamRolesTable, IamUsersTable } from "../../../store/iam/iam-tables.ts";
import { nameKey } from "../../../store/iam/users.ts";
import type { OperationContext } from "../../operation.ts";
import { MIN_ROLE_SESSION_SECONDS } from "../checks/iam-limits.ts";

type Randomness = Pick<OperationContext, "randomText" | "now">;

export function newUserRow(
  { randomText, now }: Randomness,
  user: {
    readonly userName: string;
    readonly path: string;
    readonly description?: string | null | undefined;
    readonly tags?: readonly Tag[] | undefined;
  },
): IamUsersTable {
  return {
    user_name: user.userName,
    name_key: nameKey(user.userName),
    user_id: newIamId("AIDA", randomText),
    path: user.path,
    description: user.description ?? null,
    tags_json: USER_TAGS.write(user.tags ?? []),
    created_at: now(),
  };
}

export function newRoleRow(
  { randomText, now }: Randomness,
  role: {
    readonly roleName: string;
    readonly path: string;
    readonly description?: string | null | undefined;
    readonly maxSessionSeconds?: number | undefined;
  },
): IamRolesTable {
  return {
    role_name: role.roleName,
    name_key: nameKey(role.roleName),
    role_id: newIamId("AROA", randomText),
    path: role.path,
    description: role.description ?? null,
    max_session_seconds: role.maxSessionSeconds ?? MIN_ROLE_SESSION_SECONDS,
    created_at: now(),
  };
}
