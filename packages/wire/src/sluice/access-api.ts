import type { Tag } from "./sluice-api.ts";

/**
 * Who may use the installation: access keys, users, roles and policies, in IAM's words (docs/reference/access.md). What changes one of them acts at
 * once on the server that is asked, and within 5 s on another one of the same database.
 */

// ---- Access keys

export interface AccessKeySummary {
  readonly accessKeyId: string;
  /** `root`, `read-only`, `user` (what it may do is in the policies of its user), or `host`. */
  readonly role: string;
  readonly description?: string | undefined;
  readonly createdAt: Date;
  /** `Active` or `Inactive`. */
  readonly status: string;
  /** Absent: it never expires. */
  readonly expiresAt?: Date | undefined;
  /** Written down once a minute at most; absent: it was never used. */
  readonly lastUsedAt?: Date | undefined;
  /** The address. */
  readonly lastUsedFrom?: string | undefined;
  /** The signing name: `codedeploy`. */
  readonly lastUsedService?: string | undefined;
  /** Of the role `user`. */
  readonly userName?: string | undefined;
  /** Of the role `user`: the names of the policies of its user, attached and inline. */
  readonly policyNames?: readonly string[] | undefined;
  /** Of the role `host`. */
  readonly hostId?: string | undefined;
  readonly hostName?: string | undefined;
}

export interface CreateAccessKeyInput {
  /** `root` may do everything, `read-only` look at everything, `user` what the policies of its user say, `host` speak for one host. */
  readonly role: string;
  /** For the role `user`; a user that is not there yet is made. */
  readonly userName?: string | undefined;
  /** For a user that is made: names or ARNs of policies that are attached to it. */
  readonly policyNames?: readonly string[] | undefined;
  /** For a user that is made: a policy of its own, which has the user's name. */
  readonly policyDocument?: string | undefined;
  /** For the role `host`, the least key of an agent that is not Sluice's; a host that is not there yet is declared. */
  readonly hostName?: string | undefined;
  /** Whose it is, or what for; at most 256 characters. */
  readonly description?: string | undefined;
  /** Absent: it never expires. */
  readonly expiresAt?: Date | undefined;
}
export interface CreateAccessKeyOutput {
  readonly accessKey: AccessKeySummary;
  /** Shown here and never again. */
  readonly secretAccessKey: string;
  /** Whether the user was made with it. */
  readonly isNewUser: boolean;
  /** Whether the host was declared with it. */
  readonly isNewHost: boolean;
  /** Of the role `host`: by what its agent calls itself. */
  readonly hostIdentifier?: string | undefined;
}

export interface ListAccessKeysInput {
  /** The keys of this user alone. */
  readonly userName?: string | undefined;
  /** The keys of hosts, too. Those of functions are never listed. */
  readonly includeHosts?: boolean | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListAccessKeysOutput {
  /** The oldest first, 100 in a page. */
  readonly accessKeys: readonly AccessKeySummary[];
  readonly nextToken?: string | undefined;
}

/** What is absent stays as it is. */
export interface UpdateAccessKeyInput {
  readonly accessKeyId: string;
  /** `Active` or `Inactive`. */
  readonly status?: string | undefined;
  readonly expiresAt?: Date | undefined;
  /** Takes the expiry away. */
  readonly neverExpires?: boolean | undefined;
  /** Empty: none. */
  readonly description?: string | undefined;
}
export interface UpdateAccessKeyOutput {
  readonly accessKey: AccessKeySummary;
  /** Sessions of the console that ended with it. */
  readonly endedSessions: number;
}

export interface RotateAccessKeyInput {
  readonly accessKeyId: string;
  /** For how long the old key still works; 86,400 when absent, at most 30 days; 0: not at all. */
  readonly keepOldSeconds?: number | undefined;
}
export interface RotateAccessKeyOutput {
  /** The new one. */
  readonly accessKey: AccessKeySummary;
  /** Shown here and never again. */
  readonly secretAccessKey: string;
  readonly oldAccessKey: AccessKeySummary;
}

export interface DeleteAccessKeyInput {
  readonly accessKeyId: string;
}
export interface DeleteAccessKeyOutput {
  readonly accessKeyId: string;
  /** Sessions of the console that ended with it. */
  readonly endedSessions: number;
  /** Temporary keys that it had bought, and that ended with it. */
  readonly endedTemporaryKeys: number;
}

// ---- Policies

export interface PolicySummary {
  readonly policyName: string;
  /** `arn:aws:iam::aws:policy/NAME` of AWS's; with the account's id of one's own. */
  readonly arn: string;
  readonly isAwsManaged: boolean;
  readonly description?: string | undefined;
  /** Of one's own. */
  readonly createdAt?: Date | undefined;
  readonly updatedAt?: Date | undefined;
  /** How many users and roles have it. */
  readonly attachments: number;
}
/** Who has a policy. */
export interface PolicyHolder {
  /** `user` or `role`. */
  readonly kind: string;
  readonly name: string;
}
export interface InlinePolicy {
  readonly policyName: string;
  /** JSON. */
  readonly document: string;
}

export interface ListPoliciesInput {
  /** `own` or `aws`; absent: both. */
  readonly scope?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListPoliciesOutput {
  /** One's own by name, then AWS's; 100 in a page. */
  readonly policies: readonly PolicySummary[];
  readonly nextToken?: string | undefined;
}

export interface GetPolicyInput {
  /** Its name or its ARN. With the same name, one's own comes before AWS's. */
  readonly policyName: string;
}
export interface GetPolicyOutput {
  readonly policy: PolicySummary;
  readonly document: string;
  readonly attachedTo: readonly PolicyHolder[];
}

/** Makes one's own policy, or replaces it: whoever has it has the new one at once. */
export interface PutPolicyInput {
  readonly policyName: string;
  /** JSON. */
  readonly document: string;
  /** Absent: as it is. Empty: none. */
  readonly description?: string | undefined;
}
export interface PutPolicyOutput {
  readonly policy: PolicySummary;
  readonly isNew: boolean;
}

export interface DeletePolicyInput {
  /** Its name or its ARN. */
  readonly policyName: string;
}
export interface DeletePolicyOutput {
  readonly policyName: string;
}

// ---- Users

export interface UserSummary {
  readonly userName: string;
  readonly arn: string;
  /** `AIDA…` */
  readonly userId: string;
  readonly path: string;
  readonly description?: string | undefined;
  readonly tags: readonly Tag[];
  readonly createdAt: Date;
  /** Names of the policies that are attached to it. */
  readonly policyNames: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
  readonly accessKeys: number;
}

export interface ListUsersInput {
  /** Only the one of this name. */
  readonly userName?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListUsersOutput {
  /** By name, 100 in a page. */
  readonly users: readonly UserSummary[];
  readonly nextToken?: string | undefined;
}

/** Makes a user, or changes one: what is absent stays as it is. */
export interface PutUserInput {
  readonly userName: string;
  /** Of a user that is made; `/` when absent. */
  readonly path?: string | undefined;
  /** Empty: none. */
  readonly description?: string | undefined;
  /** All that are attached from now on: names or ARNs. */
  readonly policyNames?: readonly string[] | undefined;
  /** Or what is attached and detached: one that is attached already, or not, is no error. */
  readonly attachPolicyNames?: readonly string[] | undefined;
  readonly detachPolicyNames?: readonly string[] | undefined;
  /** All inline policies from now on. */
  readonly inlinePolicies?: readonly InlinePolicy[] | undefined;
  /** All tags from now on. */
  readonly tags?: readonly Tag[] | undefined;
}
export interface PutUserOutput {
  readonly user: UserSummary;
  readonly isNew: boolean;
}

export interface DeleteUserInput {
  readonly userName: string;
  /** Deletes its access keys, too; without it a user that has some is not deleted. */
  readonly deleteAccessKeys?: boolean | undefined;
}
export interface DeleteUserOutput {
  readonly userName: string;
  readonly deletedAccessKeyIds: readonly string[];
  readonly endedSessions: number;
  readonly endedTemporaryKeys: number;
}

// ---- Roles

export interface RoleSummary {
  readonly roleName: string;
  readonly arn: string;
  /** `AROA…` */
  readonly roleId: string;
  readonly path: string;
  readonly description?: string | undefined;
  readonly createdAt: Date;
  /** How long a session may last at most. */
  readonly maxSessionSeconds: number;
  readonly policyNames: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
  /** Temporary keys that are good now. */
  readonly temporaryKeys: number;
}

export interface ListRolesInput {
  /** Only the one of this name. */
  readonly roleName?: string | undefined;
  readonly nextToken?: string | undefined;
}
export interface ListRolesOutput {
  /** By name, 100 in a page. */
  readonly roles: readonly RoleSummary[];
  readonly nextToken?: string | undefined;
}

/** Makes a role, or changes one: what is absent stays as it is. */
export interface PutRoleInput {
  readonly roleName: string;
  /** Of a role that is made; `/` when absent. */
  readonly path?: string | undefined;
  /** Empty: none. */
  readonly description?: string | undefined;
  /** 3,600 to 43,200; 3,600 when absent. */
  readonly maxSessionSeconds?: number | undefined;
  readonly policyNames?: readonly string[] | undefined;
  readonly attachPolicyNames?: readonly string[] | undefined;
  readonly detachPolicyNames?: readonly string[] | undefined;
  readonly inlinePolicies?: readonly InlinePolicy[] | undefined;
}
export interface PutRoleOutput {
  readonly role: RoleSummary;
  readonly isNew: boolean;
}

export interface DeleteRoleInput {
  readonly roleName: string;
}
export interface DeleteRoleOutput {
  readonly roleName: string;
  readonly endedTemporaryKeys: number;
}

// ---- What somebody may do, and why

/** Of one key, user or role. */
export interface ExplainAccessInput {
  readonly accessKeyId?: string | undefined;
  readonly userName?: string | undefined;
  readonly roleName?: string | undefined;
  /** `codedeploy:CreateDeployment` */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** From where the call comes. */
  readonly sourceAddress?: string | undefined;
  /** When it comes; now when absent. */
  readonly at?: Date | undefined;
  /** The tags that the resource has. */
  readonly resourceTags?: readonly Tag[] | undefined;
  /** The tags that the call gives. */
  readonly requestTags?: readonly Tag[] | undefined;
  /** A policy document by which AssumeRole would narrow it; for a role. */
  readonly sessionPolicy?: string | undefined;
}
/** A statement that decides, or that would but for what `mismatch` says. */
export interface ExplainedStatement {
  readonly policyName: string;
  /** `identity` or `session`. */
  readonly kind: string;
  /** Counted from 0, as in `Statement[0]`. */
  readonly statement: number;
  readonly sid?: string | undefined;
  /** `Allow` or `Deny`. */
  readonly effect: string;
  readonly isMatch: boolean;
  /** As a sentence. */
  readonly mismatch?: string | undefined;
}
export interface ExplainAccessOutput {
  readonly isAllowed: boolean;
  /** `allow`, `implicit-deny` or `explicit-deny`. */
  readonly decision: string;
  /** ARN of whom it is about. */
  readonly arn: string;
  /** Why, the decision first. */
  readonly sentences: readonly string[];
  readonly statements: readonly ExplainedStatement[];
}

export interface AccessOperations {
  CreateAccessKey: { input: CreateAccessKeyInput; output: CreateAccessKeyOutput };
  ListAccessKeys: { input: ListAccessKeysInput; output: ListAccessKeysOutput };
  UpdateAccessKey: { input: UpdateAccessKeyInput; output: UpdateAccessKeyOutput };
  RotateAccessKey: { input: RotateAccessKeyInput; output: RotateAccessKeyOutput };
  DeleteAccessKey: { input: DeleteAccessKeyInput; output: DeleteAccessKeyOutput };
  ListPolicies: { input: ListPoliciesInput; output: ListPoliciesOutput };
  GetPolicy: { input: GetPolicyInput; output: GetPolicyOutput };
  PutPolicy: { input: PutPolicyInput; output: PutPolicyOutput };
  DeletePolicy: { input: DeletePolicyInput; output: DeletePolicyOutput };
  ListUsers: { input: ListUsersInput; output: ListUsersOutput };
  PutUser: { input: PutUserInput; output: PutUserOutput };
  DeleteUser: { input: DeleteUserInput; output: DeleteUserOutput };
  ListRoles: { input: ListRolesInput; output: ListRolesOutput };
  PutRole: { input: PutRoleInput; output: PutRoleOutput };
  DeleteRole: { input: DeleteRoleInput; output: DeleteRoleOutput };
  ExplainAccess: { input: ExplainAccessInput; output: ExplainAccessOutput };
}
