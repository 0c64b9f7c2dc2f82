import { parseFunctionReference } from "@sluice/model/lambda-arn.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import type { Kysely } from "kysely";
import type { PermissionStatement } from "../store/columns/lambda-columns.ts";
import { findAlias } from "../store/lambda/aliases.ts";
import { listPermissions } from "../store/lambda/permissions.ts";
import { findVersion, LATEST } from "../store/lambda/versions.ts";
import type { Database } from "../store/schema.ts";

/** Who invokes functions for target groups, as AWS names it in policies. */
export const BALANCER_PRINCIPAL = "elasticloadbalancing.amazonaws.com";
const INVOKE = "lambda:InvokeFunction";

export interface FunctionTarget {
  readonly region: string;
  readonly accountId: string;
  readonly functionName: string;
  /** A version or an alias; undefined: none is named. */
  readonly qualifier: string | undefined;
}

/** Undefined when the text is no ARN of a function, of one of its versions or of an alias. */
export function parseFunctionArn(arn: string): FunctionTarget | undefined {
  const { region, accountId, functionName, qualifier } = parseFunctionReference(arn) ?? {};
  if (region === undefined || accountId === undefined || functionName === undefined) return undefined;
  return { region, accountId, functionName, qualifier };
}

/** Why a target group cannot invoke a function, as a sentence without a full stop, and whether it is there at all. */
export interface FunctionTrouble {
  readonly kind: "missing" | "forbidden";
  readonly words: string;
}

/** Undefined: the function, its version or alias exists, and its policy lets the group invoke it. */
export async function functionTrouble(
  db: Kysely<Database>,
  arn: string,
  targetGroupArn: string,
): Promise<FunctionTrouble | undefined> {
  const target = parseFunctionArn(arn);
  if (!target) return { kind: "missing", words: `'${arn}' is no function's ARN` };
  if (!(await exists(db, target))) return { kind: "missing", words: `the function '${arn}' does not exist` };
  // A permission on a function is none on its versions and aliases.
  const { functionName, qualifier = "" } = target;
  const policy = await listPermissions(db, { functionName, qualifier });
  if (policy.some(({ statement }) => permits(statement, targetGroupArn))) return undefined;
  return {
    kind: "forbidden",
    words: `elasticloadbalancing principal does not have permission to invoke ${arn} from target group ${targetGroupArn}: ${permissionCommand(target, targetGroupArn)}`,
  };
}

/** Which gives the permission. */
export function permissionCommand({ functionName, qualifier }: FunctionTarget, targetGroupArn: string): string {
  const of = qualifier === undefined ? functionName : `${functionName} --qualifier '${qualifier}'`;
  const id = targetGroupArn.split("/").at(-1);
  return `aws lambda add-permission --function-name ${of} --statement-id elb-${id} --principal ${BALANCER_PRINCIPAL} --action ${INVOKE} --source-arn ${targetGroupArn}`;
}

/** Whether a statement of the function's policy lets the group invoke it. Of a source `*` stands for any text. */
export function permits(statement: PermissionStatement, targetGroupArn: string): boolean {
  const { principal, action, sourceArn, sourceAccount } = statement;
  const isOurs = principal === BALANCER_PRINCIPAL || principal === "*";
  const isInvoke = [INVOKE, "lambda:*", "*"].includes(action);
  const isFromHere = sourceAccount === null || sourceAccount === targetGroupArn.split(":")[4];
  return isOurs && isInvoke && isFromHere && (sourceArn === null || matchesPattern(sourceArn, targetGroupArn));
}

async function exists(db: Kysely<Database>, target: FunctionTarget): Promise<boolean> {
  const { functionName, qualifier = LATEST } = target;
  if (await findVersion(db, { functionName, version: qualifier })) return true;
  return (await findAlias(db, { functionName, aliasName: qualifier })) !== undefined;
}
