import type { Kysely } from "kysely";
import { PERMISSION_STATEMENT, type PermissionStatement } from "../store/columns/lambda-columns.ts";
import type { Database } from "../store/schema.ts";

/** Who invokes functions for target groups, as AWS names it in policies. */
export const BALANCER_PRINCIPAL = "elasticloadbalancing.amazonaws.com";
const INVOKE = "lambda:InvokeFunction";

const FUNCTION_ARN =
  /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

export interface FunctionTarget {
  readonly region: string;
  readonly accountId: string;
  readonly functionName: string;
  /** A version or an alias; undefined: none is named. */
  readonly qualifier: string | undefined;
}

/** Undefined when the text is no ARN of a function, of one of its versions or of an alias. */
export function parseFunctionArn(arn: string): FunctionTarget | undefined {
  const [, region, accountId, functionName, qualifier] = FUNCTION_ARN.exec(arn) ?? [];
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
  const statements = await readPolicy(db, target);
  if (statements.some((statement) => permits(statement, targetGroupArn))) return undefined;
  return {
    kind: "forbidden",
    words: `${BALANCER_PRINCIPAL.split(".")[0]} principal does not have permission to invoke ${arn} from target group ${targetGroupArn}: ${permissionCommand(target, targetGroupArn)}`,
  };
}

/** Which gives the permission. */
export function permissionCommand({ functionName, qualifier }: FunctionTarget, targetGroupArn: string): string {
  const of = qualifier === undefined ? functionName : `${functionName} --qualifier '${qualifier}'`;
  const id = targetGroupArn.split("/").at(-1);
  return `aws lambda add-permission --function-name ${of} --statement-id elb-${id} --principal ${BALANCER_PRINCIPAL} --action ${INVOKE} --source-arn ${targetGroupArn}`;
}

/** Whether a statement of the function's policy lets the group invoke it. A source may have AWS's wildcards. */
export function permits(statement: PermissionStatement, targetGroupArn: string): boolean {
  const { principal, action, sourceArn, sourceAccount } = statement;
  const isOurs = principal === BALANCER_PRINCIPAL || principal === "*";
  const isInvoke = [INVOKE, "lambda:*", "*"].includes(action);
  const isFromHere = sourceAccount === null || sourceAccount === targetGroupArn.split(":")[4];
  return isOurs && isInvoke && isFromHere && (sourceArn === null || matches(sourceArn, targetGroupArn));
}

function matches(pattern: string, text: string): boolean {
  const source = [...pattern].map((one) => (one === "*" ? ".*" : one === "?" ? "." : RegExp.escape(one))).join("");
  return new RegExp(`^${source}$`, "s").test(text);
}

async function exists(db: Kysely<Database>, { functionName, qualifier = "$LATEST" }: FunctionTarget): Promise<boolean> {
  const version = await db
    .selectFrom("lambda_versions")
    .select("version")
    .where("function_name", "=", functionName)
    .where("version", "=", qualifier)
    .executeTakeFirst();
  if (version) return true;
  const alias = await db
    .selectFrom("lambda_aliases")
    .select("alias_name")
    .where("function_name", "=", functionName)
    .where("alias_name", "=", qualifier)
    .executeTakeFirst();
  return alias !== undefined;
}

/** That of exactly what is named: a permission on a function is none on its aliases. */
async function readPolicy(db: Kysely<Database>, { functionName, qualifier = "" }: FunctionTarget) {
  const rows = await db
    .selectFrom("lambda_permissions")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("qualifier", "=", qualifier)
    .execute();
  return rows.map((row) => PERMISSION_STATEMENT.read(row));
}
