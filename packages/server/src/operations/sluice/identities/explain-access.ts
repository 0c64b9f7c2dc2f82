import { isTemporaryKeyId } from "@sluice/model/access-key-id.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { decide } from "@sluice/model/policy/decide.ts";
import { explainDecision } from "@sluice/model/policy/explain-decision.ts";
import { parseAddress } from "@sluice/model/policy/ip-range.ts";
import { nearestStatements } from "@sluice/model/policy/nearest-statements.ts";
import type { PolicyRequest } from "@sluice/model/policy/policy-document.ts";
import type { ExplainAccessInput, ExplainAccessOutput, ExplainedStatement } from "@sluice/wire/sluice/access-api.ts";
import { authorize } from "../../../access/authorize.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { isAction, noSuchAction } from "../../../access/givable-actions.ts";
import type { Identity } from "../../../access/identity.ts";
import { policyRequest } from "../../../access/policy-request.ts";
import type { Principal } from "../../../access/principal.ts";
import { SESSION_POLICIES } from "../../../store/columns/iam-columns.ts";
import { findSessionIdentity, findUserIdentity } from "../../../store/iam/identities.ts";
import { findRole } from "../../../store/iam/roles.ts";
import { findTemporaryKey } from "../../../store/iam/temporary-keys.ts";
import { findUser } from "../../../store/iam/users.ts";
import { findAnyKey } from "../../../store/people-keys.ts";
import { invalid, noSuchRole, noSuchUser } from "../../iam/checks/iam-names.ts";
import { requirePolicyDocument } from "../../iam/checks/policy-documents.ts";
import type { Operation, OperationContext } from "../../operation.ts";

type ExplainContext = Pick<OperationContext, "store" | "accountId" | "now" | "region">;

/** Whom it is about, and why nothing that it may do helps it now. */
interface Asked {
  readonly principal: Principal;
  /** As a sentence; the key opens nothing. */
  readonly obstacle?: string | undefined;
}

/** What a key, a user or a role may do to a resource, and why: as every door decides it. */
export const explainAccess: Operation<ExplainAccessInput, ExplainAccessOutput, ExplainContext> = async (
  input,
  context,
) => {
  const { action, resource } = input;
  if (!action) throw invalid("action is missing: name one such as codedeploy:CreateDeployment.");
  if (!resource) throw invalid("resource is missing: give an ARN, or * for an action on no resource.");
  requireExplainable(input);
  const { principal, obstacle } = await askedOf(input, context);
  const explained = principal.identity
    ? byPolicies(withCall(principal, input, context), principal.identity, input)
    : byRole(principal, action);
  return {
    ...explained,
    isAllowed: explained.isAllowed && obstacle === undefined,
    arn: callerArn(principal, context.accountId),
    sentences: obstacle === undefined ? explained.sentences : [obstacle, ...explained.sentences],
  };
};

/** What no call can ask for would be refused for a reason that misleads. */
function requireExplainable({ action = "", resource = "", sourceAddress }: ExplainAccessInput): void {
  const missing = noSuchAction(action);
  if (missing !== undefined) throw invalid(`action is "${excerpt(action)}": ${missing}.`);
  if (resource !== "*" && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:./.test(resource)) {
    throw invalid(`resource is "${excerpt(resource)}": give an ARN, or * for an action on no resource.`);
  }
  if (sourceAddress !== undefined && parseAddress(sourceAddress) === undefined) {
    throw invalid(`sourceAddress is "${excerpt(sourceAddress)}": give an address such as 192.0.2.1 or 2001:db8::1.`);
  }
}

type Explained = Pick<ExplainAccessOutput, "isAllowed" | "decision" | "sentences" | "statements">;

function byRole({ role }: Principal, action: string): Explained {
  if (!isAction(action)) throw invalid(`action is "${excerpt(action)}": there is no such action here.`);
  const decision = authorize({ role }, action, undefined);
  const name = action.slice(action.indexOf(":") + 1);
  const sentences = {
    allowed: `The role ${role} may call ${name}, on every resource.`,
    own: `The role ${role} may call ${name} on what is its own: a host's key for that host, and a function's for that function.`,
    refused: `The role ${role} may not call ${name}.`,
  };
  const isAllowed = decision !== "refused";
  return {
    isAllowed,
    decision: isAllowed ? "allow" : "implicit-deny",
    sentences: [sentences[decision]],
    statements: [],
  };
}

function byPolicies(principal: Principal, identity: Identity, input: ExplainAccessInput): Explained {
  const { action, resource } = input;
  const tags = { resourceTags: tagsOf(input.resourceTags), requestTags: tagsOf(input.requestTags) };
  const request = policyRequest(principal, action, { resource, ...tags });
  const decision = decide(identity.policies, identity.sessionPolicies, request);
  const sentences = explainDecision(decision, request);
  const isAllowedByPolicies = decision.effect === "allow";
  const isAllowed = isAction(action) ? authorize(principal, action, resource, tags) !== "refused" : isAllowedByPolicies;
  return {
    isAllowed,
    decision: isAllowed === isAllowedByPolicies ? decision.effect : isAllowed ? "allow" : "implicit-deny",
    sentences: isAllowed === isAllowedByPolicies ? sentences : [beyondPolicies(action, isAllowed)],
    statements: statementsOf(decision, request),
  };
}

/** @param isAllowed against what the policies say */
function beyondPolicies(action: string, isAllowed: boolean): string {
  return isAllowed
    ? `Whoever calls may do ${action} for himself or for his own host: no policy is asked.`
    : `${action} is for hosts or the server itself: no policy gives it.`;
}

function statementsOf(decision: ReturnType<typeof decide>, request: PolicyRequest): readonly ExplainedStatement[] {
  const { kind } = decision;
  if (decision.by) {
    const { policy, statement, sid } = decision.by;
    const effect = decision.effect === "allow" ? "Allow" : "Deny";
    return [{ policyName: policy, kind, statement, sid, effect, isMatch: true }];
  }
  return nearestStatements(decision, request).map(({ policy, statement, sid, namesAction, namesResource, unmet }) => ({
    policyName: policy,
    kind,
    statement,
    sid,
    effect: "Allow",
    isMatch: false,
    mismatch: mismatchOf(namesAction, namesResource, unmet),
  }));
}

function mismatchOf(namesAction: boolean, namesResource: boolean, unmet: readonly { readonly key: string }[]): string {
  if (!namesAction) return "It names other actions.";
  if (!namesResource) return "It names other resources.";
  return `Its conditions are not met: ${unmet.map(({ key }) => key).join(", ")}.`;
}

function tagsOf(tags: ExplainAccessInput["resourceTags"]): Readonly<Record<string, string>> | undefined {
  return tags && Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value ?? ""]));
}

function withCall(
  principal: Principal,
  { sourceAddress, at }: ExplainAccessInput,
  { now, region }: ExplainContext,
): Principal {
  const call = { sourceAddress, isSecure: true, userAgent: undefined, at: at?.getTime() ?? now(), region };
  return { ...principal, call };
}

async function askedOf(input: ExplainAccessInput, context: ExplainContext): Promise<Asked> {
  const { accessKeyId, userName, roleName, sessionPolicy } = input;
  const given = [accessKeyId, userName, roleName].filter((each) => each !== undefined);
  if (given.length !== 1) throw invalid("Give one of accessKeyId, userName and roleName: whom it is about.");
  if (sessionPolicy !== undefined && roleName === undefined) {
    throw invalid("sessionPolicy narrows a role: give it with roleName, or leave it out.");
  }
  if (accessKeyId !== undefined) return ofKey(accessKeyId, context);
  return { principal: await ofIdentity(input, context) };
}

async function ofIdentity(
  { userName, roleName, sessionPolicy }: ExplainAccessInput,
  { store: { db }, accountId, now }: ExplainContext,
): Promise<Principal> {
  if (userName !== undefined) {
    const user = await findUser(db, userName);
    const identity = user && (await findUserIdentity(db, user.user_name, accountId));
    if (identity) return { role: "user", accessKeyId: "", hostId: null, identity };
    throw noSuchUser(userName);
  }
  const role = await findRole(db, roleName ?? "");
  if (!role) throw noSuchRole(roleName ?? "");
  const policies =
    sessionPolicy === undefined ? [] : [requirePolicyDocument(sessionPolicy, "session policy", "session")];
  const session = {
    access_key_id: "",
    secret_access_key: "",
    token_sha256: "",
    role_name: role.role_name,
    session_name: "SESSION",
    source_access_key_id: "",
    session_policies_json: SESSION_POLICIES.write(policies),
    created_at: now(),
    expires_at: now(),
  };
  const identity = await findSessionIdentity(db, session, accountId);
  return { role: "user", accessKeyId: "", hostId: null, ...(identity && { identity }) };
}

async function ofKey(accessKeyId: string, { store: { db }, accountId, now }: ExplainContext): Promise<Asked> {
  if (isTemporaryKeyId(accessKeyId)) {
    const row = await findTemporaryKey(db, accessKeyId);
    const identity = row && (await findSessionIdentity(db, row, accountId));
    if (!row || !identity) throw noSuchKey(accessKeyId);
    return {
      principal: { role: "user", accessKeyId, hostId: null, identity },
      obstacle: row.expires_at <= now() ? `The temporary key ${accessKeyId} has expired: it opens nothing.` : undefined,
    };
  }
  const row = await findAnyKey(db, accessKeyId);
  if (!row) throw noSuchKey(accessKeyId);
  const identity = row.user_name === null ? undefined : await findUserIdentity(db, row.user_name, accountId);
  const { role, host_id: hostId, function_name: functionName } = row;
  return {
    principal: { role, accessKeyId, hostId, functionName, ...(identity && { identity }) },
    obstacle: obstacleOf(row, now()),
  };
}

function obstacleOf(
  key: { readonly access_key_id: string; readonly status: string; readonly expires_at: number | null },
  now: number,
): string | undefined {
  const { access_key_id: id, status, expires_at: expiresAt } = key;
  if (status !== "Active")
    return `The access key ${id} is disabled: it opens nothing. To enable it: sluice keys enable ${id}`;
  if (expiresAt === null || expiresAt > now) return undefined;
  return `The access key ${id} expired at ${new Date(expiresAt).toISOString()}: it opens nothing.`;
}

function noSuchKey(accessKeyId: string): CallerFault {
  return new CallerFault(
    "AccessKeyDoesNotExistException",
    `There is no access key with the id ${excerpt(accessKeyId)}: \`sluice keys list\` shows those that there are.`,
  );
}
