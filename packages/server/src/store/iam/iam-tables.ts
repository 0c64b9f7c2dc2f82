import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";

/** Whose a policy is. */
export type PolicyOwnerKind = "user" | "role";

/** The tables of users, roles and policies: migration 0009. */
export interface IamTables {
  iam_users: IamUsersTable;
  iam_roles: IamRolesTable;
  iam_policies: IamPoliciesTable;
  iam_inline_policies: IamInlinePoliciesTable;
  iam_attachments: IamAttachmentsTable;
  sts_sessions: StsSessionsTable;
  github_tokens: GitHubTokensTable;
}

export interface IamUsersTable {
  user_name: string;
  /** The name in lower case: as in IAM, no two differ by case alone. */
  name_key: string;
  /** `AIDA…`. */
  user_id: string;
  /** `/`, or `/AWS/CodeDeploy/`. */
  path: string;
  description: string | null;
  tags_json: Json<readonly Tag[]>;
  created_at: number;
}

export interface IamRolesTable {
  role_name: string;
  name_key: string;
  /** `AROA…`. */
  role_id: string;
  path: string;
  description: string | null;
  max_session_seconds: number;
  created_at: number;
}

/** The installation's own managed policies. AWS's are in `model/policy/managed-policies.ts`. */
export interface IamPoliciesTable {
  policy_name: string;
  name_key: string;
  /** `ANPA…`. */
  policy_id: string;
  path: string;
  description: string | null;
  /** As it was given. */
  document: string;
  created_at: number;
  updated_at: number;
}

export interface IamInlinePoliciesTable {
  owner_kind: PolicyOwnerKind;
  owner_name: string;
  policy_name: string;
  document: string;
}

export interface IamAttachmentsTable {
  owner_kind: PolicyOwnerKind;
  owner_name: string;
  policy_arn: string;
}

/** Temporary keys of AssumeRole. */
export interface StsSessionsTable {
  /** `ASIA…`. */
  access_key_id: string;
  secret_access_key: string;
  /** Of the session token, hex. */
  token_sha256: string;
  role_name: string;
  session_name: string;
  /** The long-lived key from which it descends: the session ends with that. */
  source_access_key_id: string;
  /** Policy documents that narrow the role's; none: the role's policies alone. */
  session_policies_json: Json<readonly string[]>;
  created_at: number;
  expires_at: number;
}

export interface GitHubTokensTable {
  token_name: string;
  secret: string;
  /** `OWNER/NAME` or `OWNER/*`. */
  repositories_json: Json<readonly string[]>;
  created_at: number;
  last_used_at: number | null;
}
